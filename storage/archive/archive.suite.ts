/** What every archive must do, as a vitest suite: `archiveContract('PostgreSQL', open)` in a test file. */
import { fc } from '@fast-check/vitest'
import { Effect } from 'effect'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ELEMENTS_MAX } from '../../sim/index.ts'
import type {
  ArchiveError,
  ArchiveService,
  LogPosition,
  RealmRole,
  RecordingEntry,
  SavedElement,
  SessionEntry,
  Sharing,
} from './archive.ts'
import { memoryArchive } from './memory-archive.fake.ts'
import { definitionOf, elementOf, manifestOf, recordOf, uuid } from './archive.fixture.ts'

export interface ContractArchive {
  readonly service: ArchiveService
  /** Closes it and opens it anew on the same data; null where nothing is kept. */
  readonly reopen: (() => Promise<ContractArchive>) | null
  close(): Promise<void>
}

const done = <T>(effect: Effect.Effect<T, ArchiveError>): Promise<T> => Effect.runPromise(effect)
/** The reason for which it fails; null where it succeeds. */
const reasonOf = (effect: Effect.Effect<unknown, ArchiveError>): Promise<ArchiveError['reason'] | null> =>
  done(
    effect.pipe(
      Effect.as(null),
      Effect.catch((error) => Effect.succeed(error.reason)),
    ),
  )

/** Operations of a random sequence, and how many sequences. A database's transaction takes a millisecond or a few. */
const OPERATIONS_MAX = 40
const SEQUENCES = 15
/** Uploads at once, of which the quota has room for QUOTA_ROOM. */
const UPLOADS = 12
const QUOTA_ROOM = 5

export function archiveContract(name: string, open: () => Promise<ContractArchive>): void {
  describe(`archive contract: ${name}`, () => {
    let archive: ContractArchive
    beforeAll(async () => {
      archive = await open()
    })
    afterAll(() => archive.close())
    const service = (): ArchiveService => archive.service
    peopleAndPackages(service)
    realms(service)
    logs(service)
    againstMaps(service)

    test('what was written is there when it is opened again', async () => {
      if (archive.reopen === null) return
      await done(service().putRealm(definitionOf('kept'), 3))
      await done(service().replaceElements({ realm: 'kept', epoch: 3, tick: 9 }, [elementOf(1)]))
      archive = await archive.reopen()
      expect(await done(service().savedRealm('kept'))).toEqual({
        realm: 'kept',
        epoch: 3,
        tick: 9,
        newestEpoch: 3,
        definition: definitionOf('kept'),
        elements: [elementOf(1)],
      })
    })
  })
}

function peopleAndPackages(service: () => ArchiveService): void {
  test('answers a ping', async () => {
    await done(service().ping())
  })

  test('the newest number is that of a user, or of the owner of something saved, whichever is higher', async () => {
    const newest = (): Promise<number> => done(service().newestUserNumber())
    expect(await newest()).toBe(0)
    for (const number of [7, 5]) await done(service().putUser({ uid: uuid(9, number), number, name: 'Ada' }))
    expect(await newest()).toBe(7)
    await done(service().putRealm(definitionOf('pond'), 1))
    await done(
      service().replaceElements({ realm: 'pond', epoch: 1, tick: 1 }, [
        elementOf(1, { owner: 3 }),
        elementOf(2, { owner: 4_000_000_000 }),
      ]),
    )
    expect(await newest()).toBe(4_000_000_000)
    await done(service().saveElements({ realm: 'pond', epoch: 1, tick: 2 }, [], [2]))
    expect(await newest()).toBe(7)
  })

  test('a user is found by its uid and can be renamed; who is unknown is null', async () => {
    const user = { uid: uuid(1, 1), number: 4_294_967_295, name: 'Ānna "☕" \'; DROP TABLE users --' }
    await done(service().putUser(user))
    expect(await done(service().user(user.uid))).toEqual(user)
    await done(service().putUser({ ...user, name: 'Anna' }))
    expect(await done(service().user(user.uid))).toEqual({ ...user, name: 'Anna' })
    expect(await done(service().user(uuid(1, 2)))).toBeNull()
  })

  test('sessions of a realm come newest first, to the millisecond, and can be ended', async () => {
    const session = (n: number): SessionEntry => ({
      id: uuid(2, n),
      userUid: uuid(1, n),
      realm: 'hall',
      player: n,
      startedAtMs: 1_700_000_000_001 + n,
      endedAtMs: null,
    })
    for (const n of [1, 3, 2]) await done(service().putSession(session(n)))
    await done(service().putSession({ ...session(3), endedAtMs: 1_800_000_000_999 }))
    expect(await done(service().sessions('hall', 2))).toEqual([
      { ...session(3), endedAtMs: 1_800_000_000_999 },
      session(2),
    ])
    expect(await done(service().sessions('elsewhere', 2))).toEqual([])
  })

  test('a package is what its first putting said, to the order of its keys', async () => {
    const stored = { hash: 'c'.repeat(64), kind: 'object', manifest: manifestOf('cup') } as const
    await done(service().putPackage(stored))
    await done(service().putPackage({ ...stored, manifest: manifestOf('another') }))
    const read = await done(service().package(stored.hash))
    expect(JSON.stringify(read?.manifest)).toBe(JSON.stringify(stored.manifest))
    expect(read).toEqual(stored)
    expect(await done(service().package('d'.repeat(64)))).toBeNull()
  })

  test('records are listed, shared and removed by their owner alone', async () => {
    const [own, other] = [uuid(3, 1), uuid(3, 2)]
    const record = recordOf(uuid(4, 1), own, { package: 'e'.repeat(64) })
    const quota = { bytesMax: 100, countMax: 3 }
    await done(service().putRecord(record, quota))
    await done(service().putRecord({ ...record, name: 'again' }, quota))
    expect(await done(service().recordsOf(own))).toEqual([record])
    expect(await reasonOf(service().putRecord({ ...record, userUid: other }, quota))).toBe('conflict')
    expect(await Promise.all([own, other].map((uid) => done(service().mayUse(uid, record.package))))).toEqual([
      true,
      false,
    ])
    expect(await done(service().setSharing(record.id, other, 'everyone'))).toBe(false)
    expect(await done(service().setSharing(record.id, own, 'everyone'))).toBe(true)
    expect((await done(service().sharedRecords(10_000))).filter(({ id }) => id === record.id)).toEqual([
      { ...record, sharing: 'everyone' },
    ])
    expect(await done(service().mayUse(other, record.package))).toBe(true)
    expect(await done(service().removeRecord(record.id, other))).toBe(false)
    expect(await done(service().removeRecord(record.id, own))).toBe(true)
    expect(await done(service().removeRecord(record.id, own))).toBe(false)
    expect([await done(service().recordsOf(own)), await done(service().mayUse(other, record.package))]).toEqual([
      [],
      false,
    ])
  })

  test('of uploads of one package at once by one user one record stands, and so the one that is shared or removed', async () => {
    const uid = uuid(5, 3)
    const quota = { bytesMax: 1_000, countMax: 100 }
    await Promise.all(
      Array.from({ length: UPLOADS }, (_, n) =>
        done(service().putRecord(recordOf(uuid(8, n), uid, { package: 'twice' }), quota)),
      ),
    )
    const records = await done(service().recordsOf(uid))
    expect(records).toHaveLength(1)
    expect(await done(service().removeRecord(records[0]?.id ?? '', uid))).toBe(true)
    expect(await done(service().mayUse(uid, 'twice'))).toBe(false)
  })

  test('uploads at once never exceed the quota, and fill it', async () => {
    const uid = uuid(5, 1)
    const quota = { bytesMax: QUOTA_ROOM * 10 + 9, countMax: 100 }
    const reasons = await Promise.all(
      Array.from({ length: UPLOADS }, (_, n) =>
        reasonOf(service().putRecord(recordOf(uuid(6, n), uid, { package: `package ${n}` }), quota)),
      ),
    )
    expect(reasons.filter((reason) => reason === null)).toHaveLength(QUOTA_ROOM)
    expect(reasons.filter((reason) => reason === 'conflict')).toHaveLength(UPLOADS - QUOTA_ROOM)
    expect((await done(service().recordsOf(uid))).reduce((sum, { bytes }) => sum + bytes, 0)).toBe(QUOTA_ROOM * 10)
    expect(await reasonOf(service().putRecord(recordOf(uuid(6, 99), uuid(5, 2)), { bytesMax: 100, countMax: 0 }))).toBe(
      'conflict',
    )
  })

  test('grants: one role a user and realm', async () => {
    const [a, b] = [uuid(7, 1), uuid(7, 2)]
    await done(service().putGrant({ realm: 'attic', userUid: b, role: 'owner' }))
    await done(service().putGrant({ realm: 'attic', userUid: a, role: 'owner' }))
    await done(service().putGrant({ realm: 'attic', userUid: a, role: 'builder' }))
    expect(await done(service().grants('attic'))).toEqual([
      { realm: 'attic', userUid: a, role: 'builder' },
      { realm: 'attic', userUid: b, role: 'owner' },
    ])
    expect(await done(service().grants('cellar'))).toEqual([])
    expect([await done(service().removeGrant('attic', a)), await done(service().removeGrant('attic', a))]).toEqual([
      true,
      false,
    ])
    expect(await done(service().grants('attic'))).toEqual([{ realm: 'attic', userUid: b, role: 'owner' }])
  })
}

function realms(service: () => ArchiveService): void {
  const at = (realm: string, epoch: number, tick: number): LogPosition => ({ realm, epoch, tick })

  test('a realm keeps its newest definition as it was given, and its epoch only rises', async () => {
    expect(await done(service().savedRealm('garden'))).toBeNull()
    await done(service().putRealm(definitionOf('garden'), 2))
    await done(service().putRealm(definitionOf('garden', 'Renamed'), 4))
    expect(await reasonOf(service().putRealm(definitionOf('garden', 'Late'), 3))).toBe('fenced')
    const saved = await done(service().savedRealm('garden'))
    expect(saved).toEqual({
      realm: 'garden',
      epoch: 0,
      tick: 0,
      newestEpoch: 4,
      definition: definitionOf('garden', 'Renamed'),
      elements: [],
    })
    expect(JSON.stringify(saved?.definition)).toBe(JSON.stringify(definitionOf('garden', 'Renamed')))
  })

  test('elements are saved, changed and removed, equal to the last bit', async () => {
    await done(service().putRealm(definitionOf('yard'), 1))
    await done(
      service().replaceElements(at('yard', 1, 10), [
        elementOf(2),
        elementOf(1),
        elementOf(3, { package: 'f'.repeat(64), spec: null }),
      ]),
    )
    await done(service().saveElements(at('yard', 1, 20), [elementOf(2, { scale: 2 }), elementOf(4)], [1, 99]))
    expect(await done(service().savedRealm('yard'))).toMatchObject({
      epoch: 1,
      tick: 20,
      elements: [elementOf(2, { scale: 2 }), elementOf(3, { package: 'f'.repeat(64), spec: null }), elementOf(4)],
    })
  })

  test('a save of an older epoch is refused, one of an older tick is passed over', async () => {
    await done(service().putRealm(definitionOf('shed'), 1))
    await done(service().replaceElements(at('shed', 1, 10), [elementOf(1)]))
    await done(service().saveElements(at('shed', 1, 9), [elementOf(2)], []))
    await done(service().putRealm(definitionOf('shed'), 2))
    expect(await reasonOf(service().saveElements(at('shed', 1, 11), [elementOf(3)], []))).toBe('fenced')
    expect(await reasonOf(service().replaceElements(at('shed', 1, 11), []))).toBe('fenced')
    expect(await done(service().savedRealm('shed'))).toMatchObject({
      epoch: 1,
      tick: 10,
      newestEpoch: 2,
      elements: [elementOf(1)],
    })
  })

  test('the first save of an epoch must be of all elements; one of an unknown realm is refused', async () => {
    await done(service().putRealm(definitionOf('barn'), 1))
    await done(service().replaceElements(at('barn', 1, 10), [elementOf(1)]))
    expect(await reasonOf(service().saveElements(at('barn', 2, 1), [elementOf(2)], []))).toBe('conflict')
    await done(service().replaceElements(at('barn', 2, 1), [elementOf(2)]))
    await done(service().saveElements(at('barn', 2, 2), [elementOf(3)], []))
    expect(await done(service().savedRealm('barn'))).toMatchObject({
      epoch: 2,
      tick: 2,
      newestEpoch: 2,
      elements: [elementOf(2), elementOf(3)],
    })
    expect(await reasonOf(service().replaceElements(at('nowhere', 1, 1), []))).toBe('conflict')
  })

  test('a whole realm of elements goes through in batches; more are too large', async () => {
    await done(service().putRealm(definitionOf('plain'), 1))
    const all = Array.from({ length: 2_500 }, (_, n) => elementOf(n + 1))
    await done(service().replaceElements(at('plain', 1, 1), all))
    await done(
      service().saveElements(
        at('plain', 1, 2),
        [],
        all.slice(100).map(({ element }) => element),
      ),
    )
    expect((await done(service().savedRealm('plain')))?.elements).toEqual(all.slice(0, 100))
    const many: SavedElement[] = Array.from({ length: ELEMENTS_MAX + 1 }, () => elementOf(1))
    expect(await reasonOf(service().replaceElements(at('plain', 1, 3), many))).toBe('too-large')
  })
}

function logs(service: () => ArchiveService): void {
  test('recordings and checkpoints are listed newest first, and forgotten together', async () => {
    const entry = (epoch: number, segment: number): RecordingEntry => ({
      realm: 'lane',
      epoch,
      segment,
      location: `lane-${epoch}-${segment}.owr`,
      startTick: epoch * 100,
      lastTick: null,
      bytes: 4_000_000_000,
    })
    for (const [epoch, segment] of [
      [1, 0],
      [2, 0],
      [2, 1],
    ] as const) {
      await done(service().putRecording(entry(epoch, segment)))
      for (const n of [1, 2])
        await done(
          service().putCheckpoint({
            realm: 'lane',
            epoch,
            segment,
            tick: epoch * 100 + segment * 10 + n,
            stateHash: '0123456789abcdef',
            bytes: 5,
          }),
        )
    }
    await done(service().putRecording({ ...entry(1, 0), lastTick: 199 }))
    expect(await done(service().recordings('lane'))).toEqual([
      entry(2, 1),
      entry(2, 0),
      { ...entry(1, 0), lastTick: 199 },
    ])
    await done(service().removeRecording({ realm: 'lane', epoch: 2, segment: 0 }))
    expect((await done(service().recordings('lane'))).map(({ epoch, segment }) => [epoch, segment])).toEqual([
      [2, 1],
      [1, 0],
    ])
    expect((await done(service().checkpoints('lane', 3))).map(({ tick }) => tick)).toEqual([212, 211, 102])
    expect(await done(service().checkpoints('lane', 1))).toEqual([
      { realm: 'lane', epoch: 2, segment: 1, tick: 212, stateHash: '0123456789abcdef', bytes: 5 },
    ])
  })
}

// --- random sequences

/** One call of a method; `scope` keeps sequences on one database apart. */
type Operation = (archive: ArchiveService, scope: number) => Effect.Effect<unknown, ArchiveError>

const small = fc.integer({ min: 1, max: 3 })
const sharing = fc.constantFrom<Sharing>('owner', 'everyone')
const role = fc.constantFrom<RealmRole>('builder', 'owner')
const realmOf = (scope: number, n: number): string => `random-${scope}-${n}`
const elements = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    maxLength: 4,
  })
  .map((pairs) =>
    [...new Map(pairs).entries()].map(([element, x]) => elementOf(element, { position: { x, y: -0, z: 0 } })),
  )

type Named = readonly [name: string, call: Operation]
const named = (name: string, call: Operation): Named => [name, call]

const operation: fc.Arbitrary<Named> = fc.oneof(
  fc
    .tuple(
      small,
      fc.string({ minLength: 1, maxLength: 5 }).map((name) => name.replaceAll('\0', '0')),
    )
    .map(([n, name]) => named(`putUser ${n} ${name}`, (a, s) => a.putUser({ uid: uuid(s, n), number: n, name }))),
  small.map((n) => named(`user ${n}`, (a, s) => a.user(uuid(s, n)))),
  fc.tuple(small, small, fc.integer({ min: 1, max: 40 })).map(([id, user, bytes]) =>
    named(`putRecord ${id} of ${user}, ${bytes}`, (a, s) =>
      a.putRecord(recordOf(uuid(s, 100 + id), uuid(s, user), { bytes, package: `${s} ${id % 2}` }), {
        bytesMax: 60,
        countMax: 2,
      }),
    ),
  ),
  small.map((n) => named(`recordsOf ${n}`, (a, s) => a.recordsOf(uuid(s, n)))),
  fc
    .tuple(small, small, sharing)
    .map(([id, user, how]) =>
      named(`setSharing ${id} ${user} ${how}`, (a, s) => a.setSharing(uuid(s, 100 + id), uuid(s, user), how)),
    ),
  fc
    .tuple(small, small)
    .map(([id, user]) =>
      named(`removeRecord ${id} ${user}`, (a, s) => a.removeRecord(uuid(s, 100 + id), uuid(s, user))),
    ),
  fc
    .tuple(small, small)
    .map(([user, n]) => named(`mayUse ${user} ${n}`, (a, s) => a.mayUse(uuid(s, user), `${s} ${n % 2}`))),
  fc
    .tuple(small, small)
    .map(([n, epoch]) =>
      named(`putRealm ${n} epoch ${epoch}`, (a, s) => a.putRealm(definitionOf(realmOf(s, n)), epoch)),
    ),
  fc
    .tuple(small, small, small, elements)
    .map(([n, epoch, tick, all]) =>
      named(`replaceElements ${n} ${epoch} ${tick} ${all.length}`, (a, s) =>
        a.replaceElements({ realm: realmOf(s, n), epoch, tick }, all),
      ),
    ),
  fc
    .tuple(small, small, small, elements, fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }))
    .map(([n, epoch, tick, put, gone]) =>
      named(`saveElements ${n} ${epoch} ${tick} ${put.length} -${gone.length}`, (a, s) =>
        a.saveElements({ realm: realmOf(s, n), epoch, tick }, put, gone),
      ),
    ),
  small.map((n) => named(`savedRealm ${n}`, (a, s) => a.savedRealm(realmOf(s, n)))),
  fc
    .tuple(small, small, role)
    .map(([n, user, which]) =>
      named(`putGrant ${n} ${user} ${which}`, (a, s) =>
        a.putGrant({ realm: realmOf(s, n), userUid: uuid(s, user), role: which }),
      ),
    ),
  fc
    .tuple(small, small)
    .map(([n, user]) => named(`removeGrant ${n} ${user}`, (a, s) => a.removeGrant(realmOf(s, n), uuid(s, user)))),
  small.map((n) => named(`grants ${n}`, (a, s) => a.grants(realmOf(s, n)))),
)

/** Its answer, or the reason why there is none. */
const outcomeOf = (effect: Effect.Effect<unknown, ArchiveError>): Promise<unknown> =>
  done(
    effect.pipe(
      Effect.map((value) => ({ value: value ?? null })),
      Effect.catch((error) => Effect.succeed({ failed: error.reason })),
    ),
  )

function againstMaps(service: () => ArchiveService): void {
  test('answers any sequence of calls as plain maps would', async () => {
    let scope = 1_000
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: OPERATIONS_MAX }), async (operations) => {
        scope++
        const model = memoryArchive()
        for (const [name, call] of operations)
          expect([name, await outcomeOf(call(service(), scope))]).toEqual([name, await outcomeOf(call(model, scope))])
        for (const n of [1, 2, 3])
          expect(await done(service().savedRealm(realmOf(scope, n)))).toEqual(
            await done(model.savedRealm(realmOf(scope, n))),
          )
      }),
      { numRuns: SEQUENCES, seed: 4 },
    )
  })
}
