/** The reliable messages to one client: numbered, sent until acknowledged, each again only when it seems lost. */
import { encodeServerMessage, type ServerMessage } from '../../protocol/index.ts'
import { MESSAGE_IN_PACKET_BYTES_MAX, MESSAGE_QUEUE_BYTES_MAX, MESSAGE_WINDOW, RESEND_MS_MAX, RESEND_MS_MIN } from './limits.ts'

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
export interface Run {
  readonly first: number
  readonly messages: readonly Uint8Array[]
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
    const bytes = encodeServerMessage(message)
    if (this.#bytes + bytes.length > MESSAGE_QUEUE_BYTES_MAX) return false
    if (bytes.length <= MESSAGE_IN_PACKET_BYTES_MAX) this.#append(bytes)
    else this.#appendParts(bytes)
    return true
  }

  #append(bytes: Uint8Array): void {
    this.#last += 1
    this.#bytes += bytes.length
    this.#queue.push({ number: this.#last, bytes, sentAtMs: -1, arrived: false })
  }

  #appendParts(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += PART_BYTES)
      this.#append(encodeServerMessage({ type: 'part', bytes: bytes.subarray(start, start + PART_BYTES), last: start + PART_BYTES >= bytes.length }))
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
  arrived({ first, messages }: Run): void {
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
  take(bytesMax: number, nowMs: number): Run | null {
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
