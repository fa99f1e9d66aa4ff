/**
 * The archive stores what outlives realms and is not a recording: users, sessions, realms, packages, saved elements,
 * the list of recordings and checkpoints, and grants. One contract covers PostgreSQL, CockroachDB and the embedded
 * default.
 */
import { Context, Data, type Effect } from 'effect'
import type { Quat, RealmDefinition, Vec3 } from '../../sim/index.ts'
import type { RealmRole, Sharing } from '../../http-contract/index.ts'
import type { PackageKind, PackageManifest } from '../../packages/manifest.ts'
import { faultText, type OperatorFault } from '../fault.ts'

export type { RealmRole, Sharing }

export class ArchiveError extends Data.TaggedError('ArchiveError')<
  OperatorFault & {
    /**
     * `away`: the database does not answer, or is still being retried. Try again later. `broken`: its files are
     * damaged; only the operator can repair it.
     */
    readonly reason: 'away' | 'broken' | 'conflict' | 'fenced' | 'too-large' | 'in-use' | 'other-version' | 'internal'
  }
> {
  override get message(): string {
    return faultText(this)
  }

  get isRetryable(): boolean {
    return this.reason === 'away'
  }
}

export interface User {
  /** UUID. */
  readonly uid: string
  /** The user's number in this server's simulations, uint32. Elements refer to their owner by it. */
  readonly number: number
  readonly name: string
}

/** The record of an upload: one user's name and rights for a package. Several users may hold the same package. */
export interface ObjectRecord {
  /** UUID of the upload, in lower case like all UUIDs in the archive. */
  readonly id: string
  readonly package: string
  readonly userUid: string
  readonly name: string
  readonly sharing: Sharing
  /** Bytes of all files of the package, for the quota. */
  readonly bytes: number
  readonly createdAtMs: number
}

export interface StoredPackage {
  readonly hash: string
  readonly kind: PackageKind
  readonly manifest: PackageManifest
}

/** An element as it was saved: a projection of the log at (epoch, tick). */
export interface SavedElement {
  /** Id in the realm instance that saved the element. */
  readonly element: number
  readonly name: string
  /** Hash of the element's package; null if the spec describes it completely. */
  readonly package: string | null
  /** PropSpec as JSON if the element has no package. */
  readonly spec: unknown
  /** User number of the owner; 0 is the realm. */
  readonly owner: number
  readonly access: number
  readonly position: Vec3
  readonly rotation: Quat
  readonly scale: number
}

/** Position in the log at which a save was taken. Writes of an epoch older than the newest are refused (`fenced`). */
export interface LogPosition {
  readonly realm: string
  readonly epoch: number
  readonly tick: number
}

/** The position belongs to the last save. Epoch 0 means that there was no save; epochs begin at 1. */
export interface SavedRealm extends LogPosition {
  readonly definition: RealmDefinition
  /** The newest epoch known to the archive, saved or not. A realm that starts without its log starts a later epoch. */
  readonly newestEpoch: number
  readonly elements: readonly SavedElement[]
}

export interface ArchivedRecording {
  readonly realm: string
  readonly epoch: number
  readonly segment: number
  /** File name, or key in the asset store. */
  readonly location: string
  readonly startTick: number
  /** Null while the recording is being written. */
  readonly lastTick: number | null
  readonly bytes: number
}

export interface ArchivedCheckpoint extends LogPosition {
  readonly segment: number
  readonly stateHash: string
  readonly bytes: number
}

export interface Grant {
  readonly realm: string
  readonly userUid: string
  readonly role: RealmRole
}

export interface SessionEntry {
  /** UUID. */
  readonly id: string
  readonly userUid: string
  readonly realm: string
  readonly player: number
  readonly startedAtMs: number
  readonly endedAtMs: number | null
}

type Answer<T> = Effect.Effect<T, ArchiveError>

export interface ArchiveService {
  readonly kind: 'embedded' | 'sql'
  /** Fails if the database cannot be reached. */
  ping(): Answer<void>

  /** Inserts or renames the user. */
  putUser(user: User): Answer<void>
  user(uid: string): Answer<User | null>
  /** The highest number of a user or of an owner of a saved element; 0 if there is none. */
  newestUserNumber(): Answer<number>
  putSession(session: SessionEntry): Answer<void>
  /** Lists sessions, newest first. */
  sessions(realm: string, limit: number): Answer<readonly SessionEntry[]>

  /** Stores the newest definition. The fencing epoch only rises: an older epoch is refused (`fenced`). */
  putRealm(definition: RealmDefinition, epoch: number): Answer<void>

  /** Idempotent, because the hash determines the package. */
  putPackage(stored: StoredPackage): Answer<void>
  package(hash: string): Answer<StoredPackage | null>
  /**
   * Adds the record unless the user's records would exceed `bytesMax` or `countMax` (then `conflict`). Check and write
   * are one transaction. Nothing changes if the user already has a record of the package. An id that belongs to another
   * user's record is a `conflict`.
   */
  putRecord(record: ObjectRecord, quota: { readonly bytesMax: number; readonly countMax: number }): Answer<void>
  /** Lists the user's records, oldest first. */
  recordsOf(userUid: string): Answer<readonly ObjectRecord[]>
  /** Lists the records of all users that are shared with everyone, newest first. */
  sharedRecords(limit: number): Answer<readonly ObjectRecord[]>
  /** Returns false if the user has no such record, as does `removeRecord`. */
  setSharing(id: string, userUid: string, sharing: Sharing): Answer<boolean>
  removeRecord(id: string, userUid: string): Answer<boolean>
  /** Returns true if a record of this user, or one shared with everyone, names the package. */
  mayUse(userUid: string, hash: string): Answer<boolean>

  /**
   * One transaction: the elements changed and removed since the last save, and the log position of the save. A position
   * before the saved one of the same epoch is skipped. Fails with `conflict` if the epoch has not saved all elements
   * yet or the realm is unknown, and with `too-large` beyond ELEMENTS_MAX.
   */
  saveElements(at: LogPosition, changed: readonly SavedElement[], removed: readonly number[]): Answer<void>
  /** Replaces all saved elements of the realm: the first save of an epoch. Fails like `saveElements`. */
  replaceElements(at: LogPosition, all: readonly SavedElement[]): Answer<void>
  /** Returns elements in the order of their ids. */
  savedRealm(realm: string): Answer<SavedRealm | null>

  putRecording(entry: ArchivedRecording): Answer<void>
  putCheckpoint(entry: ArchivedCheckpoint): Answer<void>
  /** Lists recordings, newest first. */
  recordings(realm: string): Answer<readonly ArchivedRecording[]>
  /** Removes the entries of recordings that retention deleted, with their checkpoints. */
  removeRecording(entry: Pick<ArchivedRecording, 'realm' | 'epoch' | 'segment'>): Answer<void>
  checkpoints(realm: string, limit: number): Answer<readonly ArchivedCheckpoint[]>

  putGrant(grant: Grant): Answer<void>
  removeGrant(realm: string, userUid: string): Answer<boolean>
  grants(realm: string): Answer<readonly Grant[]>
}

export class Archive extends Context.Service<Archive, ArchiveService>()('otherworld/Archive') {}
