/**
 * The recording of a running realm: segments on disk. The realm's thread calls it each tick and only hands bytes to the
 * system. Syncs and compression happen beside the ticks.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import {
  Encoding,
  RecordingWriter,
  type Note,
  type Quarantine,
  type RecordingHeader,
  type Sample,
  type StoredCheckpoint,
} from '../../replay/index.ts'
import { assert } from '../../sim/assert.ts'
import type { InputFrame } from '../../sim/index.ts'
import { AppendFile } from './append-file.ts'
import { CheckpointBudget } from './checkpoint-budget.ts'
import { DirectoryWatch } from './directory-watch.ts'
import { faultOf, RecordingFault } from './fault.ts'
import { recordingName, type RecordingName } from './names.ts'
import { nodePlatform, type Platform } from './platform.ts'

/**
 * Bytes, without its first checkpoint, at which a segment is full: some minutes of a full realm, a day of an idle one.
 * A reader can load such a file whole.
 */
const SEGMENT_BYTES_MAX = 64 * 1024 * 1024
/** Milliseconds between syncs. With the sync itself, this stays well below the 100 ms that a power loss may cost. */
export const COMMIT_EVERY_MS = 50

export interface RecordingFileOptions {
  /** Created if it is missing. */
  readonly directory: string
  /** Header of the first segment, without its number. */
  readonly header: Omit<RecordingHeader, 'segment'>
  /** The state to start from, if the header says `checkpoint`. */
  readonly checkpoint?: Uint8Array
  /** Written after the starting state. No reader sees the recording without them. */
  readonly notes?: readonly Note[]
  readonly segmentBytesMax?: number
  readonly commitEveryMs?: number
  readonly freeBytesMin?: number
  /** Default: this machine. */
  readonly platform?: Platform
  /**
   * Something failed beside the ticks, so admission must stop. If the fault lasts, the next call that writes throws it
   * too.
   */
  onFault(fault: RecordingFault): void
  /** Free space fell below freeBytesMin (true), or is above it again (false). */
  onSpaceLow?(low: boolean): void
  /** Reports how long a sync took. */
  onSync?(ms: number): void
  /**
   * Describes the server that has taken the directory over, or returns null. Called before each segment and at
   * intervals.
   */
  otherHolder?(): string | null
  /** The current segment was deleted, moved or replaced. `rollDue` is true until another segment has begun. */
  onMissing?(path: string): void
}

/** The state at which a new segment begins. */
export interface RollState {
  readonly tick: number
  readonly hash: string
  readonly players: number
  readonly elements: number
  readonly checkpoint: Uint8Array
  /** Written after the checkpoint. No reader sees the segment without them. */
  readonly notes?: readonly Note[]
}

interface Segment {
  readonly header: RecordingHeader
  readonly file: AppendFile
  readonly writer: RecordingWriter
  /**
   * Bytes of the segment's first checkpoint. They do not count for its size, because a large state would fill it at
   * once.
   */
  readonly startBytes: number
  packing: Promise<void> | null
}

/** A call that throws RecordingFault has written nothing. You may repeat it when there is space. */
export class RecordingFile {
  readonly #options: RecordingFileOptions
  readonly #platform: Platform
  #segment: Segment
  readonly #budget: CheckpointBudget
  readonly #closing = new Set<Promise<void>>()
  #cancelTimer: (() => void) | null = null
  #committing: Promise<void> | null = null
  #tickSynced: number
  #bytesBefore = 0
  readonly #watch: DirectoryWatch
  /** True while the recording goes into no file that a reader can find. */
  #missing = false
  #ended = false

  private constructor(options: RecordingFileOptions) {
    this.#options = options
    this.#platform = options.platform ?? nodePlatform
    this.#platform.makeDirectory(options.directory)
    this.#watch = new DirectoryWatch({
      directory: options.directory,
      platform: this.#platform,
      freeBytesMin: options.freeBytesMin,
      otherHolder: () => options.otherHolder?.() ?? null,
      onSpaceLow: (low) => options.onSpaceLow?.(low),
      onMissing: (path) => this.#isMissing(path),
    })
    this.#watch.mayBegin(nameOf({ ...options.header, segment: 1 }))
    const start = options.checkpoint && packNow(options.header.startTick, options.checkpoint)
    this.#segment = begin(
      this.#platform,
      options.directory,
      { ...options.header, segment: 1 },
      start ?? null,
      options.notes ?? [],
      true,
    )
    this.#tickSynced = options.header.startTick
    this.#budget = new CheckpointBudget(options.header.definition.tickRate, options.header.startTick)
    if (start) this.#budget.took(start.tick, start.stored.length)
  }

  /**
   * Begins the recording of an epoch. Its header and starting state are on the disk when this returns. Throws
   * RecordingFault.
   */
  static create(options: RecordingFileOptions): RecordingFile {
    assert(
      (options.header.start === 'checkpoint') === (options.checkpoint !== undefined),
      'a recording has a starting checkpoint exactly if its header says so',
    )
    return new RecordingFile(options)
  }

  /** Path of the current segment. */
  get path(): string {
    return this.#segment.file.path
  }

  get lastTick(): number {
    return this.#segment.writer.lastTick
  }

  /** The last tick that survives a power loss. */
  get syncedTick(): number {
    return this.#tickSynced
  }

  /** Bytes of the current segment. */
  get bytes(): number {
    return this.#segment.file.bytes
  }

  /** Bytes of all segments so far. */
  get bytesOfAll(): number {
    return this.#bytesBefore + this.bytes
  }

  /** Bytes free on the disk at the last look. */
  get freeBytes(): number {
    return this.#watch.free
  }

  get spaceLow(): boolean {
    return this.#watch.isLow
  }

  /**
   * True after the current segment was deleted until the next begins. If the process ends now, all ticks since the last
   * existing segment are lost.
   */
  get isLost(): boolean {
    return this.#missing
  }

  /** True if the segment is full or its file is gone. Then call `roll` after this tick. */
  get rollDue(): boolean {
    return (
      this.#missing || this.bytes - this.#segment.startBytes >= (this.#options.segmentBytesMax ?? SEGMENT_BYTES_MAX)
    )
  }

  /** True if the state after `tick` should be written, by the ticks and bytes since the last checkpoint. */
  checkpointDue(tick: number): boolean {
    return this.#budget.due(tick)
  }

  /** Skips a checkpoint of this size. Returns the number of ticks after which to try again. */
  postponeCheckpoint(tick: number, bytes: number): number {
    this.#budget.took(tick, bytes)
    return this.#budget.ticksFor(bytes)
  }

  /** Call it before the step. Step the returned frame, because that is what a reader will get. */
  frame(frame: InputFrame): InputFrame {
    if (this.#watch.fenced) throw this.#watch.fenced
    const recorded = this.#segment.writer.frame(frame)
    this.#commitSoon()
    return recorded
  }

  /** Call it after the step, before you send anything that depends on the step. */
  hash(tick: number, hash: string): void {
    this.#segment.writer.hash(tick, hash)
    this.#commitSoon()
  }

  sample(sample: Sample): void {
    this.#segment.writer.sample(sample)
  }

  /**
   * Writes the state after `tick`. It is compressed beside the next ticks, or stored uncompressed if another
   * compression is running.
   */
  checkpoint(tick: number, bytes: Uint8Array): void {
    const segment = this.#segment
    const lead = { tick, rawBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest() }
    this.#budget.took(tick, bytes.length)
    if (segment.packing) {
      segment.writer.checkpoint({ ...lead, encoding: Encoding.raw, stored: bytes })
      return
    }
    segment.packing = this.#platform
      .pack(bytes)
      .then((stored) => this.#packed(segment, { ...lead, encoding: Encoding.deflate, stored }))
      .catch((error: unknown) => this.#options.onFault(faultOf(error, segment.file.path, 'pack a checkpoint for')))
      .finally(() => (segment.packing = null))
  }

  #packed(segment: Segment, checkpoint: StoredCheckpoint): void {
    segment.writer.checkpoint(checkpoint)
    if (segment === this.#segment) this.#budget.took(checkpoint.tick, checkpoint.stored.length)
  }

  quarantine(quarantine: Quarantine): void {
    this.#segment.writer.quarantine(quarantine)
    this.#commitSoon()
  }

  note(note: Note): void {
    this.#segment.writer.note(note)
  }

  /** Call it between two ticks. Begins the next segment with this state and closes the current one beside the ticks. */
  roll(state: RollState): void {
    const before = this.#segment
    const { tick, hash, players, elements, checkpoint, notes = [] } = state
    assert(tick === before.writer.lastTick, 'a segment begins at the last tick of the one before')
    const header: RecordingHeader = {
      ...before.header,
      segment: before.header.segment + 1,
      start: 'checkpoint',
      startTick: tick,
      startHash: hash,
      players,
      elements,
      createdAt: new Date(this.#platform.unixMs()).toISOString(),
    }
    const sha256 = createHash('sha256').update(checkpoint).digest()
    this.#watch.mayBegin(nameOf(header))
    // The folder may be gone as well.
    if (this.#missing) this.#platform.makeDirectory(this.#options.directory)
    const bytesBefore = this.bytesOfAll
    this.#segment = begin(
      this.#platform,
      this.#options.directory,
      header,
      { tick, rawBytes: checkpoint.length, sha256, encoding: Encoding.raw, stored: checkpoint },
      notes,
      false,
    )
    this.#bytesBefore = bytesBefore
    this.#missing = false
    this.#budget.took(tick, checkpoint.length)
    const closing = this.#finish(before)
      .catch((error: unknown) => this.#options.onFault(faultOf(error, before.file.path, 'close')))
      .finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
    this.#commitSoon()
  }

  /** Seals the recording and syncs all of it. Throws RecordingFault. */
  async close(): Promise<void> {
    this.#ended = true
    this.#cancelTimer?.()
    this.#cancelTimer = null
    await this.#committing
    await Promise.all(this.#closing)
    await this.#finish(this.#segment)
    this.#tickSynced = this.lastTick
  }

  /**
   * Seals a segment that gets no more ticks. A segment whose last frame failed in its step stays unsealed, for
   * recovery.
   */
  async #finish(segment: Segment): Promise<void> {
    try {
      await segment.packing
      if (!segment.writer.pendingFrame) segment.writer.seal()
      await segment.file.sync()
    } finally {
      segment.file.close()
    }
  }

  #commitSoon(): void {
    if (this.#cancelTimer || this.#committing || this.#ended) return
    this.#cancelTimer = this.#platform.later(this.#options.commitEveryMs ?? COMMIT_EVERY_MS, () => {
      this.#cancelTimer = null
      this.#committing = this.#commitAndGoOn()
    })
  }

  async #commitAndGoOn(): Promise<void> {
    const committed = await this.#commit()
    this.#committing = null
    if (committed && this.#segment.file.syncedBytes < this.bytes) this.#commitSoon()
  }

  /**
   * Syncs all segments in order. Only one sync runs at a time, and later writes join the next. Returns false if it
   * failed; the next write tries again.
   */
  async #commit(): Promise<boolean> {
    try {
      await Promise.all(this.#closing)
      const segment = this.#segment
      const tick = segment.writer.lastTick
      const startMs = this.#platform.nowMs()
      await segment.file.sync()
      this.#options.onSync?.(this.#platform.nowMs() - startMs)
      this.#tickSynced = Math.max(this.#tickSynced, tick)
      await this.#watch.look(segment.file, nameOf(segment.header))
      return true
    } catch (error) {
      this.#options.onFault(faultOf(error, this.#options.directory, 'look at'))
      return false
    }
  }

  #isMissing(path: string): void {
    // A segment that ended meanwhile does not count any more.
    if (path !== this.path || this.#missing) return
    this.#missing = true
    this.#options.onMissing?.(path)
  }
}

const nameOf = ({
  definition,
  epoch,
  segment,
}: Pick<RecordingHeader, 'definition' | 'epoch' | 'segment'>): RecordingName => ({
  realm: definition.id,
  epoch,
  segment,
})

function packNow(tick: number, bytes: Uint8Array): StoredCheckpoint {
  return {
    tick,
    rawBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest(),
    encoding: Encoding.deflate,
    stored: deflateRawSync(bytes),
  }
}

/** Opens the file of a segment with its header, its starting checkpoint if it has one, and its notes. */
function begin(
  platform: Platform,
  directory: string,
  header: RecordingHeader,
  start: StoredCheckpoint | null,
  notes: readonly Note[],
  durable: boolean,
): Segment {
  const first: Uint8Array[] = []
  let file: AppendFile | null = null
  const writer = new RecordingWriter(header, (bytes) => (file ? file.append(bytes) : first.push(bytes)))
  if (start) writer.checkpoint(start)
  for (const note of notes) writer.note(note)
  file = AppendFile.create(platform, join(directory, recordingName(nameOf(header))), Buffer.concat(first), durable)
  return { header, file, writer, startBytes: start?.stored.length ?? 0, packing: null }
}
