import { Clock, Effect, Exit, Layer, Logger, Scope } from 'effect'
import { expect, test } from 'vitest'
import { ArchiveError, type SessionEntry } from '../../storage/archive/archive.ts'
import { memoryArchive } from '../../storage/archive/memory-archive.fake.ts'
import { ARCHIVE_BEHIND_MAX } from '../limits.ts'
import { Presence } from './presence.ts'
import { instantClock } from '../../test/harness/instant-clock.ts'
import { lineLogger } from '../log.ts'
import { RecordWriteBehind, type RecordArchive } from './record-write-behind.ts'

const uid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/** An archive that can be away, and its written records. Each wait ends immediately. */
function behind(): {
  readonly records: RecordWriteBehind
  stop(): Promise<void>
  readonly archive: ReturnType<typeof memoryArchive>
  readonly outage: { away: boolean; broken: boolean; tries: number }
  readonly logged: string[]
} {
  const archive = memoryArchive()
  const outage = { away: false, broken: false, tries: 0 }
  const logged: string[] = []
  const guard = <T>(write: () => Effect.Effect<T, ArchiveError>): Effect.Effect<T, ArchiveError> =>
    Effect.suspend(() => {
      outage.tries++
      if (outage.broken)
        return Effect.fail(new ArchiveError({ reason: 'internal', what: 'it will not', where: 'db', fix: 'none' }))
      return outage.away
        ? Effect.fail(new ArchiveError({ reason: 'away', what: 'gone', where: 'db', fix: 'wait' }))
        : write()
    })
  const written: RecordArchive = {
    putUser: (user) => guard(() => archive.putUser(user)),
    putSession: (session) => guard(() => archive.putSession(session)),
  }
  return { ...recordsOf(written, logged), archive, outage, logged }
}

/** A write-behind whose pauses end immediately, and a function that ends it. */
function recordsOf(
  archive: RecordArchive,
  logged: string[],
): { readonly records: RecordWriteBehind; stop(): Promise<void> } {
  const scope = Scope.makeUnsafe()
  const { clock, run } = instantClock()
  const environment = Layer.merge(
    Logger.layer([lineLogger((line) => void logged.push(line))]),
    Layer.succeed(Clock.Clock, clock),
  )
  const records = Effect.runSync(
    RecordWriteBehind.make(archive).pipe(Scope.provide(scope), Effect.provide(environment)),
  )
  return { records, stop: () => run(Scope.close(scope, Exit.void).pipe(Effect.provide(environment))) }
}

test('records put while the archive is away are written in their newest state when it is back', async () => {
  const { records, archive, outage, logged } = behind()
  outage.away = true
  for (let i = 0; i < 5; i++) records.user({ uid: uid(1), number: 1, name: `Ada ${i}` })
  records.user({ uid: uid(2), number: 2, name: 'Bob' })
  for (let i = 0; i < 20; i++) await turn()
  expect(records.state).toMatchObject({ waiting: 2, away: true })
  outage.away = false
  await expect.poll(() => records.state.waiting).toBe(0)
  expect(await Effect.runPromise(archive.user(uid(1)))).toMatchObject({ name: 'Ada 4' })
  expect(await Effect.runPromise(archive.user(uid(2)))).toMatchObject({ name: 'Bob' })
  expect(logged.join('\n')).toMatch(/does not answer[^]*answers again/)
  expect(logged).toHaveLength(2)
})

test('a record that the archive refuses for good is logged and dropped; the others are written', async () => {
  const { records, archive, outage, logged } = behind()
  outage.broken = true
  records.user({ uid: uid(1), number: 1, name: 'Ada' })
  await expect.poll(() => records.state.waiting).toBe(0)
  outage.broken = false
  records.user({ uid: uid(2), number: 2, name: 'Bob' })
  await expect.poll(() => records.state.waiting).toBe(0)
  expect(await Effect.runPromise(archive.user(uid(2)))).not.toBeNull()
  expect(logged.join()).toContain('could not be written')
})

test('a lasting outage uses limited memory', async () => {
  const { records, outage, stop } = behind()
  outage.away = true
  for (let i = 0; i < ARCHIVE_BEHIND_MAX + 100; i++) records.user({ uid: uid(i), number: i + 1, name: 'x' })
  await turn()
  expect(records.state.waiting).toBeLessThanOrEqual(ARCHIVE_BEHIND_MAX)
  expect(records.state.dropped).toBeGreaterThanOrEqual(100)
  await stop()
})

test('stopped while the archive is away, it ends immediately and logs what is lost', async () => {
  const { records, outage, logged, stop } = behind()
  outage.away = true
  records.user({ uid: uid(1), number: 1, name: 'Ada' })
  await turn()
  await stop()
  expect(logged.at(-1)).toContain('1 records of users and sessions could not be written')
})

test('a session begins with its first link and ends with its last', () => {
  const entries: SessionEntry[] = []
  let nowMs = 1_000
  const presence = new Presence('yard', { session: (each) => void entries.push(each) }, () => nowMs)
  const claims = { session: uid(9), player: 4, name: 'Ada', role: 'player', uid: uid(1), user: 1 } as const
  presence.linkOpened(claims)
  nowMs = 2_000
  presence.linkOpened(claims)
  presence.linkClosed(claims)
  nowMs = 3_000
  presence.linkClosed(claims)
  expect(entries).toEqual([
    { id: uid(9), userUid: uid(1), realm: 'yard', player: 4, startedAtMs: 1_000, endedAtMs: null },
    { id: uid(9), userUid: uid(1), realm: 'yard', player: 4, startedAtMs: 1_000, endedAtMs: 3_000 },
  ])
})

test('a record put at the moment of the end is written too', async () => {
  for (let microtasks = 0; microtasks < 40; microtasks++) {
    const { records } = behind()
    records.user({ uid: uid(1), number: 1, name: 'Ada' })
    for (let i = 0; i < microtasks; i++) await Promise.resolve()
    records.user({ uid: uid(2), number: 2, name: 'Bob' })
    await expect.poll(() => records.state.waiting, { message: `after ${microtasks} microtasks` }).toBe(0)
  }
})

test('an archive that never answers does not delay the end', async () => {
  const logged: string[] = []
  const { records, stop } = recordsOf({ putUser: () => Effect.never, putSession: () => Effect.never }, logged)
  records.user({ uid: uid(1), number: 1, name: 'Ada' })
  await stop()
  expect(logged).toEqual([expect.stringContaining('1 records')])
})
