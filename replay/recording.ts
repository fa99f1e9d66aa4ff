/** An opened recording: the offsets of its contents. Frames are decoded on demand. */
import { decodeFrame } from '../protocol/index.ts'
import type { InputFrame } from '../sim/index.ts'
import { peekChunk } from './format/chunks.ts'
import { unpackCheckpoint } from './format/compress.ts'
import { bad, good, RecordingError, type RecordingResult } from './error.ts'
import { HASH_BYTES } from './format/format.ts'
import type { ReadHeader } from './format/header.ts'
import type { RecordingIndex } from './format/index-chunk.ts'
import { decodeCheckpoint, toHex, type Note, type Quarantine, type Sample } from './format/payloads.ts'

/** Place of a checkpoint, with its `stored` bytes as in the file. */
export interface CheckpointEntry {
  readonly tick: number
  /** Offset of its chunk in the file. */
  readonly offset: number
  readonly rawBytes: number
  readonly storedBytes: number
  readonly sha256: string
}

/** Bytes that are not a complete chunk although complete chunks follow. */
export interface Damage {
  readonly offset: number
  /** Sequence number of the missing chunk. */
  readonly chunk: number
  readonly message: string
}

/** Consecutive ticks without a gap. */
interface TickRun {
  readonly startTick: number
  /** Offset of each tick's hash, from startTick + 1 on. */
  readonly hashes: readonly number[]
  /** Offset of the frame chunk of each tick that has inputs. */
  readonly frames: ReadonlyMap<number, number>
}

interface RecordingParts {
  readonly bytes: Uint8Array
  readonly header: ReadHeader
  readonly run: TickRun
  readonly wholeBytes: number
  readonly index: RecordingIndex | null
  readonly checkpoints: readonly CheckpointEntry[]
  readonly samples: ReadonlyMap<number, Sample>
  readonly quarantined: readonly Quarantine[]
  readonly notes: readonly Note[]
}

export class Recording {
  readonly header: ReadHeader
  /** Length of the file. */
  readonly bytes: number
  /** End of the last complete chunk; an incomplete tail follows. */
  readonly wholeBytes: number
  /** Its index; null if it was not closed. */
  readonly index: RecordingIndex | null
  readonly startTick: number
  /** The last tick with a hash. */
  readonly lastTick: number
  /** By offset in the file, from startTick to lastTick. */
  readonly checkpoints: readonly CheckpointEntry[]
  /** By tick. */
  readonly samples: ReadonlyMap<number, Sample>
  readonly quarantined: readonly Quarantine[]
  readonly notes: readonly Note[]
  /** Number of ticks with inputs. */
  readonly frames: number
  readonly #file: Uint8Array
  readonly #run: TickRun

  constructor(parts: RecordingParts) {
    this.#file = parts.bytes
    this.#run = parts.run
    this.header = parts.header
    this.bytes = parts.bytes.length
    this.wholeBytes = parts.wholeBytes
    this.index = parts.index
    this.startTick = parts.run.startTick
    this.lastTick = parts.run.startTick + parts.run.hashes.length
    this.checkpoints = parts.checkpoints.filter(({ tick }) => tick >= this.startTick && tick <= this.lastTick)
    this.samples = parts.samples
    this.quarantined = parts.quarantined
    this.notes = parts.notes
    this.frames = parts.run.frames.size
  }

  /**
   * True if it was not closed: the process ended, or the file was cut. Its content is valid, but more may have
   * followed.
   */
  get truncated(): boolean {
    return this.index === null
  }

  /** True if a frame without hash follows the last tick: its step did not finish. */
  get hasFrameWithoutHash(): boolean {
    return this.#run.frames.has(this.lastTick + 1)
  }

  /** Hash of the state after the tick, 16 hex digits; null outside the recording. */
  hash(tick: number): string | null {
    if (tick === this.startTick && tick === this.header.startTick) return this.header.startHash
    const offset = this.#run.hashes[tick - this.startTick - 1]
    return offset === undefined ? null : toHex(this.#file.subarray(offset, offset + HASH_BYTES))
  }

  /** Offset of a tick's FRAME chunk; null if it has none. */
  frameOffset(tick: number): number | null {
    return this.#run.frames.get(tick) ?? null
  }

  /** The frame of a tick as protocol's encodeFrame wrote it; null if it has no inputs. */
  frameBytes(tick: number): Uint8Array | null {
    const chunk = peekChunk(this.#file, this.#run.frames.get(tick) ?? this.#file.length)
    return chunk && this.#file.subarray(chunk.payloadStart, chunk.payloadEnd)
  }

  /** The frame of a tick: from startTick + 1 to lastTick, and the next if it was written. Error: `corrupt`. */
  frame(tick: number): RecordingResult<InputFrame> {
    const bytes = this.frameBytes(tick)
    if (!bytes) return good({ tick, inputs: [] })
    const decoded = decodeFrame(bytes)
    const offset = this.#run.frames.get(tick) ?? null
    if (!decoded.ok)
      return bad(
        new RecordingError(
          'corrupt',
          `the frame of tick ${tick} cannot be decoded: ${decoded.error.where} ${decoded.error.message}`,
          offset,
        ),
      )
    if (decoded.value.tick !== tick)
      return bad(new RecordingError('corrupt', `the frame of tick ${tick} names tick ${decoded.value.tick}`, offset))
    return good(decoded.value)
  }

  /** The state's bytes at a checkpoint, unpacked and checked against their SHA-256. */
  async checkpointBytes(entry: CheckpointEntry): Promise<RecordingResult<Uint8Array>> {
    const chunk = peekChunk(this.#file, entry.offset)
    const stored = chunk && decodeCheckpoint(this.#file.subarray(chunk.payloadStart, chunk.payloadEnd))
    return stored
      ? unpackCheckpoint(stored, entry.offset)
      : bad(
          new RecordingError('corrupt', `the checkpoint of tick ${entry.tick} is no longer at its place`, entry.offset),
        )
  }
}
