import { expect, test } from 'vitest'
import { ApiError } from '../api/api.ts'
import type { DeclaredUpload, Rejection, UploadStatus } from '../../http-contract/index.ts'
import { UploadQueue, type QueuedFile } from './queue.ts'
import { isReducible, QUEUED, upload, type UploadState, type UploadTools } from './upload.ts'

const HASH = 'ab'.repeat(32)
const status = (changes: Partial<UploadStatus>): UploadStatus => ({
  schema: 'otherworld/upload/1',
  id: 'u1',
  name: 'Teacup',
  bytes: 4,
  stage: 'waiting',
  progress: 0,
  ...changes,
})
const declared = (changes: Partial<DeclaredUpload> = {}): DeclaredUpload => ({
  ...status({}),
  put: { method: 'PUT', url: '/v1/assets/incoming/u1', headers: {}, expiresAtMs: 0 },
  ...changes,
})
const DONE = status({ stage: 'done', progress: 1, package: HASH, kind: 'object' })
const FILE = new File([new Uint8Array(4)], 'teacup.glb')
const WISH = { name: 'Teacup', kind: null, humanoid: null, sharing: 'owner', fit: false } as const

/** Tools that succeed; `log` records the calls. */
function tools(
  changes: Partial<UploadTools['api']> = {},
  put: UploadTools['put'] = () => Promise.resolve(),
): { readonly tools: UploadTools; readonly log: string[] } {
  const log: string[] = []
  return {
    log,
    tools: {
      bytes: { hash: (_file, progress) => (progress(1), log.push('hash'), Promise.resolve(HASH)) },
      put: (...given) => (log.push('put'), put(...given)),
      api: {
        declare: () => (log.push('declare'), Promise.resolve(declared())),
        complete: () => (log.push('complete'), Promise.resolve(status({ stage: 'received' }))),
        follow: (_id, _signal, changed) => {
          for (const stage of ['checking', 'validating', 'packaging'] as const)
            changed(status({ stage, progress: 0.5 }))
          changed(DONE)
          return Promise.resolve(DONE)
        },
        abandon: () => (log.push('abandon'), Promise.resolve()),
        ...changes,
      },
    },
  }
}

async function run(given: UploadTools, signal = new AbortController().signal): Promise<readonly UploadState[]> {
  const states: UploadState[] = []
  await upload(FILE, WISH, given, signal, (state) => states.push(state))
  return states
}

test('a file is hashed, declared, sent and followed until it is a package, and its progress never decreases', async () => {
  const { tools: given, log } = tools(
    {},
    (_link, _file, _signal, progress) => (progress(0.2), progress(1), Promise.resolve()),
  )
  const states = await run(given)
  expect(log).toEqual(['hash', 'declare', 'put', 'complete'])
  expect([...new Set(states.map(({ phase }) => phase))]).toEqual([
    'reading',
    'declaring',
    'sending',
    'received',
    'checking',
    'validating',
    'packaging',
    'done',
  ])
  expect(states.filter(({ phase }) => phase === 'done')).toHaveLength(1)
  expect(states.at(-1)).toMatchObject({ phase: 'done', share: 1, package: HASH, kind: 'object' })
  const shares = states.map(({ share }) => share)
  expect(shares).toEqual(shares.toSorted((a, b) => a - b))
})

test('bytes that the server already has are not sent again', async () => {
  const { tools: given, log } = tools({ declare: () => Promise.resolve(declared({ put: null, stage: 'received' })) })
  expect((await run(given)).at(-1)?.phase).toBe('done')
  expect(log).toEqual(['hash'])
})

test('a refusal is reducible only if the option can correct each of its reasons', () => {
  const fault = { rule: 'TRIANGLES', where: '', value: 2, limit: 1, message: '' }
  const refused = (...rejections: readonly Rejection[]): UploadState => ({ ...QUEUED, phase: 'rejected', rejections })
  expect(isReducible(refused({ ...fault, reducible: true }))).toBe(true)
  expect(isReducible(refused({ ...fault, reducible: true }, fault))).toBe(false)
  expect(isReducible(QUEUED)).toBe(false)
})

test('a rejection comes with its rules', async () => {
  const rejections = [
    { rule: 'NODE_CYCLE', where: '/nodes/0', value: '0', limit: null, message: 'A node is its own child.' },
  ]
  const states = await run(tools({ follow: () => Promise.resolve(status({ stage: 'rejected', rejections })) }).tools)
  expect(states.at(-1)).toMatchObject({ phase: 'rejected', rejections })
})

test('every failure ends with a message', async () => {
  const away = new ApiError(0, 'unreachable', 'The store does not answer.')
  expect((await run(tools({}, () => Promise.reject(away)).tools)).at(-1)).toMatchObject({
    phase: 'failed',
    problem: 'The store does not answer.',
  })
  const archive = new ApiError(503, 'archive-away', 'The archive does not answer. Try again later.')
  expect((await run(tools({ declare: () => Promise.reject(archive) }).tools)).at(-1)).toMatchObject({
    phase: 'failed',
    problem: 'The archive does not answer. Try again later.',
  })
  expect(
    (
      await run(
        tools({ follow: () => Promise.resolve(status({ stage: 'failed', message: 'The ingest ran out of time.' })) })
          .tools,
      )
    ).at(-1),
  ).toMatchObject({ phase: 'failed', problem: 'The ingest ran out of time.' })
})

test('cancelling during the upload ends it and notifies the server', async () => {
  const abort = new AbortController()
  const { tools: given, log } = tools(
    {},
    (_link, _file, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new ApiError(0, 'cancelled', 'Cancelled.')))
        abort.abort()
      }),
  )
  expect((await run(given, abort.signal)).at(-1)?.phase).toBe('cancelled')
  expect(log).toContain('abandon')
})

test('files are uploaded one after the other; a cancelled one is never sent; a failed one can be retried', async () => {
  let fail = true
  const { tools: given, log } = tools({
    declare: () => (
      log.push('declare'),
      fail ? Promise.reject(new ApiError(503, 'away', 'Away.')) : Promise.resolve(declared())
    ),
  })
  const over = (queue: UploadQueue): boolean =>
    queue.items.every(({ state: { phase } }) => ['done', 'failed', 'cancelled'].includes(phase))
  const settled = async (queue: UploadQueue): Promise<void> => {
    while (!over(queue)) await new Promise((resolve) => setTimeout(resolve))
  }
  const atOnce: number[] = []
  const queue: UploadQueue = new UploadQueue(given, () =>
    atOnce.push(
      queue.items.filter(({ state: { phase } }) => !['queued', 'done', 'failed', 'cancelled'].includes(phase)).length,
    ),
  )
  const [first, second, third] = [0, 1, 2].map(() => queue.add(FILE, WISH)) as [QueuedFile, QueuedFile, QueuedFile]
  queue.cancel(second.id)
  await settled(queue)
  expect([first, second, third].map(({ state }) => state.phase)).toEqual(['failed', 'cancelled', 'failed'])
  expect(log.filter((entry) => entry === 'declare')).toHaveLength(2)
  fail = false
  queue.retry(first.id)
  await settled(queue)
  expect(first.state.phase).toBe('done')
  expect(Math.max(...atOnce)).toBe(1)
  queue.dismiss(first.id)
  expect(queue.items).not.toContain(first)
})
