/** Damages a real embedded database, which never syncs, as a power loss would. */
import { chmodSync, cpSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Effect } from 'effect'
import { beforeAll, expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import type { ArchiveError } from '../archive.ts'
import { buildArchiveWorker } from './build-worker.fixture.ts'
import { openArchive, type OpenArchive } from '../open.ts'
import { uuid } from '../archive.fixture.ts'

const user = { uid: uuid(1, 1), number: 1, name: 'Anna' }
let worker = ''
/** Folder of an archive with one user that was closed in order. */
const sound = temporaryDirectory()

const open = (directory: string): OpenArchive => openArchive({ databaseUrl: null, directory, worker })

beforeAll(async () => {
  worker = await buildArchiveWorker()
  const archive = open(sound)
  await Effect.runPromise(archive.service.putUser(user))
  await Effect.runPromise(archive.close)
})

async function faultAfter(harm: (database: string) => void): Promise<ArchiveError> {
  const directory = temporaryDirectory()
  cpSync(sound, directory, { recursive: true })
  harm(join(directory, 'database'))
  const archive = open(directory)
  try {
    const fault = await Effect.runPromise(Effect.flip(archive.service.user(user.uid)))
    const startMs = performance.now()
    expect(await Effect.runPromise(Effect.flip(archive.service.ping()))).toEqual(fault)
    // Nothing repairs it while the server runs, so it is not opened again and again.
    if (fault.reason === 'broken') expect(performance.now() - startMs).toBeLessThan(100)
    return fault
  } finally {
    await Effect.runPromise(archive.close)
  }
}

const logs = (database: string): string[] =>
  readdirSync(join(database, 'pg_wal'))
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .map((name) => join(database, 'pg_wal', name))

const HARMS: Readonly<Record<string, (database: string) => void>> = {
  'the write-ahead log is cut to nothing': (database) => {
    for (const file of logs(database)) truncateSync(file)
  },
  'the write-ahead log is full of zeros': (database) => {
    for (const file of logs(database)) writeFileSync(file, Buffer.alloc(statSync(file).size))
  },
  'pg_control is empty': (database) => truncateSync(join(database, 'global', 'pg_control')),
  'pg_control is gone': (database) => rmSync(join(database, 'global', 'pg_control')),
  'the version file is empty': (database) => truncateSync(join(database, 'PG_VERSION')),
  'the catalogue is cut': (database) => truncateSync(join(database, 'base', '5', '1259')),
}

for (const [what, harm] of Object.entries(HARMS))
  test(`${what}: the archive is broken and not away, and says what to do and what is lost`, async () => {
    const fault = await faultAfter(harm)
    expect(fault).toMatchObject({ reason: 'broken', isRetryable: false })
    expect(fault.message).toMatch(
      /damaged[^]*where: .*database\n[^]*move this folder aside[^]*user names[^]*their recordings have them/,
    )
  })

test('a new database begins after the operator moved the damaged folder aside', async () => {
  const directory = temporaryDirectory()
  cpSync(sound, directory, { recursive: true })
  truncateSync(join(directory, 'database', 'global', 'pg_control'))
  rmSync(join(directory, 'database'), { recursive: true })
  const archive = open(directory)
  expect(await Effect.runPromise(archive.service.user(user.uid))).toBeNull()
  await Effect.runPromise(archive.close)
})

test('files with open permissions are made private, and files without permissions readable', async () => {
  const directory = temporaryDirectory()
  cpSync(sound, directory, { recursive: true })
  chmodSync(join(directory, 'database', 'global', 'pg_control'), 0)
  chmodSync(join(directory, 'database', 'PG_VERSION'), 0o666)
  const archive = open(directory)
  expect(await Effect.runPromise(archive.service.user(user.uid))).toEqual(user)
  await Effect.runPromise(archive.close)
  expect(statSync(join(directory, 'database', 'PG_VERSION')).mode & 0o777).toBe(0o600)
})
