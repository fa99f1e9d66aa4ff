/**
 * Archive: what outlives realms and is no recording: users, sessions, realms, packages, saved elements, the list of
 * recordings and checkpoints, grants. One contract over PostgreSQL/CockroachDB and the embedded default.
 */
import { Context, Data, type Effect } from 'effect'
import type { Quat, RealmDefinition, Vec3 } from '../../sim/index.ts'
import type { RealmRole, Sharing } from '../../http-api/index.ts'
import type { PackageKind, PackageManifest } from '../../packages/manifest.ts'
import { faultText, type Fault } from '../fault.ts'

export type { RealmRole, Sharing }

export class ArchiveError extends Data.TaggedError('ArchiveError')<
  Fault & {
    /**
     * `away`: the database does not answer or is still being tried again; worth trying again later. `broken`: its files are
     * damaged, and it comes back only when the operator has seen to it.
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
  /** The user's number in simulations of this server, uint32: what elements are owned by. */
  readonly number: number
  readonly name: string
}

/** The record of an upload: one user's own name and rights for a package; several users may hold the same package. */
export interface ObjectRecord {
  /** UUID of the upload, in lower case like all UUIDs here. */
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
  /** Id in the realm instance that saved it. */
  readonly element: number
  readonly name: string
  /** Hash of its package; null: the spec is all there is. */
  readonly package: string | null
  /** PropSpec as JSON where there is no package. */
  readonly spec: unknown
  /** User number; 0: the realm itself. */
  readonly owner: number
  readonly access: number
  readonly position: Vec3
  readonly rotation: Quat
  readonly scale: number
}

/** Where in the log a save was taken. Writes of an older epoch than the newest are refused (`fenced`). */
export interface LogPosition {
  readonly realm: string
  readonly epoch: number
  readonly tick: number
}

/** The position is of the last save; epoch 0 where there was none (epochs begin at 1). */
export interface SavedRealm extends LogPosition {
  readonly definition: RealmDefinition
  /** The newest epoch that was ever heard of, saved or not: a realm that begins without its log begins a later one. */
  readonly newestEpoch: number
  readonly elements: readonly SavedElement[]
}

export interface RecordingEntry {
  readonly realm: string
  readonly epoch: number
  readonly segment: number
  /** File name, or key in the asset store. */
  readonly location: string
  readonly startTick: number
  /** Null while it is written. */
  readonly lastTick: number | null
  readonly bytes: number
}

export interface CheckpointEntry extends LogPosition {
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
  /** Fails where the database cannot be reached now. */
  ping(): Answer<void>

  /** Inserts or renames. */
  putUser(user: User): Answer<void>
  user(uid: string): Answer<User | null>
  /** The highest number that a user has or a saved element is owned by; 0: none. */
  newestUserNumber(): Answer<number>
  putSession(session: SessionEntry): Answer<void>
  /** The newest first. */
  sessions(realm: string, limit: number): Answer<readonly SessionEntry[]>

  /** Keeps the newest definition; the fencing epoch only rises: an older one is refused (`fenced`). */
  putRealm(definition: RealmDefinition, epoch: number): Answer<void>

  /** Idempotent: a package is what its hash says. */
  putPackage(stored: StoredPackage): Answer<void>
  package(hash: string): Answer<StoredPackage | null>
  /**
   * Adds the record unless the user's records then exceed `bytesMax` or `countMax` (then `conflict`): checked and written
   * in one transaction. Doing it again changes nothing, nor does it where the user has a record of the package; another
   * user's record of that id is a `conflict`.
   */
  putRecord(record: ObjectRecord, quota: { readonly bytesMax: number; readonly countMax: number }): Answer<void>
  /** The oldest first. */
  recordsOf(userUid: string): Answer<readonly ObjectRecord[]>
  /** Those shared with everyone, whoever's they are; the newest first. */
  sharedRecords(limit: number): Answer<readonly ObjectRecord[]>
  /** False where the user has no such record; likewise below. */
  setSharing(id: string, userUid: string, sharing: Sharing): Answer<boolean>
  removeRecord(id: string, userUid: string): Answer<boolean>
  /** True where a record of this user, or one shared with everyone, names the package. */
  mayUse(userUid: string, hash: string): Answer<boolean>

  /**
   * One transaction: elements changed and removed since the last save, and the position they are of. A position before
   * the saved one of the same epoch is passed over. `conflict` where the epoch has not yet saved all, or the realm is
   * unknown; `too-large` beyond ELEMENTS_MAX.
   */
  saveElements(at: LogPosition, changed: readonly SavedElement[], removed: readonly number[]): Answer<void>
  /** Replaces all saved elements of the realm: the first save of an epoch. As above. */
  replaceElements(at: LogPosition, all: readonly SavedElement[]): Answer<void>
  /** Elements in the order of their ids. */
  savedRealm(realm: string): Answer<SavedRealm | null>

  putRecording(entry: RecordingEntry): Answer<void>
  putCheckpoint(entry: CheckpointEntry): Answer<void>
  /** The newest first; checkpoints likewise. */
  recordings(realm: string): Answer<readonly RecordingEntry[]>
  /** Forgets recordings that retention removed, with their checkpoints. */
  removeRecording(entry: Pick<RecordingEntry, 'realm' | 'epoch' | 'segment'>): Answer<void>
  checkpoints(realm: string, limit: number): Answer<readonly CheckpointEntry[]>

  putGrant(grant: Grant): Answer<void>
  removeGrant(realm: string, userUid: string): Answer<boolean>
  grants(realm: string): Answer<readonly Grant[]>
}

export class Archive extends Context.Service<Archive, ArchiveService>()('otherworld/Archive') {}
