import { Effect, Logger, Exit, Layer } from 'effect'
import { beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { Archive, ArchiveError } from './archive.ts'
import { buildArchiveWorker } from './embedded/build-worker.fixture.ts'
import { archiveSuite, type SuiteArchive } from './archive.suite.ts'
import { EmbeddedConnection } from './embedded/embedded.ts'
import { memoryArchive } from './memory-archive.fake.ts'
import { SCHEMA_VERSION } from './migrations.ts'
import { archiveLayer, openArchive, type ArchiveOptions } from './open.ts'
import { integer } from './rows.ts'
import { uuid } from './archive.fixture.ts'
import { STATEMENTS } from './statements.ts'

let worker = ''
beforeAll(async () => {
  worker = await buildArchiveWorker()
})

const options = (directory: string): ArchiveOptions => ({ databaseUrl: null, directory, worker })

async function embedded(directory: string): Promise<SuiteArchive> {
  const archive = openArchive(options(directory))
  await Effect.runPromise(archive.prepare)
  return {
    service: archive.service,
    close: () => Effect.runPromise(archive.close),
    reopen: async () => {
      await Effect.runPromise(archive.close)
      return embedded(directory)
    },
  }
}

archiveSuite('plain maps', async () => ({ service: memoryArchive(), reopen: null, close: async () => undefined }))
const suiteDirectory = temporaryDirectory()
archiveSuite('embedded', () => embedded(suiteDirectory))

describe('the embedded archive', () => {
  const user = { uid: uuid(1, 1), number: 1, name: 'Anna' }

  test('a new directory has the tables of this version without migrations', async () => {
    const connection = new EmbeddedConnection(temporaryDirectory(), worker)
    const rows = await connection.session((sql) => sql.query(STATEMENTS.newestMigration))
    expect(rows.map((row) => integer(row, 'version'))).toEqual([SCHEMA_VERSION])
    await Effect.runPromise(connection.close)
  })

  test('a directory is used by one archive at a time', async () => {
    const directory = temporaryDirectory()
    const archive = openArchive(options(directory))
    expect(() => openArchive(options(directory))).toThrow(expect.objectContaining({ reason: 'in-use' }) as Error)
    await Effect.runPromise(archive.close)
    await Effect.runPromise(openArchive(options(directory)).close)
  })

  test('after its thread died, the archive starts another and has all acknowledged data', async () => {
    const archive = openArchive(options(temporaryDirectory()))
    const { connection, service } = archive
    if (!(connection instanceof EmbeddedConnection)) throw new Error('not the embedded one')
    await Effect.runPromise(service.putUser(user))
    const writes = Array.from({ length: 50 }, (_, n) =>
      Effect.runPromiseExit(service.putUser({ uid: uuid(2, n), number: n, name: 'B' })),
    )
    await Promise.all(writes.slice(0, 10))
    await connection.killThread()
    const exits = await Promise.all(writes)
    for (const [n, exit] of exits.entries())
      if (Exit.isSuccess(exit)) expect(await Effect.runPromise(service.user(uuid(2, n)))).not.toBeNull()
    expect(await Effect.runPromise(service.user(user.uid))).toEqual(user)
    await Effect.runPromise(archive.close)
  })

  test('making the layer fails if the archive cannot be used at all', async () => {
    const bad = archiveLayer({ ...options(temporaryDirectory()), databaseUrl: 'mysql://localhost/x' })
    const exit = await Effect.runPromiseExit(Effect.scoped(Layer.build(bad)))
    expect(String(exit)).toContain('does not begin with postgres://')
  })

  test('a database that does not answer is logged, and used once it answers', async () => {
    const lines: string[] = []
    const layer = archiveLayer({
      ...options(temporaryDirectory()),
      databaseUrl: 'postgres://u:secret@127.0.0.1:1/x',
    })
    const error = await Effect.runPromise(
      Archive.pipe(
        Effect.flatMap((archive) => archive.ping()),
        Effect.flip,
        Effect.provide(layer),
        Effect.provide(Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])),
      ),
    )
    expect(error).toBeInstanceOf(ArchiveError)
    expect(error).toMatchObject({ reason: 'away', isRetryable: true })
    expect(lines).toHaveLength(1)
    expect(lines.join() + error.message).not.toContain('secret')
  })

  test('the error for a directory without write permission names the directory', () => {
    expect(() => openArchive(options('/proc/archive'))).toThrow()
  })
})
