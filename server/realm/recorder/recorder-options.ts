/** Options with which the Champion opens a realm's recording. */
import type { Simulation } from '../../../replay/index.ts'
import type { Engine, Realm } from '../../../sim/index.ts'
import type { Platform } from '../../../storage/recordings/index.ts'
import type { LogEvent } from '../../both-threads/archive-messages.ts'
import type { ReportNote, RealmStart } from '../../both-threads/realm-messages.ts'

export interface ChampionOptions {
  readonly start: RealmStart
  readonly engine: Engine
  /** Size at which a segment ends, bytes. Default: SEGMENT_BYTES_MAX. */
  readonly segmentBytesMax?: number
  /** Largest size of a checkpoint, bytes. Default: CHECKPOINT_BYTES_MAX. */
  readonly checkpointBytesMax?: number
  /** Replays the recording. Default: the simulation on `engine`. */
  readonly simulation?: Simulation<Realm>
  /** Default: this machine. */
  readonly platform?: Platform
  /** Reports how long a sync of the recording took, ms. */
  onSync?(ms: number): void
  /** Reports that the current recording file was deleted. */
  onLost?(): void
  /** Reports changes for the archive's list of recordings and checkpoints. */
  onLog?(event: LogEvent): void
  readonly note: ReportNote
}
