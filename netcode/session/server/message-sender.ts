/** The reliable messages to one client: numbered, sent until acknowledged, and repeated only if they seem lost. */
import { encodeServerMessage, type ServerMessage } from '../../../protocol/index.ts'
import {
  MESSAGE_IN_PACKET_BYTES_MAX,
  MESSAGE_QUEUE_BYTES_MAX,
  MESSAGE_WINDOW,
  RESEND_MS_MAX,
  RESEND_MS_MIN,
} from '../limits.ts'

/** Bytes around each message in a packet: tag and length. */
export const MESSAGE_OVERHEAD_BYTES = 4
/** Bytes of a part: with its own framing it stays within MESSAGE_IN_PACKET_BYTES_MAX. */
const PART_BYTES = MESSAGE_IN_PACKET_BYTES_MAX - 16

interface Queued {
  readonly number: number
  readonly bytes: Uint8Array
  /** -1 if it was never sent. */
  sentAtMs: number
  /** True once a packet with it was acknowledged. */
  arrived: boolean
}

/** Consecutive messages for one packet. */
export interface MessageRun {
  readonly first: number
  readonly messages: readonly Uint8Array[]
}

/** Encoded bytes by message: all recipients share one message object. Split if it exceeds a packet. */
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

export class MessageSender {
  /** Unacknowledged messages, oldest first. */
  #queue: Queued[] = []
  #bytes = 0
  #last = 0
  #acked = 0
  #resendMs = RESEND_MS_MIN * 2

  /** Bytes of unacknowledged messages. */
  get bytes(): number {
    return this.#bytes
  }

  /** Number of unacknowledged messages. */
  get length(): number {
    return this.#queue.length
  }

  /** Number of the last queued message. */
  get last(): number {
    return this.#last
  }

  /** Returns false if the queue would exceed MESSAGE_QUEUE_BYTES_MAX: the client reads too slowly. */
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

  /** The other side has all messages up to `number`. Returns false if they were never sent. */
  acknowledge(number: number): boolean {
    if (number <= this.#acked) return true
    const newest = this.#queue[number - this.#acked - 1]
    if (newest === undefined || newest.sentAtMs < 0) return false
    for (const { bytes } of this.#queue.slice(0, number - this.#acked)) this.#bytes -= bytes.length
    this.#queue = this.#queue.slice(number - this.#acked)
    this.#acked = number
    return true
  }

  /** A packet with this run was acknowledged. */
  markArrived({ first, messages }: MessageRun): void {
    for (let i = 0; i < messages.length; i += 1) {
      const queued = this.#queue[first + i - this.#acked - 1]
      if (queued !== undefined) queued.arrived = true
    }
  }

  /** Smoothed time until a packet is acknowledged. It sets the pause before a message is sent again. */
  set acknowledgementMs(value: number) {
    this.#resendMs = Math.min(RESEND_MS_MAX, Math.max(RESEND_MS_MIN, 1.5 * value + 30))
  }

  /** The next messages to send: consecutive, at most `bytesMax` bytes in the packet. Null if there are none. */
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
