/** Archive suite: users, sessions, packages, records and grants. */
import { expect, test } from 'vitest'
import type { ArchiveService, SessionEntry } from './archive.ts'
import { definitionOf, done, elementOf, manifestOf, reasonOf, recordOf, uuid } from './archive.fixture.ts'

/** Concurrent uploads. The quota has room for QUOTA_ROOM of them. */
const UPLOADS = 12
const QUOTA_ROOM = 5

export function usersAndPackages(service: () => ArchiveService): void {
  users(service)
  packages(service)
  quotas(service)
  grants(service)
}

function users(service: () => ArchiveService): void {
  test('answers a ping', async () => {
    await done(service().ping())
  })

  test('the newest user number counts both users and owners of saved elements', async () => {
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

  test('a user is found by its uid and can be renamed; an unknown uid gives null', async () => {
    const user = { uid: uuid(1, 1), number: 4_294_967_295, name: 'Ānna "☕" \'; DROP TABLE users --' }
    await done(service().putUser(user))
    expect(await done(service().user(user.uid))).toEqual(user)
    await done(service().putUser({ ...user, name: 'Anna' }))
    expect(await done(service().user(user.uid))).toEqual({ ...user, name: 'Anna' })
    expect(await done(service().user(uuid(1, 2)))).toBeNull()
  })

  test('sessions of a realm are listed newest first, with times to the millisecond, and can be ended', async () => {
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
}

function packages(service: () => ArchiveService): void {
  test('a package keeps the content of its first upload, with the order of its keys', async () => {
    const stored = { hash: 'c'.repeat(64), kind: 'object', manifest: manifestOf('cup') } as const
    await done(service().putPackage(stored))
    await done(service().putPackage({ ...stored, manifest: manifestOf('another') }))
    const read = await done(service().package(stored.hash))
    expect(JSON.stringify(read?.manifest)).toBe(JSON.stringify(stored.manifest))
    expect(read).toEqual(stored)
    expect(await done(service().package('d'.repeat(64)))).toBeNull()
  })

  test('only its owner lists, shares and removes a record', async () => {
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
}

function quotas(service: () => ArchiveService): void {
  test('concurrent uploads of one package by one user give one record', async () => {
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

  test('concurrent uploads fill the quota and never exceed it', async () => {
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
}

function grants(service: () => ArchiveService): void {
  test('a user has one role in each realm', async () => {
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
