/**
 * The archive's semantics in plain maps: a reference for the databases, and an archive for tests that need no database.
 */
import { Effect } from 'effect'
import { ELEMENTS_MAX, type RealmDefinition } from '../../sim/index.ts'
import type {
  ArchiveError,
  ArchiveService,
  ArchivedCheckpoint,
  Grant,
  LogPosition,
  ObjectRecord,
  ArchivedRecording,
  SavedElement,
  SessionEntry,
  StoredPackage,
  User,
} from './archive.ts'
import { archiveError, failed } from './classify.ts'

const WHERE = 'memory'

interface RealmState {
  definition: RealmDefinition
  epoch: number
  saved: { epoch: number; tick: number }
  elements: Map<number, SavedElement>
}

/** Returns a copy, as a database would. */
const copy = <T>(value: T): T => structuredClone(value)
const did = <T>(work: () => T): Effect.Effect<T, ArchiveError> =>
  Effect.try({ try: () => copy(work()), catch: (error) => archiveError(error, WHERE) })
/** Sorts by these keys in ascending order. Negate a key to sort in descending order. */
const sorted = <T>(values: Iterable<T>, ...keys: ((value: T) => string | number)[]): T[] =>
  [...values].toSorted((a, b) => {
    for (const key of keys) {
      const [x, y] = [key(a), key(b)]
      if (x !== y) return x < y ? -1 : 1
    }
    return 0
  })

export function memoryArchive(): ArchiveService {
  const known = new Map<string, RealmState>()
  return {
    kind: 'embedded',
    ping: () => Effect.void,
    ...people(known),
    ...packages(),
    ...realms(known),
    ...recordings(),
    ...grants(),
  }
}

function people(
  known: ReadonlyMap<string, RealmState>,
): Pick<ArchiveService, 'putUser' | 'user' | 'newestUserNumber' | 'putSession' | 'sessions'> {
  const users = new Map<string, User>()
  const sessions = new Map<string, SessionEntry>()
  return {
    putUser: (user) => did(() => void users.set(user.uid, copy(user))),
    user: (uid) => did(() => users.get(uid) ?? null),
    newestUserNumber: () =>
      did(() => {
        const owners = [...known.values()].flatMap(({ elements }) => [...elements.values()].map(({ owner }) => owner))
        return [...[...users.values()].map(({ number }) => number), ...owners].reduce(
          (newest, number) => Math.max(newest, number),
          0,
        )
      }),
    putSession: (session) => did(() => void sessions.set(session.id, copy(session))),
    sessions: (realm, limit) =>
      did(() =>
        sorted(
          [...sessions.values()].filter((each) => each.realm === realm),
          (each) => -each.startedAtMs,
          (each) => each.id,
        ).slice(0, limit),
      ),
  }
}

function packages(): Pick<
  ArchiveService,
  'putPackage' | 'package' | 'putRecord' | 'recordsOf' | 'sharedRecords' | 'setSharing' | 'removeRecord' | 'mayUse'
> {
  const stored = new Map<string, StoredPackage>()
  const records = new Map<string, ObjectRecord>()
  const owned = (id: string, uid: string): ObjectRecord | null => {
    const record = records.get(id)
    return record?.userUid === uid ? record : null
  }
  const of = (uid: string): ObjectRecord[] =>
    sorted(
      [...records.values()].filter(({ userUid }) => userUid === uid),
      (each) => each.createdAtMs,
      (each) => each.id,
    )
  return {
    putPackage: (each) => did(() => void (stored.has(each.hash) || stored.set(each.hash, copy(each)))),
    package: (hash) => did(() => stored.get(hash) ?? null),
    putRecord: (record, { bytesMax, countMax }) =>
      did(() => {
        const existing = records.get(record.id)
        if (existing && existing.userUid !== record.userUid)
          throw failed('conflict', 'another user has that record', WHERE)
        const others = of(record.userUid)
        if (existing || others.some((each) => each.package === record.package)) return
        if (others.reduce((sum, { bytes }) => sum + bytes, record.bytes) > bytesMax || others.length + 1 > countMax)
          throw failed('conflict', 'over the quota', WHERE)
        records.set(record.id, copy(record))
      }),
    recordsOf: (uid) => did(() => of(uid)),
    sharedRecords: (limit) =>
      did(() =>
        sorted(
          [...records.values()].filter(({ sharing }) => sharing === 'everyone'),
          (each) => each.createdAtMs,
          (each) => each.id,
        )
          .toReversed()
          .slice(0, limit),
      ),
    setSharing: (id, uid, sharing) =>
      did(() => {
        const record = owned(id, uid)
        if (record) records.set(id, { ...record, sharing })
        return record !== null
      }),
    removeRecord: (id, uid) => did(() => owned(id, uid) !== null && records.delete(id)),
    mayUse: (uid, hash) =>
      did(() =>
        [...records.values()].some(
          (record) => record.package === hash && (record.userUid === uid || record.sharing === 'everyone'),
        ),
      ),
  }
}

function realms(
  known: Map<string, RealmState>,
): Pick<ArchiveService, 'putRealm' | 'saveElements' | 'replaceElements' | 'savedRealm'> {
  const fence = (realm: RealmState, epoch: number): void => {
    if (realm.epoch > epoch) throw failed('fenced', `epoch ${realm.epoch} has begun`, WHERE)
  }
  const save = (
    at: LogPosition,
    put: readonly SavedElement[],
    removed: readonly number[] | 'all',
  ): Effect.Effect<void, ArchiveError> =>
    did(() => {
      if (put.length > ELEMENTS_MAX || removed.length > ELEMENTS_MAX)
        throw failed('too-large', 'too many elements', WHERE)
      const realm = known.get(at.realm)
      if (!realm) throw failed('conflict', 'unknown realm', WHERE)
      fence(realm, at.epoch)
      if (removed !== 'all' && realm.saved.epoch !== at.epoch) throw failed('conflict', 'not all saved', WHERE)
      if (realm.saved.epoch === at.epoch && realm.saved.tick > at.tick) return
      if (removed === 'all') realm.elements.clear()
      else for (const element of removed) realm.elements.delete(element)
      for (const element of put) realm.elements.set(element.element, { ...copy(element), spec: element.spec ?? null })
      realm.epoch = at.epoch
      realm.saved = { epoch: at.epoch, tick: at.tick }
    })
  return {
    putRealm: (definition, epoch) =>
      did(() => {
        const realm = known.get(definition.id) ?? {
          definition,
          epoch,
          saved: { epoch: 0, tick: 0 },
          elements: new Map(),
        }
        fence(realm, epoch)
        known.set(definition.id, Object.assign(realm, { definition: copy(definition), epoch }))
      }),
    saveElements: (at, changed, removed) => save(at, changed, removed),
    replaceElements: (at, all) => save(at, all, 'all'),
    savedRealm: (id) =>
      did(() => {
        const realm = known.get(id)
        if (!realm) return null
        return {
          realm: id,
          ...realm.saved,
          newestEpoch: realm.epoch,
          definition: realm.definition,
          elements: sorted(realm.elements.values(), (each) => each.element),
        }
      }),
  }
}

function recordings(): Pick<
  ArchiveService,
  'putRecording' | 'putCheckpoint' | 'recordings' | 'removeRecording' | 'checkpoints'
> {
  const entries = new Map<string, ArchivedRecording>()
  const points = new Map<string, ArchivedCheckpoint>()
  return {
    putRecording: (entry) => did(() => void entries.set(`${entry.realm} ${entry.epoch} ${entry.segment}`, copy(entry))),
    putCheckpoint: (entry) => did(() => void points.set(`${entry.realm} ${entry.epoch} ${entry.tick}`, copy(entry))),
    recordings: (realm) =>
      did(() =>
        sorted(
          [...entries.values()].filter((each) => each.realm === realm),
          (each) => -each.epoch,
          (each) => -each.segment,
        ),
      ),
    removeRecording: ({ realm, epoch, segment }) =>
      did(() => {
        entries.delete(`${realm} ${epoch} ${segment}`)
        for (const [key, point] of points)
          if (point.realm === realm && point.epoch === epoch && point.segment === segment) points.delete(key)
      }),
    checkpoints: (realm, limit) =>
      did(() =>
        sorted(
          [...points.values()].filter((each) => each.realm === realm),
          (each) => -each.epoch,
          (each) => -each.tick,
        ).slice(0, limit),
      ),
  }
}

function grants(): Pick<ArchiveService, 'putGrant' | 'removeGrant' | 'grants'> {
  const given = new Map<string, Grant>()
  return {
    putGrant: (grant) => did(() => void given.set(`${grant.realm} ${grant.userUid}`, copy(grant))),
    removeGrant: (realm, uid) => did(() => given.delete(`${realm} ${uid}`)),
    grants: (realm) =>
      did(() =>
        sorted(
          [...given.values()].filter((each) => each.realm === realm),
          (each) => each.userUid,
        ),
      ),
  }
}
