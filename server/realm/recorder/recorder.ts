/**
 * Champion: the realm's recorder, or in database terms the keeper of its write-ahead log. It recovers the realm from
 * its recordings, starts an epoch at each start of the server, writes every tick, rolls segments and applies retention.
 * Nothing else writes a realm's recordings.
 */
import { basename } from 'node:path'
import { CHECKPOINT_BYTES_MAX, type Note } from '../../../replay/index.ts'
import { defined } from '../../../sim/assert.ts'
import { checkpoint, elementCount, hash, type InputFrame, type Realm } from '../../../sim/index.ts'
import {
  parseRecordingName,
  RecordingFile,
  RecordingFault,
  removeUnfinished,
} from '../../../storage/recordings/index.ts'
import { otherHolder } from '../../../storage/lock-mark.ts'
import type { TickLog } from '../realm-core.ts'
import type { CheckpointsState, LogSpace, RealmLog } from './realm-log-interface.ts'
import type { ChampionOptions } from './recorder-options.ts'
import { headerOf } from './recording-header.ts'
import type { RemovalNotices } from './removal-notices.ts'
import { runFirst } from '../fault-recovery/apply-plan.ts'
import { Retention } from './retention.ts'
import { rewriteFrames } from './segment-start.ts'
import { SEQUENCES_NOTE, type SequenceTracker } from './sequence-tracker.ts'
import { findStartingState, type StartingState } from './starting-state.ts'
import { undeliveredNote, type UndeliveredOutcomes, type OutcomesByPlayer } from './undelivered-outcomes.ts'

/** Ticks until the next attempt, when a segment could not be started. Most often the disk is full. */
const ROLL_RETRY_TICKS = 600

export class Champion implements RealmLog {
  readonly realm: Realm
  readonly epoch: number
  /** Input sequences of the players whose avatars are in the realm. */
  readonly sequences: SequenceTracker
  /** Outcomes that a crash may have kept from their players. */
  readonly undelivered: UndeliveredOutcomes
  /** Notices for users whose props or avatars a recovery removed. */
  readonly removalNotices: RemovalNotices
  readonly #options: ChampionOptions
  readonly #file: RecordingFile
  readonly #retention: Retention
  #currentUndelivered: () => OutcomesByPlayer
  /** Earliest tick of the next attempt to start a segment. */
  #rollAtTick = 0
  /** State hash of the last tick. */
  #stateHash = ''
  #checkpoints: CheckpointsState

  private constructor(options: ChampionOptions, starting: StartingState) {
    const { realm, epoch, sequences, undelivered, removalNotices, applied, segmentStart } = starting
    this.#options = options
    this.realm = realm
    this.epoch = epoch
    this.sequences = sequences
    this.undelivered = undelivered
    this.removalNotices = removalNotices
    this.#retention = retentionOf(options, realm, epoch)
    this.#currentUndelivered = () => undelivered.all
    const header = headerOf(starting, options)
    const state = header.start === 'genesis' ? null : segmentStart ? segmentStart.checkpoint : checkpoint(realm)
    this.#file = RecordingFile.create({
      directory: options.start.recordings,
      header,
      ...(state === null ? {} : { checkpoint: state }),
      notes: segmentStart ? segmentStart.notes : this.#notes(),
      ...(options.platform === undefined ? {} : { platform: options.platform }),
      ...(options.segmentBytesMax === undefined ? {} : { segmentBytesMax: options.segmentBytesMax }),
      onFault: (fault) => options.note(fault.message, 'warning'),
      onSpaceLow: (low) => this.#reportSpace(low),
      onSync: (ms) => options.onSync?.(ms),
      otherHolder: () => (options.start.lock ? otherHolder(options.start.lock) : null),
      onMissing: (path) => this.#reportMissing(path),
    })
    this.#checkpoints = { tick: header.startTick, bytes: state?.length ?? 0, skipped: 0, warning: null }
    removalNotices.onDelivered = () => this.#tryWrite(() => this.#file.note(removalNotices.note(realm.tick)))
    for (const quarantine of applied.quarantined) this.#file.quarantine(quarantine)
    if (segmentStart) rewriteFrames(segmentStart, realm, this.#file)
    if (applied.frame) runFirst(realm, applied.frame, this, undelivered)
  }

  /**
   * Recovers the realm from its newest recording, or creates it, and starts a new recording. Throws ServerError,
   * RecordingFault, and ReplayFault where the simulation fails on the recording.
   */
  static async open(options: ChampionOptions): Promise<Champion> {
    await removeUnfinished(options.start.recordings, options.platform)
    const champion = new Champion(options, await findStartingState(options))
    await champion.#retention.apply()
    return champion
  }

  /** Path of the current recording file. */
  get path(): string {
    return this.#file.path
  }

  isSpaceLow(): boolean {
    return this.#file.spaceLow
  }

  isLost(): boolean {
    return this.#file.isLost
  }

  space(): LogSpace {
    return { recordedBytes: this.#file.bytesOfAll, freeBytes: this.#file.freeBytes, checkpoints: this.#checkpoints }
  }

  frame(frame: InputFrame): InputFrame {
    const absences = this.sequences.absences.changes(this.realm.tick)
    if (absences !== null) this.#tryWrite(() => this.#file.note(absences))
    const recorded = this.#file.frame(frame)
    this.sequences.apply(recorded)
    return recorded
  }

  hash(tick: number, stateHash: string): void {
    this.#stateHash = stateHash
    this.#file.hash(tick, stateHash)
  }

  /** A sample that cannot be written is left out. The tick itself is safe. */
  sample(sample: Parameters<TickLog['sample']>[0]): void {
    this.#tryWrite(() => this.#file.sample(sample))
  }

  checkpointDue(tick: number): boolean {
    return this.#file.checkpointDue(tick)
  }

  checkpoint(tick: number, bytes: Uint8Array): void {
    if (!this.#fits(tick, bytes)) return
    this.#tryWrite(() => {
      // The notes come first. A crash between them and the checkpoint then repeats an outcome, and never loses one.
      this.#file.note(undeliveredNote(tick, this.#currentUndelivered()))
      this.#file.note(this.removalNotices.note(tick))
      this.#file.checkpoint(tick, bytes)
      const { segment } = defined(parseRecordingName(basename(this.#file.path)), 'a recording file has a name of ours')
      this.#options.onLog?.({
        type: 'checkpoint',
        entry: {
          realm: this.realm.definition.id,
          epoch: this.epoch,
          tick,
          segment,
          stateHash: this.#stateHash,
          bytes: bytes.length,
        },
      })
    })
  }

  /**
   * A state beyond the largest checkpoint is not written, as no reader would accept it. A recovery uses the last
   * checkpoint that fitted.
   */
  #fits(tick: number, bytes: Uint8Array): boolean {
    const bytesMax = this.#options.checkpointBytesMax ?? CHECKPOINT_BYTES_MAX
    const before = this.#checkpoints
    if (bytes.length <= bytesMax) {
      if (before.warning !== null)
        this.#options.note(`the state fits into a checkpoint again (${inMib(bytes.length)} MiB at tick ${tick})`)
      this.#checkpoints = { tick, bytes: bytes.length, skipped: before.skipped, warning: null }
      return true
    }
    this.#rollAtTick = tick + this.#file.postponeCheckpoint(tick, bytes.length)
    const warning = `the state takes ${inMib(bytes.length)} MiB, more than the ${inMib(bytesMax)} MiB of a checkpoint: none was written since tick ${before.tick}; remove props from the realm`
    if (before.warning === null)
      this.#options.note(`${warning}. The realm continues, and a recovery would replay from there`, 'warning')
    this.#checkpoints = { tick: before.tick, bytes: bytes.length, skipped: before.skipped + 1, warning }
    return false
  }

  trackUndelivered(current: () => OutcomesByPlayer): void {
    this.#currentUndelivered = current
  }

  /**
   * Call between two ticks. Starts the next segment when the current one has reached its size and the state fits into a
   * checkpoint.
   */
  rollIfDue(): void {
    const { realm } = this
    if (!this.#file.rollDue || realm.tick < this.#rollAtTick) return
    this.#rollAtTick = realm.tick + ROLL_RETRY_TICKS
    const state = checkpoint(realm)
    if (!this.#fits(realm.tick, state)) return
    this.#tryWrite(() =>
      this.#file.roll({
        tick: realm.tick,
        hash: hash(realm),
        players: realm.players.size,
        elements: elementCount(realm),
        checkpoint: state,
        notes: this.#notes(),
      }),
    )
    void this.#retention.apply()
  }

  /** Writes the last checkpoint and the index, and syncs them to the disk. */
  async close(): Promise<void> {
    // A tick that was not written to its end gets no checkpoint: recovery runs it again.
    if (this.realm.tick > 0 && this.#file.lastTick === this.realm.tick)
      this.checkpoint(this.realm.tick, checkpoint(this.realm))
    await this.#file.close()
    await this.#retention.list().catch(() => undefined)
  }

  /** Notes about players that a recovery needs and the realm's state does not contain. */
  #notes(): readonly Note[] {
    const { tick } = this.realm
    return [
      { tick, kind: SEQUENCES_NOTE, text: this.sequences.toText() },
      this.sequences.absences.note(tick),
      undeliveredNote(tick, this.#currentUndelivered()),
      this.removalNotices.note(tick),
    ]
  }

  /** Writes something that the realm can do without: a fault of the disk is only reported. */
  #tryWrite(write: () => void): void {
    try {
      write()
    } catch (error) {
      if (!(error instanceof RecordingFault)) throw error
      this.#options.note(error.message, 'warning')
    }
  }

  #reportMissing(path: string): void {
    this.#rollAtTick = 0
    this.#options.onLost?.()
    this.#options.note(
      `${path} was deleted, moved or replaced while the realm writes it: another begins at the next tick with the realm's state; the history in the lost file is gone`,
      'warning',
    )
  }

  #reportSpace(low: boolean): void {
    const mib = Math.floor(this.#file.freeBytes / 1024 / 1024)
    this.#options.note(
      low
        ? `the disk of ${this.#options.start.recordings} has ${mib} MiB left: nobody is admitted until there is room`
        : `there is room on the disk again (${mib} MiB)`,
      low ? 'warning' : undefined,
    )
  }
}

const retentionOf = ({ start, platform, onLog, note }: ChampionOptions, realm: Realm, epoch: number): Retention =>
  new Retention({
    directory: start.recordings,
    realm: realm.definition.id,
    epoch,
    keepBytes: start.keepBytes,
    platform,
    onLog: (event) => onLog?.(event),
    note,
  })

const inMib = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1)
