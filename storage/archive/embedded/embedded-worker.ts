/**
 * The thread of the embedded database: PGlite on a directory. It runs statements one after the other, in order of
 * arrival.
 */
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { makePrivate } from '../../folder.ts'
import type { Row } from '../connection.ts'
import type { EmbeddedAnswer, EmbeddedRequest, EmbeddedStart } from './embedded-messages.ts'
import { codeOf } from '../../fault.ts'

/**
 * OIDs of the types in our results, each left as text: bool, int8, int4, text, float8, timestamptz, uuid, jsonb and
 * their relatives.
 */
const AS_TEXT = Object.fromEntries(
  [16, 20, 21, 23, 25, 114, 700, 701, 1043, 1114, 1184, 1700, 2950, 3802].map((oid) => [oid, (value: string) => value]),
)
/** Parameters are already text. */
const SERIALIZERS = Object.fromEntries(
  [16, 20, 21, 23, 25, 114, 700, 701, 1043, 1114, 1184, 1700, 2950, 3802].map((oid) => [oid, (value: string) => value]),
)

async function open({ directory, template }: EmbeddedStart): Promise<PGlite> {
  if (template !== null && !existsSync(directory) && existsSync(template)) {
    const beginning = `${directory}.new`
    rmSync(beginning, { recursive: true, force: true })
    cpSync(template, beginning, { recursive: true })
    renameSync(beginning, directory)
  }
  // PGlite checks mode bits instead of the actual permissions, and creates files that everyone may write.
  makePrivate(directory)
  const db = await PGlite.create({ dataDir: directory })
  makePrivate(directory)
  return db
}

async function answer(db: PGlite, { id, sql, values }: EmbeddedRequest): Promise<EmbeddedAnswer> {
  try {
    const { rows } = await db.query<Row>(sql, [...values], { parsers: AS_TEXT, serializers: SERIALIZERS })
    return { type: 'rows', id, rows }
  } catch (error) {
    const state = codeOf(error) ?? ''
    // An error without a code means that the database itself broke. Only a new one can be relied on.
    if (state === '') throw error
    return { type: 'refused', id, state, message: error instanceof Error ? error.message : String(error) }
  }
}

async function serve(port: MessagePort, start: EmbeddedStart): Promise<void> {
  const post = (message: EmbeddedAnswer): void => port.postMessage(message)
  const requests: EmbeddedRequest[] = []
  let wake: (() => void) | null = null
  let isClosing = false
  port.on('message', (message: EmbeddedRequest | 'close') => {
    if (message === 'close') isClosing = true
    else requests.push(message)
    wake?.()
  })
  const db = await open(start)
  post({ type: 'open' })
  for (;;) {
    const request = requests.shift()
    if (request) post(await answer(db, request))
    else if (isClosing) break
    else
      await new Promise<void>((resolve) => {
        wake = resolve
      })
  }
  await db.close()
}

if (parentPort) {
  const port = parentPort
  serve(port, workerData as EmbeddedStart).then(
    () => process.exit(0),
    (error: unknown) => {
      const code = codeOf(error) ?? ''
      port.postMessage({
        type: 'failed',
        code,
        message: error instanceof Error ? error.message : String(error),
      } satisfies EmbeddedAnswer)
      process.exit(1)
    },
  )
}
