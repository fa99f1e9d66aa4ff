/**
 * Champion: acts for a realm instance towards the outside. It alone opens and recovers the realm's recordings, begins
 * an epoch at each start, rolls segments, and removes what retention no longer keeps.
 */
import { basename } from 'node:path'
import { CHECKPOINT_BYTES_MAX, type Note, type RecordingHeader, type Simulation } from '../../replay/index.ts'
import { defined } from '../../sim/assert.ts'
import {
  checkpoint,
  elementCount,
  hash,
  PHASES,
  SIM_VERSION,
  type Engine,
  type InputFrame,
  type Realm,
} from '../../sim/index.ts'
import {
  listRecordings,
  nodePlatform,
  parseRecordingName,
  RecordingFile,
  RecordingFault,
  removeUnfinished,
  type Platform,
  type RecordingEntry,
} from '../../storage/recordings/index.ts'
import { otherHolder } from '../../storage/lock-mark.ts'
import { findStartingState, type StartingState } from './starting-state.ts'
import { textOf } from '../error.ts'
import { SEQUENCES_NOTE, type SequenceTracker } from './sequence-tracker.ts'
import type { RealmLog } from '../realm/realm-core.ts'
import type { RealmStart } from '../realm-messages.ts'
import type { CheckpointsState, LogSpace } from '../realm/runner.ts'
import type { LogEvent } from '../host/element-write-behind.ts'
import { recordingListChanges } from './recording-list-changes.ts'
import { rewriteFrames, type SegmentStart } from './segment-start.ts'
import { runFirst } from './repair.ts'
import type { RemovalNotices } from './removal-notices.ts'
import { undeliveredNote, type UndeliveredOutcomes, type OutcomesByPlayer } from './undelivered-outcomes.ts'

export interface ChampionOptions {
  readonly start: RealmStart
  readonly engine: Engine
  /** Bytes at which a segment ends; by default SEGMENT_BYTES_MAX. */
  readonly segmentBytesMax?: number
  /** Bytes that a checkpoint may have at most; by default CHECKPOINT_BYTES_MAX. */
  readonly checkpointBytesMax?: number
  /** What replays the recording; by default the simulation on the engine. */
  readonly simulation?: Simulation<Realm>
  /** Default: this machine. */
  readonly platform?: Platform
  /** A sync of the recording took so long. */
  onSync?(ms: number): void
  /** The recording that was being written was deleted. */
  onLost?(): void
  /** For the archive's list of recordings and checkpoints. */
  onLog?(event: LogEvent): void
  /** For the operator. */
  note(text: string): void
}

/** Ticks before a segment that could not be begun, for want of space above all, is tried again: not each tick, nor told so often. */
const ROLL_RETRY_TICKS = 600

export class Champion implements RealmLog {
  readonly realm: Realm
  readonly epoch: number
  /** Input numbers of the players whose avatars stand in the realm. */
  readonly sequences: SequenceTracker
  /** What became of their last commands, where a crash may have kept it from them. */
  readonly undelivered: UndeliveredOutcomes
  /** What users are to be told of what was taken out. */
  readonly removalNotices: RemovalNotices
  private readonly options: ChampionOptions
  private readonly file: RecordingFile
  private currentUndelivered: () => OutcomesByPlayer
  /** A segment that could not be begun is tried again at this tick. */
  private rollAtTick = 0
  /** Of the last tick. */
  private stateHash = ''
  private checkpoints: CheckpointsState
  private readonly listed: (entries: readonly RecordingEntry[]) => void

  private constructor(options: ChampionOptions, starting: StartingState) {
    const { realm, epoch, sequences, undelivered, removalNotices, repair, earlier } = starting
    this.options = options
    this.realm = realm
    this.epoch = epoch
    this.sequences = sequences
    this.undelivered = undelivered
    this.removalNotices = removalNotices
    this.listed = recordingListChanges((event) => options.onLog?.(event))
    this.currentUndelivered = () => undelivered.all
    const header = { ...headerOf(realm, epoch, options), ...(earlier ? startOf(earlier) : {}) }
    const state = header.start === 'genesis' ? null : earlier ? earlier.checkpoint : checkpoint(realm)
    this.file = RecordingFile.create({
      directory: options.start.recordings,
      header,
      ...(state === null ? {} : { checkpoint: state }),
      notes: earlier ? earlier.notes : this.notes(),
      ...(options.platform === undefined ? {} : { platform: options.platform }),
      ...(options.segmentBytesMax === undefined ? {} : { segmentBytesMax: options.segmentBytesMax }),
      onFault: (fault) => options.note(fault.message),
      onSpaceLow: (low) => this.spaceChanged(low),
      onSync: (ms) => options.onSync?.(ms),
      otherHolder: () => (options.start.lock ? otherHolder(options.start.lock) : null),
      onMissing: (path) => this.lost(path),
    })
    this.checkpoints = { tick: header.startTick, bytes: state?.length ?? 0, skipped: 0, warning: null }
    removalNotices.onDelivered = () => this.tryWrite(() => this.file.note(removalNotices.note(realm.tick)))
    for (const quarantine of repair.quarantined) this.file.quarantine(quarantine)
    if (earlier) rewriteFrames(earlier, realm, this.file)
    if (repair.frame) runFirst(realm, repair.frame, this, undelivered)
  }

  /** Recovers the realm from its newest recording, or makes it anew, and begins a recording. Throws ServerError, RecordingFault. */
  static async open(options: ChampionOptions): Promise<Champion> {
    await removeUnfinished(options.start.recordings, options.platform)
    const champion = new Champion(options, await findStartingState(options))
    await champion.retainOrReport()
    return champion
  }

  /** The recording's current file. */
  get path(): string {
    return this.file.path
  }

  /** The disk fills up: nobody new is to be let in. */
  isSpaceLow(): boolean {
    return this.file.spaceLow
  }

  space(): LogSpace {
    return { recordedBytes: this.file.bytesOfAll, freeBytes: this.file.freeBytes, checkpoints: this.checkpoints }
  }

  /** True while the recording goes into no file that a recovery finds. */
  isLost(): boolean {
    return this.file.isLost
  }

  frame(frame: InputFrame): InputFrame {
    const away = this.sequences.absences.changes(this.realm.tick)
    if (away !== null) this.tryWrite(() => this.file.note(away))
    const recorded = this.file.frame(frame)
    this.sequences.apply(recorded)
    return recorded
  }

  hash(tick: number, stateHash: string): void {
    this.stateHash = stateHash
    this.file.hash(tick, stateHash)
  }

  /** A sample that cannot be written is left out: the tick itself is safe. */
  sample(sample: Parameters<RealmLog['sample']>[0]): void {
    this.tryWrite(() => this.file.sample(sample))
  }

  checkpointDue(tick: number): boolean {
    return this.file.checkpointDue(tick)
  }

  checkpoint(tick: number, bytes: Uint8Array): void {
    if (!this.fits(tick, bytes)) return
    this.tryWrite(() => {
      // Before the checkpoint: a crash between the two leaves too many answers rather than too few.
      this.file.note(undeliveredNote(tick, this.currentUndelivered()))
      this.file.note(this.removalNotices.note(tick))
      this.file.checkpoint(tick, bytes)
      const { segment } = defined(parseRecordingName(basename(this.file.path)), 'a recording has a name that we made')
      this.options.onLog?.({
        type: 'checkpoint',
        entry: {
          realm: this.realm.definition.id,
          epoch: this.epoch,
          tick,
          segment,
          stateHash: this.stateHash,
          bytes: bytes.length,
        },
      })
    })
  }

  /** A state that no reader would take is not written: the realm goes on, and a recovery begins with the last one that was. */
  private fits(tick: number, bytes: Uint8Array): boolean {
    const bytesMax = this.options.checkpointBytesMax ?? CHECKPOINT_BYTES_MAX
    const before = this.checkpoints
    if (bytes.length <= bytesMax) {
      if (before.warning !== null)
        this.options.note(`the state fits into a checkpoint again (${inMib(bytes.length)} MiB at tick ${tick})`)
      this.checkpoints = { tick, bytes: bytes.length, skipped: before.skipped, warning: null }
      return true
    }
    this.rollAtTick = tick + this.file.postponeCheckpoint(tick, bytes.length)
    const warning = `the state takes ${inMib(bytes.length)} MiB, more than the ${inMib(bytesMax)} MiB of a checkpoint: none was written since tick ${before.tick}; remove things from the realm`
    if (before.warning === null)
      this.options.note(`${warning}. The realm goes on, and a recovery would replay from there`)
    this.checkpoints = { tick: before.tick, bytes: bytes.length, skipped: before.skipped + 1, warning }
    return false
  }

  trackUndelivered(current: () => OutcomesByPlayer): void {
    this.currentUndelivered = current
  }

  /** Between two ticks: begins the next segment where the current one has reached its size, and the state fits into a checkpoint. */
  rollIfDue(): void {
    const { realm } = this
    if (!this.file.rollDue || realm.tick < this.rollAtTick) return
    this.rollAtTick = realm.tick + ROLL_RETRY_TICKS
    const state = checkpoint(realm)
    if (!this.fits(realm.tick, state)) return
    this.tryWrite(() =>
      this.file.roll({
        tick: realm.tick,
        hash: hash(realm),
        players: realm.players.size,
        elements: elementCount(realm),
        checkpoint: state,
        notes: this.notes(),
      }),
    )
    void this.retainOrReport()
  }

  /** The last checkpoint, the index, all on the disk. */
  async close(): Promise<void> {
    // A tick that could not be written to its end has no checkpoint: recovery runs it again.
    if (this.realm.tick > 0 && this.file.lastTick === this.realm.tick)
      this.checkpoint(this.realm.tick, checkpoint(this.realm))
    await this.file.close()
    await this.list().catch(() => undefined)
  }

  /** What the state does not hold of its players, and the recording must. */
  private notes(): readonly Note[] {
    const { tick } = this.realm
    return [
      { tick, kind: SEQUENCES_NOTE, text: this.sequences.toText() },
      this.sequences.absences.note(tick),
      undeliveredNote(tick, this.currentUndelivered()),
      this.removalNotices.note(tick),
    ]
  }

  private tryWrite(write: () => void): void {
    try {
      write()
    } catch (error) {
      if (!(error instanceof RecordingFault)) throw error
      this.options.note(error.message)
    }
  }

  private lost(path: string): void {
    this.rollAtTick = 0
    this.options.onLost?.()
    this.options.note(
      `${path} was deleted, moved or replaced while the realm writes it: another begins at the next tick with all of the realm's state; what the lost one held of the past is gone`,
    )
  }

  private spaceChanged(low: boolean): void {
    const mib = Math.floor(this.file.freeBytes / 1024 / 1024)
    this.options.note(
      low
        ? `the disk of ${this.options.start.recordings} has ${mib} MiB left: nobody is let in until there is room`
        : `there is room on the disk again (${mib} MiB)`,
    )
  }

  /** Old recordings that cannot be removed are no reason for the realm not to run. */
  private async retainOrReport(): Promise<void> {
    await this.retain().catch((error: unknown) =>
      this.options.note(`old recordings could not be removed: ${textOf(error)}`),
    )
  }

  /** Removes the oldest recordings beyond `keepBytes`. */
  private async retain(): Promise<void> {
    const { keepBytes } = this.options.start
    const entries = await this.list()
    for (const { path } of beyond(entries, this.epoch, keepBytes)) {
      await (this.options.platform ?? nodePlatform).removeLater(path)
      this.options.note(`removed ${path}: the recordings take more than ${keepBytes} bytes`)
      await this.list()
    }
  }

  private async list(): Promise<readonly RecordingEntry[]> {
    const entries = await listRecordings(this.options.start.recordings, this.realm.definition.id, this.options.platform)
    this.listed(entries)
    return entries
  }
}

/**
 * What does not fit into `keepBytes`, oldest first; `entries` are newest first. What a recovery may need stays: the two
 * newest files (the newest may not be on the disk yet) and the newest of an epoch before `epoch`.
 */
export function beyond(
  entries: readonly RecordingEntry[],
  epoch: number,
  keepBytes: number,
): readonly RecordingEntry[] {
  const newestBefore = entries.find((entry) => entry.epoch < epoch)
  let total = 0
  return entries
    .filter((entry, i) => {
      total += entry.bytes
      return i > 1 && entry !== newestBefore && total > keepBytes
    })
    .toReversed()
}

function headerOf(
  realm: Realm,
  epoch: number,
  { start, platform = nodePlatform }: ChampionOptions,
): Omit<RecordingHeader, 'segment'> {
  return {
    engine: realm.engine.sha256,
    simVersion: SIM_VERSION,
    definition: realm.definition,
    epoch,
    start: realm.tick === 0 ? 'genesis' : 'checkpoint',
    startTick: realm.tick,
    startHash: hash(realm),
    players: realm.players.size,
    elements: elementCount(realm),
    phases: PHASES,
    createdAt: new Date(platform.unixMs()).toISOString(),
    recordedBy: start.recordedBy,
  }
}

const startOf = ({
  tick,
  hash: startHash,
  players,
  elements,
  checkpoint: bytes,
}: SegmentStart): Pick<RecordingHeader, 'start' | 'startTick' | 'startHash' | 'players' | 'elements'> => ({
  start: bytes === null ? 'genesis' : 'checkpoint',
  startTick: tick,
  startHash,
  players,
  elements,
})

const inMib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
