/** The reliable messages to one client: numbered, sent until acknowledged, each again only when it seems lost. */
import { encodeServerMessage, type ServerMessage } from '../../protocol/index.ts'
import {
  MESSAGE_IN_PACKET_BYTES_MAX,
  MESSAGE_QUEUE_BYTES_MAX,
  MESSAGE_WINDOW,
  RESEND_MS_MAX,
  RESEND_MS_MIN,
} from './limits.ts'

/** Bytes around each message in a packet: tag and length. */
export const MESSAGE_OVERHEAD_BYTES = 4
/** Bytes of a part: with its own frame it stays within MESSAGE_IN_PACKET_BYTES_MAX. */
const PART_BYTES = MESSAGE_IN_PACKET_BYTES_MAX - 16

interface Queued {
  readonly number: number
  readonly bytes: Uint8Array
  /** -1: never sent. */
  sentAtMs: number
  /** A packet with it was acknowledged. */
  arrived: boolean
}

/** A run of messages for one packet. */
export interface MessageRun {
  readonly first: number
  readonly messages: readonly Uint8Array[]
}

/** What was encoded, by message: news is one object for all whom it is told. Split where it exceeds a packet. */
const encoded = new WeakMap<ServerMessage, readonly Uint8Array[]>()

function piecesOf(message: ServerMessage): readonly Uint8Array[] {
  let pieces = encoded.get(message)
  if (pieces === undefined) {
    const bytes = encodeServerMessage(message)
    pieces = bytes.length <= MESSAGE_IN_PACKET_BYTES_MAX ? [bytes] : partsOf(bytes)
    encoded.set(message, pieces)
  }
  return pieces
}

function partsOf(bytes: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let start = 0; start < bytes.length; start += PART_BYTES)
    parts.push(
      encodeServerMessage({
        type: 'part',
        bytes: bytes.subarray(start, start + PART_BYTES),
        last: start + PART_BYTES >= bytes.length,
      }),
    )
  return parts
}

export class Outbox {
  /** Messages not yet acknowledged in order, oldest first. */
  #queue: Queued[] = []
  #bytes = 0
  #last = 0
  #acked = 0
  #resendMs = RESEND_MS_MIN * 2

  /** Bytes not yet acknowledged. */
  get bytes(): number {
    return this.#bytes
  }

  /** Messages not yet acknowledged. */
  get length(): number {
    return this.#queue.length
  }

  /** Number of the last message that was queued. */
  get last(): number {
    return this.#last
  }

  /** False where the queue would exceed MESSAGE_QUEUE_BYTES_MAX: the client reads too slowly. */
  push(message: ServerMessage): boolean {
    const pieces = piecesOf(message)
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0)
    if (this.#bytes + bytes > MESSAGE_QUEUE_BYTES_MAX) return false
    for (const piece of pieces) this.#append(piece)
    return true
  }

  #append(bytes: Uint8Array): void {
    this.#last += 1
    this.#bytes += bytes.length
    this.#queue.push({ number: this.#last, bytes, sentAtMs: -1, arrived: false })
  }

  /** The other side has all messages up to `number`. False: it cannot, they were never sent. */
  acknowledge(number: number): boolean {
    if (number <= this.#acked) return true
    const newest = this.#queue[number - this.#acked - 1]
    if (newest === undefined || newest.sentAtMs < 0) return false
    for (const { bytes } of this.#queue.slice(0, number - this.#acked)) this.#bytes -= bytes.length
    this.#queue = this.#queue.slice(number - this.#acked)
    this.#acked = number
    return true
  }

  /** A packet with this run arrived. */
  markArrived({ first, messages }: MessageRun): void {
    for (let i = 0; i < messages.length; i += 1) {
      const queued = this.#queue[first + i - this.#acked - 1]
      if (queued !== undefined) queued.arrived = true
    }
  }

  /** How long a packet took to be acknowledged, smoothed by the caller: sets the wait before a message is sent again. */
  set acknowledgementMs(value: number) {
    this.#resendMs = Math.min(RESEND_MS_MAX, Math.max(RESEND_MS_MIN, 1.5 * value + 30))
  }

  /** The next messages that should be sent, in a run without gaps, of at most `bytesMax` bytes in the packet; null: none. */
  nextRun(bytesMax: number, nowMs: number): MessageRun | null {
    const window = Math.min(this.#queue.length, MESSAGE_WINDOW)
    let from = 0
    while (from < window && !this.#due(this.#queue[from], nowMs)) from += 1
    const messages: Uint8Array[] = []
    let used = 0
    for (let i = from; i < window; i += 1) {
      const queued = this.#queue[i]
      if (queued === undefined || !this.#due(queued, nowMs)) break
      used += queued.bytes.length + MESSAGE_OVERHEAD_BYTES
      if (used > bytesMax) break
      queued.sentAtMs = nowMs
      messages.push(queued.bytes)
    }
    return messages.length === 0 ? null : { first: this.#acked + from + 1, messages }
  }

  #due(queued: Queued | undefined, nowMs: number): boolean {
    return queued !== undefined && !queued.arrived && (queued.sentAtMs < 0 || nowMs - queued.sentAtMs >= this.#resendMs)
  }
}
