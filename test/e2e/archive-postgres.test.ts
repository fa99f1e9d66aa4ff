/** The archive on a real PostgreSQL, every transaction SERIALIZABLE. */
import { rmSync } from 'node:fs'
import { Effect } from 'effect'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sleep } from '../harness/wait.ts'
import { archiveSuite, type SuiteArchive } from '../../storage/archive/archive.suite.ts'
import { openArchive, type ArchiveError, type OpenArchive } from '../../storage/archive/index.ts'
import { MIGRATIONS } from '../../storage/archive/migrations.ts'
import { definitionOf, elementOf, recordOf, uuid } from '../../storage/archive/archive.fixture.ts'
import { startPostgres, type TestPostgres } from '../environments/postgres.ts'
import { buildChild, expectThere, writeAndKill } from '../system/archive-crash.ts'
import { randomFrom } from '../harness/recording-example.ts'
import pg from 'pg'

let postgres: TestPostgres
let databases = 0
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.remove())

const newDatabase = (): Promise<string> => postgres.createDatabase(`archive_${++databases}`)
const openAt = (databaseUrl: string, onRetry?: (verdict: string) => void): OpenArchive =>
  openArchive({ databaseUrl, directory: '', ...(onRetry === undefined ? {} : { onRetry }) })
const done = <T>(effect: Effect.Effect<T, ArchiveError>): Promise<T> => Effect.runPromise(effect)
const reasonOf = (effect: Effect.Effect<unknown, ArchiveError>): Promise<ArchiveError['reason'] | null> =>
  done(
    effect.pipe(
      Effect.as(null),
      Effect.catch((error) => Effect.succeed(error.reason)),
    ),
  )

async function suiteArchiveAt(url: string): Promise<SuiteArchive> {
  const archive = openAt(url)
  await Effect.runPromise(archive.prepare)
  return {
    service: archive.service,
    close: () => Effect.runPromise(archive.close),
    reopen: async () => {
      await Effect.runPromise(archive.close)
      return suiteArchiveAt(url)
    },
  }
}
archiveSuite('PostgreSQL', async () => suiteArchiveAt(await newDatabase()))

async function ask(url: string, sql: string): Promise<readonly unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows as readonly unknown[]
  } finally {
    await client.end()
  }
}

describe('several hosts', () => {
  test('that start on an empty database at the same time migrate it once', async () => {
    for (let round = 0; round < 5; round++) {
      const url = await newDatabase()
      const hosts = Array.from({ length: 4 }, () => openAt(url))
      await Promise.all(hosts.map((host) => Effect.runPromise(host.prepare)))
      await Promise.all(hosts.map((host) => done(host.service.ping())))
      expect(await ask(url, 'SELECT version FROM migrations ORDER BY version')).toEqual(
        [0, ...MIGRATIONS.map(({ version }) => version)].map((version) => ({ version })),
      )
      await Promise.all(hosts.map((host) => Effect.runPromise(host.close)))
    }
  })

  test('finish a migration whose note is missing because the first host died', async () => {
    const url = await newDatabase()
    const first = openAt(url)
    await Effect.runPromise(first.prepare)
    await Effect.runPromise(first.close)
    await ask(url, 'DELETE FROM migrations WHERE version > 5')
    const second = openAt(url)
    await Effect.runPromise(second.prepare)
    await Effect.runPromise(second.close)
    expect(await ask(url, 'SELECT max(version) AS version FROM migrations')).toEqual([{ version: MIGRATIONS.length }])
  })

  test('a database that a newer program has migrated is refused and stays unchanged', async () => {
    const url = await newDatabase()
    const first = openAt(url)
    await Effect.runPromise(first.prepare)
    await Effect.runPromise(first.close)
    await ask(url, "INSERT INTO migrations (version, name, applied_at) VALUES (9999, 'of the future', now())")
    const old = openAt(url)
    expect(await reasonOf(old.service.ping())).toBe('other-version')
    await Effect.runPromise(old.close)
  })

  test('that upload for one user concurrently, over two pools, never exceed the quota', async () => {
    const url = await newDatabase()
    let retries = 0
    const hosts = [
      openAt(url, () => {
        retries++
      }),
      openAt(url, () => {
        retries++
      }),
    ]
    const quota = { bytesMax: 100, countMax: 100 }
    const reasons = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        reasonOf(
          (hosts[n % 2] ?? hosts[0]!).service.putRecord(
            recordOf(uuid(1, n), uuid(2, 0), { package: `package ${n}` }),
            quota,
          ),
        ),
      ),
    )
    expect(reasons.filter((reason) => reason === null)).toHaveLength(10)
    expect(reasons.filter((reason) => reason === 'conflict')).toHaveLength(30)
    expect(retries).toBeGreaterThan(0)
    await Promise.all(hosts.map((host) => Effect.runPromise(host.close)))
  })

  test('after a newer epoch of a realm began, the older one saves nothing', async () => {
    const url = await newDatabase()
    const [older, newer] = [openAt(url), openAt(url)]
    await done(older.service.putRealm(definitionOf('contested'), 1))
    const saves = Array.from({ length: 30 }, (_, i) =>
      reasonOf(older.service.replaceElements({ realm: 'contested', epoch: 1, tick: i }, [elementOf(1)])),
    )
    await done(newer.service.putRealm(definitionOf('contested'), 2))
    await done(newer.service.replaceElements({ realm: 'contested', epoch: 2, tick: 1 }, [elementOf(2)]))
    const reasons = await Promise.all(saves)
    expect(reasons.every((reason) => reason === null || reason === 'fenced')).toBe(true)
    expect(await reasonOf(older.service.replaceElements({ realm: 'contested', epoch: 1, tick: 99 }, []))).toBe('fenced')
    expect(await done(newer.service.savedRealm('contested'))).toMatchObject({ epoch: 2, elements: [elementOf(2)] })
    await Promise.all([Effect.runPromise(older.close), Effect.runPromise(newer.close)])
  })
})

describe('a database in trouble', () => {
  test('that restarts is away in between and works again', async () => {
    const url = await newDatabase()
    const archive = openAt(url)
    await done(archive.service.putUser({ uid: uuid(1, 1), number: 1, name: 'Anna' }))
    await postgres.stop()
    expect(await reasonOf(archive.service.ping())).toBe('away')
    await postgres.start()
    expect(await done(archive.service.user(uuid(1, 1)))).toMatchObject({ name: 'Anna' })
    await Effect.runPromise(archive.close)
  })

  test('that hangs is away within the time limits, and used again when it continues', async () => {
    const url = await newDatabase()
    const archive = openAt(url)
    await done(archive.service.ping())
    postgres.freeze()
    try {
      expect(await reasonOf(archive.service.ping())).toBe('away')
    } finally {
      postgres.thaw()
    }
    expect(await reasonOf(archive.service.ping())).toBeNull()
    await Effect.runPromise(archive.close)
  })

  test('with a wrong password or a missing database is reported as such', async () => {
    const archive = openAt(postgres.url.replace(/\/postgres$/, '/nowhere'))
    await expect(done(archive.service.ping())).rejects.toMatchObject({
      reason: 'internal',
      what: expect.stringContaining('nowhere') as string,
    })
    await Effect.runPromise(archive.close)
  })
})

describe('kill -9 during writes', () => {
  let child = ''
  beforeAll(async () => {
    child = await buildChild()
  })
  afterAll(() => rmSync(child, { force: true }))

  test('of the writing process loses no acknowledged write', async () => {
    const url = await newDatabase()
    const random = randomFrom(8)
    for (let run = 1; run <= 4; run++) {
      const written = await writeAndKill(child, [url, '', String(run)], 5 + Math.floor(random() * 300), random() * 10)
      const archive = openAt(url)
      await expectThere(archive.service, run, written)
      await Effect.runPromise(archive.close)
    }
  })

  test('of PostgreSQL itself, with fsync, loses no acknowledged write', async () => {
    const durable = await startPostgres({ fsync: true })
    try {
      const random = randomFrom(9)
      for (let run = 1; run <= 4; run++) {
        const written = await writeAndKill(
          child,
          [durable.url, '', String(run)],
          5 + Math.floor(random() * 200),
          random() * 20,
          async () => {
            await durable.kill()
            await durable.start()
            await sleep(300)
          },
        )
        const archive = openAt(durable.url)
        await expectThere(archive.service, run, written)
        await Effect.runPromise(archive.close)
      }
    } finally {
      await durable.remove()
    }
  })
})
