/** An opened recording: the offsets of its contents. Frames are decoded on demand. */
import { decodeFrame } from '../protocol/index.ts'
import type { InputFrame } from '../sim/index.ts'
import { readChunk, type Chunk } from './format/chunks.ts'
import { unpackCheckpoint } from './format/compress.ts'
import { bad, caught, good, RecordingError, type RecordingResult } from './error.ts'
import { ChunkType } from './format/format.ts'
import type { ReadHeader } from './format/header.ts'
import type { RecordingIndex } from './format/index-chunk.ts'
import { decodeCheckpoint, toHex, type Note, type Quarantine, type Sample } from './format/payloads.ts'
import type { RandomAccessBytes } from './format/random-access.ts'
import type { TickTable } from './player/tick-table.ts'

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

interface RecordingParts {
  readonly bytes: RandomAccessBytes
  readonly header: ReadHeader
  readonly ticks: TickTable
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
  readonly #file: RandomAccessBytes
  readonly #ticks: TickTable

  constructor(parts: RecordingParts) {
    this.#file = parts.bytes
    this.#ticks = parts.ticks
    this.header = parts.header
    this.bytes = parts.bytes.length
    this.wholeBytes = parts.wholeBytes
    this.index = parts.index
    this.startTick = parts.ticks.startTick
    this.lastTick = parts.ticks.lastTick
    this.checkpoints = parts.checkpoints.filter(({ tick }) => tick >= this.startTick && tick <= this.lastTick)
    this.samples = parts.samples
    this.quarantined = parts.quarantined
    this.notes = parts.notes
    this.frames = parts.ticks.frames
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
    return this.frameOffset(this.lastTick + 1) !== null
  }

  /** Hash of the state after the tick, 16 hex digits; null outside the recording. */
  hash(tick: number): string | null {
    if (tick === this.startTick && tick === this.header.startTick) return this.header.startHash
    const hash = this.#ticks.hash(tick)
    return hash && toHex(hash)
  }

  /** Offset of a tick's FRAME chunk; null if it has none. */
  frameOffset(tick: number): number | null {
    return this.#ticks.frameOffset(tick)
  }

  /**
   * The frame of a tick as protocol's encodeFrame wrote it; null if it has no inputs. Throws RecordingError (`corrupt`,
   * `unreadable`) if the file changed or cannot be read any more.
   */
  frameBytes(tick: number): Uint8Array | null {
    const offset = this.frameOffset(tick)
    return offset === null ? null : this.#payload(offset, ChunkType.frame, `the frame of tick ${tick}`)
  }

  /**
   * The frame of a tick: from startTick + 1 to lastTick, and the next if it was written. Errors: `corrupt`, and
   * `unreadable` if the file cannot be read any more.
   */
  frame(tick: number, decode: typeof decodeFrame = decodeFrame): RecordingResult<InputFrame> {
    return caught(() => this.#decoded(tick, this.frameBytes(tick), decode))
  }

  #decoded(tick: number, bytes: Uint8Array | null, decode: typeof decodeFrame): RecordingResult<InputFrame> {
    if (!bytes) return good({ tick, inputs: [] })
    const decoded = decode(bytes)
    const offset = this.frameOffset(tick)
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

  /** The state's bytes at a checkpoint, unpacked and checked against their SHA-256. Errors: those of `frame`. */
  async checkpointBytes(entry: CheckpointEntry): Promise<RecordingResult<Uint8Array>> {
    const what = `the checkpoint of tick ${entry.tick}`
    const payload = caught(() => good(this.#payload(entry.offset, ChunkType.checkpoint, what)))
    if (!payload.ok) return payload
    const stored = decodeCheckpoint(payload.value)
    return stored
      ? unpackCheckpoint(stored, entry.offset)
      : bad(new RecordingError('corrupt', `${what} is malformed`, entry.offset))
  }

  /** Reads a chunk again, which was complete when the recording was opened, and checks its CRC. */
  #payload(offset: number, type: Chunk['type'], what: string): Uint8Array {
    const chunk = readChunk(this.#file, offset)
    if (chunk?.type === type) return this.#file.subarray(chunk.payloadStart, chunk.payloadEnd)
    throw new RecordingError('corrupt', `${what} is no longer at its place: the file has changed`, offset)
  }
}
