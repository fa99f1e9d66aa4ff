/**
 * The recording of a running realm, as the realm's thread uses it. The Champion is one; tests and the warm-up keep
 * theirs in memory.
 */
import type { Realm } from '../../../sim/index.ts'
import type { RemovalNotices } from './removal-notices.ts'
import type { SequenceTracker } from './sequence-tracker.ts'
import type { OutcomesByPlayer, UndeliveredOutcomes } from './undelivered-outcomes.ts'
import type { TickLog } from '../realm-core.ts'

export interface RealmLog extends TickLog {
  readonly realm: Realm
  readonly epoch: number
  readonly sequences: SequenceTracker
  readonly undelivered: UndeliveredOutcomes
  readonly removalNotices: RemovalNotices
  /** True while the disk is almost full. No new player may join then. */
  isSpaceLow(): boolean
  /** True while the recording is written to a file that no recovery would find. */
  isLost(): boolean
  /** Sets the source of undelivered outcomes. Each checkpoint records them, so that a recovery can send them again. */
  trackUndelivered(current: () => OutcomesByPlayer): void
  space(): LogSpace
  rollIfDue(): void
  close(): Promise<void>
}

/** Disk use of a log. */
export interface LogSpace {
  /** Bytes written since the start. */
  readonly recordedBytes: number
  /** Bytes free on the disk. */
  readonly freeBytes: number
  readonly checkpoints: CheckpointsState
}

export interface CheckpointsState {
  /** Tick of the last checkpoint that was written. */
  readonly tick: number
  /** Size of the last state that was taken, unpacked bytes. */
  readonly bytes: number
  /** Number of checkpoints since the start that were too large to write. */
  readonly skipped: number
  /** Message for the operator while no checkpoint can be written. */
  readonly warning: string | null
}
