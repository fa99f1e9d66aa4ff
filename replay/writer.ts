/**
 * Writes a recording, chunk by chunk. Pure: the bytes go to a sink. The sink must take each call's bytes completely and
 * in order, or throw without taking any; then the call had no effect and can be repeated.
 */
import { decodeFrame, encodeFrame } from '../protocol/index.ts'
import type { InputFrame } from '../sim/index.ts'
import { encodeChunk } from './format/chunks.ts'
import { CHECKPOINT_BYTES_MAX, ChunkType, HASH_BYTES, SEEK_POINT_EVERY_TICKS, SHA256_BYTES } from './format/format.ts'
import { encodeHeader, encodePreamble, type RecordingHeader } from './format/header.ts'
import { encodeIndex, type TickOffset } from './format/index-chunk.ts'
import {
  encodeCheckpoint,
  encodeFooter,
  encodeNote,
  encodeQuarantine,
  encodeSample,
  fromHex,
  type Note,
  type Quarantine,
  type Sample,
  type StoredCheckpoint,
} from './format/payloads.ts'

/**
 * The writer was called out of order, or with content that no reader accepts: a bug of the caller. Nothing was written.
 */
export class WriterError extends Error {
  override readonly name = 'WriterError'
}

export class RecordingWriter {
  readonly header: RecordingHeader
  readonly #sink: (bytes: Uint8Array) => void
  readonly #players = new Set<number>()
  readonly #checkpoints: TickOffset[] = []
  readonly #seekPoints: TickOffset[] = []
  #sequence = 0
  #written = 0
  #tick: number
  #frames = 0
  #inputs = 0
  #elements: number
  #pending = false
  #ended = false

  /** Writes the preamble and the header. If it starts from a checkpoint, call `checkpoint` next. */
  constructor(header: RecordingHeader, sink: (bytes: Uint8Array) => void) {
    this.header = header
    this.#sink = sink
    this.#tick = header.startTick
    this.#elements = header.elements
    const payload = encodeHeader(header)
    fromHex(header.startHash, HASH_BYTES)
    this.#put(encodePreamble())
    this.#chunk(ChunkType.header, payload)
  }

  /** The last tick whose hash was written; the start tick before the first. */
  get lastTick(): number {
    return this.#tick
  }

  /** Bytes written so far. */
  get bytes(): number {
    return this.#written
  }

  /** True if a frame was written without its hash: its step is running, or failed. */
  get pendingFrame(): boolean {
    return this.#pending
  }

  get sealed(): boolean {
    return this.#ended
  }

  /**
   * Call it before the step. Writes the frame, or nothing if it has no inputs. Step the returned frame: it is the frame
   * as every reader gets it (numbers rounded to 32 bits). Throws WriterError if no reader would accept it.
   */
  frame(frame: InputFrame): InputFrame {
    this.#expect(
      frame.tick === this.#tick + 1 && !this.#pending,
      `the frame of tick ${frame.tick} after tick ${this.#tick}${this.#pending ? ' and another frame' : ''}`,
    )
    if (frame.inputs.length === 0) return frame
    const bytes = encodeFrame(frame)
    const decoded = decodeFrame(bytes)
    if (!decoded.ok)
      throw new WriterError(
        `the frame of tick ${frame.tick} could not be read back: ${decoded.error.where} ${decoded.error.message}`,
      )
    this.#chunk(ChunkType.frame, bytes)
    this.#pending = true
    this.#frames++
    this.#inputs += frame.inputs.length
    for (const { command } of frame.inputs) if (command.type === 'join') this.#players.add(command.player)
    return decoded.value
  }

  /** Call it after the step, with the hash of the state, 16 hex digits. */
  hash(tick: number, hash: string): void {
    this.#expect(tick === this.#tick + 1, `the hash of tick ${tick} after tick ${this.#tick}`)
    this.#chunk(ChunkType.hash, fromHex(hash, HASH_BYTES))
    this.#tick = tick
    this.#pending = false
    if ((tick - this.header.startTick) % SEEK_POINT_EVERY_TICKS === 0) this.#seekPoints.push([tick, this.#written])
  }

  /** Call it after the hash of the same tick, before the next frame. */
  sample(sample: Sample): void {
    this.#expect(
      sample.tick === this.#tick && !this.#pending,
      `a sample of tick ${sample.tick} after tick ${this.#tick}`,
    )
    this.#expect(
      sample.phases.length === this.header.phases.length,
      `a sample of ${sample.phases.length} phases where the header names ${this.header.phases.length}`,
    )
    this.#chunk(ChunkType.sample, encodeSample(sample))
    this.#elements = sample.elements
  }

  /** Call it at any time after its tick, so that packing need not delay the following ticks. */
  checkpoint(checkpoint: StoredCheckpoint): void {
    this.#expect(
      checkpoint.tick >= this.header.startTick && checkpoint.tick <= this.#tick,
      `a checkpoint of tick ${checkpoint.tick} after tick ${this.#tick}`,
    )
    this.#expect(
      checkpoint.rawBytes <= CHECKPOINT_BYTES_MAX && checkpoint.sha256.length === SHA256_BYTES,
      `a checkpoint of ${checkpoint.rawBytes} bytes`,
    )
    const offset = this.#written
    this.#chunk(ChunkType.checkpoint, ...encodeCheckpoint(checkpoint))
    this.#checkpoints.push([checkpoint.tick, offset])
  }

  /** Records that a frame's inputs were left out when the realm was recovered. */
  quarantine(quarantine: Quarantine): void {
    this.#chunk(ChunkType.quarantine, ...encodeQuarantine(quarantine))
  }

  note(note: Note): void {
    this.#chunk(ChunkType.note, encodeNote(note))
  }

  /** Ends the recording with its index. */
  seal(): void {
    if (this.#ended) throw new WriterError('the recording is sealed')
    this.#expect(!this.#pending, `the end after the frame of tick ${this.#tick + 1}, which has no hash`)
    const offset = this.#written
    const frames = this.#frames
    const inputs = this.#inputs
    const elements = this.#elements
    const checkpoints = this.#checkpoints
    const seekPoints = this.#seekPoints
    const { header } = this
    const players = header.players + this.#players.size
    const index = encodeIndex({
      startTick: header.startTick,
      lastTick: this.#tick,
      frames,
      inputs,
      players,
      elements,
      checkpoints,
      seekPoints,
    })
    const chunk = encodeChunk(ChunkType.index, this.#sequence, index)
    const footer = encodeChunk(ChunkType.footer, this.#sequence + 1, encodeFooter(offset))
    const both = new Uint8Array(chunk.length + footer.length)
    both.set(chunk)
    both.set(footer, chunk.length)
    this.#put(both)
    this.#ended = true
  }

  #expect(right: boolean, what: string): void {
    if (!right) throw new WriterError(`the recording was given ${what}`)
  }

  #chunk(type: number, ...parts: readonly Uint8Array[]): void {
    if (this.#ended) throw new WriterError('the recording is sealed')
    if (
      this.header.start === 'checkpoint' &&
      this.#checkpoints.length === 0 &&
      type !== ChunkType.header &&
      type !== ChunkType.checkpoint
    )
      throw new WriterError('the recording starts from a checkpoint, which must be written first')
    this.#put(encodeChunk(type, this.#sequence, ...parts))
    this.#sequence++
  }

  #put(bytes: Uint8Array): void {
    this.#sink(bytes)
    this.#written += bytes.length
  }
}
