/**
 * Opens a recording: walks its chunks, checks each, and records their offsets. Hostile bytes cause an error, never an
 * exception.
 */
import { decodeFrame } from '../protocol/index.ts'
import { defined } from '../sim/assert.ts'
import { chunkName, findChunk, peekChunk, readChunk, type Chunk } from './format/chunks.ts'
import { bad, caught, good, RecordingError, type RecordingResult } from './error.ts'
import { ChunkType, HASH_BYTES, PREAMBLE_BYTES, SKIPPABLE } from './format/format.ts'
import { checkPreamble, decodeHeader, tornHeader, type ReadHeader } from './format/header.ts'
import { decodeIndex, type RecordingIndex, type TickOffset } from './format/index-chunk.ts'
import {
  decodeCheckpoint,
  decodeFooter,
  decodeNote,
  decodeQuarantine,
  decodeSample,
  toHex,
  type Note,
  type Quarantine,
  type Sample,
  type StoredCheckpoint,
} from './format/payloads.ts'
import type { RandomAccessBytes } from './format/random-access.ts'
import { TickTable } from './player/tick-table.ts'
import { Recording, type CheckpointEntry, type Damage } from './recording.ts'

/** A damaged recording, read past its damage: each complete run of ticks. */
export interface Salvage {
  /** In the order of the file; the first starts at the recording's start. */
  readonly parts: readonly Recording[]
  readonly damage: readonly Damage[]
}

/**
 * Opens a recording and checks all of it. An incomplete tail is not an error (`truncated`). Damage before complete chunks
 * is one, with offset and chunk. Keeps a reference to the bytes, and 16 to 24 bytes a tick.
 */
export function readRecording(bytes: RandomAccessBytes): RecordingResult<Recording> {
  return caught(() => {
    const reader = openReader(bytes)
    if (!reader.ok) return reader
    const error = reader.value.readAll(false)
    return error ? bad(error) : good(reader.value.recording())
  })
}

/** Opens a recording and continues after damage, for recovery. Fails only without a usable header. */
export function salvageRecording(bytes: RandomAccessBytes): RecordingResult<Salvage> {
  return caught(() => {
    const reader = openReader(bytes)
    if (!reader.ok) return reader
    reader.value.readAll(true)
    return good({ parts: reader.value.recordings(), damage: reader.value.damage })
  })
}

/** A reader after the header. Throws what `bytes` throws. */
export function openReader(bytes: RandomAccessBytes): RecordingResult<RecordingReader> {
  const error = checkPreamble(bytes.subarray(0, PREAMBLE_BYTES))
  if (error) return bad(error)
  const chunk = readChunk(bytes, PREAMBLE_BYTES)
  if (!chunk && !findChunk(bytes, PREAMBLE_BYTES + 1, 0)) return bad(tornHeader(bytes.length))
  if (chunk?.type !== ChunkType.header || chunk.sequence !== 0)
    return bad(new RecordingError('corrupt', 'the recording does not begin with a complete header', PREAMBLE_BYTES, 0))
  const header = decodeHeader(bytes.subarray(chunk.payloadStart, chunk.payloadEnd))
  return header.ok ? good(new RecordingReader(bytes, header.value, chunk.end)) : header
}

/** Walks the chunks of a recording. Use readRecording, readMoment or RecordingFollower. */
export class RecordingReader {
  readonly damage: Damage[] = []
  /** Complete runs of ticks before the current one. */
  readonly #ended: TickTable[] = []
  readonly #bytes: RandomAccessBytes
  readonly #header: ReadHeader
  readonly #checkpoints: CheckpointEntry[] = []
  readonly #samples = new Map<number, Sample>()
  readonly #quarantined: Quarantine[] = []
  readonly #notes: Note[] = []
  #index: RecordingIndex | null = null
  #indexOffset = 0
  #sealed = false
  #offset: number
  #sequence = 1
  /** Null after damage, until a chunk names its tick. */
  #ticks: TickTable | null

  constructor(bytes: RandomAccessBytes, header: ReadHeader, offset: number) {
    this.#bytes = bytes
    this.#header = header
    this.#offset = offset
    this.#ticks = new TickTable(header.startTick)
  }

  /** Reads to the end. Stops at the first error, or skips it if `salvage` is set. */
  readAll(salvage: boolean): RecordingError | null {
    return this.#read(salvage, () => false)
  }

  #read(salvage: boolean, isEnough: () => boolean): RecordingError | null {
    while (this.#offset < this.#bytes.length && !isEnough()) {
      const chunk = readChunk(this.#bytes, this.#offset)
      const wrong = chunk ? this.#take(chunk) : 'is damaged'
      if (chunk && wrong === null) {
        this.#offset = chunk.end
        this.#sequence++
        continue
      }
      if (wrong instanceof RecordingError && !salvage) return wrong
      const next =
        chunk && chunk.sequence > this.#sequence
          ? chunk
          : findChunk(this.#bytes, chunk ? chunk.end : this.#offset + 1, this.#sequence)
      if (!chunk && !next && !this.#sealed) return null
      const message =
        !chunk && this.#sealed
          ? `${this.#bytes.length - this.#offset} bytes follow the recording's footer`
          : this.#describe(chunk, wrong)
      if (!salvage) return new RecordingError('corrupt', message, this.#offset, this.#sequence)
      this.damage.push({ offset: this.#offset, chunk: this.#sequence, message })
      if (!next) return null
      this.#skipTo(next)
    }
    return null
  }

  /** Continues at a seek point of the index. Returns what is wrong with it, or null. */
  continueAt([tick, offset]: TickOffset): RecordingError | null {
    const chunk = readChunk(this.#bytes, offset)
    if (!chunk)
      return new RecordingError('corrupt', `the index names a seek point of tick ${tick} that is none`, offset)
    this.#offset = offset
    this.#sequence = chunk.sequence
    this.#ticks = new TickTable(tick)
    return null
  }

  /** Reads up to the next tick after `tick`, or to the end. Returns the first error, or null. */
  readTo(tick: number): RecordingError | null {
    const isLater = (type: number | undefined): boolean =>
      type !== ChunkType.sample && type !== ChunkType.checkpoint && this.#tick !== null && this.#tick >= tick
    return this.#read(false, () => isLater(peekChunk(this.#bytes, this.#offset)?.type))
  }

  /** Adds a checkpoint that the index names, unless it was read. Returns what is wrong with it, or null. */
  addCheckpoint([tick, offset]: TickOffset): RecordingError | null {
    if (this.#checkpoints.some((entry) => entry.offset === offset)) return null
    const chunk = readChunk(this.#bytes, offset)
    const stored =
      chunk?.type === ChunkType.checkpoint
        ? decodeCheckpoint(this.#bytes.subarray(chunk.payloadStart, chunk.payloadEnd))
        : null
    if (stored?.tick !== tick)
      return new RecordingError('corrupt', `the checkpoint of tick ${tick} is not where the index says`, offset)
    this.#keepCheckpoint(offset, stored)
    return null
  }

  /** A recording of each run: the first starts at the recording's start. They share their contents. */
  recordings(): Recording[] {
    const contents = {
      bytes: this.#bytes,
      header: this.#header,
      wholeBytes: this.#offset,
      index: this.#sealed ? this.#index : null,
      checkpoints: this.#checkpoints.toSorted((a, b) => a.offset - b.offset),
      samples: new Map(this.#samples),
      quarantined: [...this.#quarantined],
      notes: [...this.#notes],
    }
    const runs = this.#ticks ? [...this.#ended, this.#ticks] : this.#ended
    return runs.map((ticks) => new Recording({ ...contents, ticks: ticks.frozen() }))
  }

  /** The recording as far as it was read without damage. */
  recording(): Recording {
    return defined(this.recordings()[0], 'a reader begins with a run of ticks')
  }

  #skipTo(next: Chunk): void {
    this.#offset = next.offset
    this.#sequence = next.sequence
    if (this.#ticks) this.#ended.push(this.#ticks)
    this.#ticks = null
  }

  #describe(chunk: Chunk | null, wrong: string | RecordingError | null): string {
    const type = chunk?.type ?? peekChunk(this.#bytes, this.#offset)?.type
    const name = type === undefined ? '' : `${chunkName(type)} `
    return `the recording's ${name}chunk ${wrong instanceof RecordingError ? wrong.message : wrong}${chunk ? '' : ': its checksum does not match, and complete chunks follow'}`
  }

  /** Records a chunk. Returns what is wrong with it, or null. */
  #take(chunk: Chunk): string | RecordingError | null {
    if (chunk.sequence !== this.#sequence)
      return `has number ${chunk.sequence} instead of ${this.#sequence}: chunks are missing or out of order`
    if (this.#sealed) return 'follows the footer'
    if (this.#index && chunk.type !== ChunkType.footer) return 'follows the index'
    if (this.#header.start === 'checkpoint' && this.#sequence === 1 && chunk.type !== ChunkType.checkpoint)
      return 'comes before the checkpoint that the recording starts from'
    const payload = this.#bytes.subarray(chunk.payloadStart, chunk.payloadEnd)
    switch (chunk.type) {
      case ChunkType.frame:
        return this.#takeFrame(chunk, payload)
      case ChunkType.hash:
        return this.#takeHashes(payload)
      case ChunkType.sample:
        return this.#takeSample(payload)
      case ChunkType.checkpoint:
        return this.#takeCheckpoint(chunk, payload)
      case ChunkType.quarantine:
        return keep(this.#quarantined, decodeQuarantine(payload.slice()))
      case ChunkType.note:
        return keep(this.#notes, decodeNote(payload))
      case ChunkType.index:
        return this.#takeIndex(chunk, payload)
      case ChunkType.footer:
        return this.#takeFooter(payload)
      case ChunkType.header:
        return 'is a second header'
      default:
        if (chunk.type & SKIPPABLE) return null
        return new RecordingError(
          'unsupported-version',
          `the recording contains a chunk of type ${chunkName(chunk.type)}, which this program does not know and may not skip`,
          chunk.offset,
          chunk.sequence,
        )
    }
  }

  get #tick(): number | null {
    return this.#ticks && this.#ticks.lastTick
  }

  #takeFrame(chunk: Chunk, payload: Uint8Array): string | null {
    if (!this.#ticks) {
      const frame = decodeFrame(payload)
      if (!frame.ok || frame.value.tick === 0) return 'cannot be decoded'
      this.#ticks = new TickTable(frame.value.tick - 1)
    }
    const due = this.#ticks.lastTick + 1
    if (this.#ticks.frameOffset(due) !== null) return `is a second frame for tick ${due}`
    this.#ticks.addFrame(chunk.offset)
    return null
  }

  #takeHashes(payload: Uint8Array): string | null {
    if (payload.length === 0 || payload.length % HASH_BYTES !== 0)
      return `has ${payload.length} bytes, not a multiple of ${HASH_BYTES}`
    if (!this.#ticks) return null
    if (this.#ticks.lastTick + payload.length / HASH_BYTES > 0xffffffff) return 'exceeds the highest tick number'
    this.#ticks.addHashes(payload)
    return null
  }

  #takeSample(payload: Uint8Array): string | null {
    const sample = decodeSample(payload, this.#header.phases.length)
    if (!sample) return `does not contain ${this.#header.phases.length} phase hashes`
    this.#ticks ??= new TickTable(sample.tick)
    if (sample.tick !== this.#tick) return `is of tick ${sample.tick} and follows the hash of tick ${this.#tick}`
    this.#samples.set(sample.tick, sample)
    return null
  }

  #takeCheckpoint(chunk: Chunk, payload: Uint8Array): string | null {
    const checkpoint = decodeCheckpoint(payload)
    if (!checkpoint) return 'is malformed'
    const { tick } = checkpoint
    if (tick < this.#header.startTick || (this.#tick !== null && tick > this.#tick))
      return `is of tick ${tick}, outside ticks ${this.#header.startTick} to ${this.#tick}`
    if (this.#sequence === 1 && tick !== this.#header.startTick && this.#header.start === 'checkpoint')
      return `is of tick ${tick} instead of the start tick, ${this.#header.startTick}`
    this.#keepCheckpoint(chunk.offset, checkpoint)
    return null
  }

  #keepCheckpoint(offset: number, { tick, rawBytes, stored, sha256 }: StoredCheckpoint): void {
    this.#checkpoints.push({ tick, offset, rawBytes, storedBytes: stored.length, sha256: toHex(sha256) })
  }

  #takeIndex(chunk: Chunk, payload: Uint8Array): string | null {
    const index = decodeIndex(payload)
    if (!index) return 'is malformed'
    if (this.damage.length > 0) return null
    if (
      index.startTick !== this.#header.startTick ||
      index.lastTick !== this.#tick ||
      index.frames !== this.#ticks?.frames
    )
      return 'contradicts the chunks before it'
    const same =
      index.checkpoints.length === this.#checkpoints.length &&
      index.checkpoints.every(
        ([tick, offset], i) => tick === this.#checkpoints[i]?.tick && offset === this.#checkpoints[i]?.offset,
      )
    if (!same) return 'contradicts the checkpoints before it'
    this.#index = index
    this.#indexOffset = chunk.offset
    return null
  }

  #takeFooter(payload: Uint8Array): string | null {
    const offset = decodeFooter(payload)
    if (this.damage.length > 0) return null
    if (!this.#index || offset !== this.#indexOffset) return 'does not point to the index before it'
    this.#sealed = true
    return null
  }
}

function keep<T>(list: T[], value: T | null): string | null {
  if (value === null) return 'is malformed'
  list.push(value)
  return null
}
