/**
 * Opens a recording: walks its chunks, checks each, and records their offsets. Hostile bytes cause an error, never an
 * exception.
 */
import { decodeFrame } from '../protocol/index.ts'
import { defined } from '../sim/assert.ts'
import { chunkName, findChunk, peekChunk, readChunk, type Chunk } from './format/chunks.ts'
import { bad, good, RecordingError, type RecordingResult } from './error.ts'
import { ChunkType, HASH_BYTES, PREAMBLE_BYTES, SKIPPABLE } from './format/format.ts'
import { checkPreamble, decodeHeader, type ReadHeader } from './format/header.ts'
import { decodeIndex, type RecordingIndex } from './format/index-chunk.ts'
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
} from './format/payloads.ts'
import { Recording, type CheckpointEntry, type Damage } from './recording.ts'

/** A run of ticks while it is read. `startTick` is null after damage, until a chunk names its tick. */
interface OpenRun {
  startTick: number | null
  hashes: number[]
  frames: Map<number, number>
}

/** A damaged recording, read past its damage: each complete run of ticks. */
export interface Salvage {
  /** In the order of the file; the first starts at the recording's start. */
  readonly parts: readonly Recording[]
  readonly damage: readonly Damage[]
}

/**
 * Opens a recording. An incomplete tail is not an error (`truncated`). Damage before complete chunks is one, with
 * offset and chunk. Needs at most about twice the file's memory. Keeps a reference to the bytes, not a copy.
 */
export function readRecording(bytes: Uint8Array): RecordingResult<Recording> {
  const reader = openReader(bytes)
  if (!reader.ok) return reader
  const error = reader.value.readAll(false)
  return error ? bad(error) : good(reader.value.finish(0))
}

/** Opens a recording and continues after damage, for recovery. Fails only without a usable header. */
export function salvageRecording(bytes: Uint8Array): RecordingResult<Salvage> {
  const reader = openReader(bytes)
  if (!reader.ok) return reader
  reader.value.readAll(true)
  const { runs, damage } = reader.value
  return good({ parts: runs.flatMap((run, i) => (run.startTick === null ? [] : [reader.value.finish(i)])), damage })
}

function openReader(bytes: Uint8Array): RecordingResult<Reader> {
  const error = checkPreamble(bytes)
  if (error) return bad(error)
  const chunk = readChunk(bytes, PREAMBLE_BYTES)
  if (!chunk && !findChunk(bytes, PREAMBLE_BYTES + 1, 0))
    return bad(new RecordingError('torn-header', 'the file ends within its header; it contains no tick', bytes.length))
  if (chunk?.type !== ChunkType.header || chunk.sequence !== 0)
    return bad(new RecordingError('corrupt', 'the recording does not begin with a complete header', PREAMBLE_BYTES, 0))
  const header = decodeHeader(bytes.subarray(chunk.payloadStart, chunk.payloadEnd))
  return header.ok ? good(new Reader(bytes, header.value, chunk.end)) : header
}

class Reader {
  readonly runs: OpenRun[]
  readonly damage: Damage[] = []
  readonly #bytes: Uint8Array
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
  #run: OpenRun

  constructor(bytes: Uint8Array, header: ReadHeader, offset: number) {
    this.#bytes = bytes
    this.#header = header
    this.#offset = offset
    this.#run = { startTick: header.startTick, hashes: [], frames: new Map() }
    this.runs = [this.#run]
  }

  /** Reads to the end. Stops at the first error, or skips it if `salvage` is set. */
  readAll(salvage: boolean): RecordingError | null {
    while (this.#offset < this.#bytes.length) {
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

  /** The recording with one of its runs. */
  finish(index: number): Recording {
    const { startTick, hashes, frames } = this.runs[index] ?? this.#run
    const bytes = this.#bytes
    const header = this.#header
    const checkpoints = this.#checkpoints
    const samples = this.#samples
    const quarantined = this.#quarantined
    const notes = this.#notes
    const run = { startTick: startTick ?? header.startTick, hashes, frames }
    return new Recording({
      bytes,
      header,
      run,
      wholeBytes: this.#offset,
      index: this.#sealed ? this.#index : null,
      checkpoints,
      samples,
      quarantined,
      notes,
    })
  }

  #skipTo(next: Chunk): void {
    this.#offset = next.offset
    this.#sequence = next.sequence
    this.#run = { startTick: null, hashes: [], frames: new Map() }
    this.runs.push(this.#run)
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
        return this.#takeHashes(chunk, payload)
      case ChunkType.sample:
        return this.#takeSample(payload)
      case ChunkType.checkpoint:
        return this.#takeCheckpoint(chunk, payload)
      case ChunkType.quarantine:
        return keep(this.#quarantined, decodeQuarantine(payload))
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
    return this.#run.startTick === null ? null : this.#run.startTick + this.#run.hashes.length
  }

  #takeFrame(chunk: Chunk, payload: Uint8Array): string | null {
    if (this.#tick === null) {
      const frame = decodeFrame(payload)
      if (!frame.ok || frame.value.tick === 0) return 'cannot be decoded'
      this.#run.startTick = frame.value.tick - 1
    }
    const due = defined(this.#tick, 'a run with a frame has a start tick') + 1
    if (this.#run.frames.has(due)) return `is a second frame for tick ${due}`
    this.#run.frames.set(due, chunk.offset)
    return null
  }

  #takeHashes(chunk: Chunk, payload: Uint8Array): string | null {
    if (payload.length === 0 || payload.length % HASH_BYTES !== 0)
      return `has ${payload.length} bytes, not a multiple of ${HASH_BYTES}`
    if (this.#tick === null) return null
    if (this.#tick + payload.length / HASH_BYTES > 0xffffffff) return 'exceeds the highest tick number'
    for (let offset = chunk.payloadStart; offset < chunk.payloadEnd; offset += HASH_BYTES) this.#run.hashes.push(offset)
    return null
  }

  #takeSample(payload: Uint8Array): string | null {
    const sample = decodeSample(payload, this.#header.phases.length)
    if (!sample) return `does not contain ${this.#header.phases.length} phase hashes`
    this.#run.startTick ??= sample.tick
    if (sample.tick !== this.#tick) return `is of tick ${sample.tick} and follows the hash of tick ${this.#tick}`
    this.#samples.set(sample.tick, sample)
    return null
  }

  #takeCheckpoint(chunk: Chunk, payload: Uint8Array): string | null {
    const checkpoint = decodeCheckpoint(payload)
    if (!checkpoint) return 'is malformed'
    const { tick, rawBytes, stored } = checkpoint
    if (tick < this.#header.startTick || (this.#tick !== null && tick > this.#tick))
      return `is of tick ${tick}, outside ticks ${this.#header.startTick} to ${this.#tick}`
    if (this.#sequence === 1 && tick !== this.#header.startTick && this.#header.start === 'checkpoint')
      return `is of tick ${tick} instead of the start tick, ${this.#header.startTick}`
    this.#checkpoints.push({
      tick,
      offset: chunk.offset,
      rawBytes,
      storedBytes: stored.length,
      sha256: toHex(checkpoint.sha256),
    })
    return null
  }

  #takeIndex(chunk: Chunk, payload: Uint8Array): string | null {
    const index = decodeIndex(payload)
    if (!index) return 'is malformed'
    if (this.damage.length > 0) return null
    if (
      index.startTick !== this.#header.startTick ||
      index.lastTick !== this.#tick ||
      index.frames !== this.#run.frames.size
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
