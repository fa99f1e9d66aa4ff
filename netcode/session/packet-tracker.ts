/** Shared by both ends of a connection: packet numbers, acknowledgements, silence, the goodbye. */
import type { Goodbye } from '../../protocol/index.ts'
import { ReceivedPackets, SentPackets, type SentPacket } from './acks.ts'
import { GOODBYE_CHARACTERS_MAX, GOODBYE_MS_MAX, HEARTBEAT_MS, SILENCE_MS_MAX } from './limits.ts'
import { CongestionControl } from './congestion-control.ts'

/** Faults of a client that end its session. */
export const SESSION_FAULTS = ['protocol', 'rate', 'sequence', 'slow-reader', 'version'] as const

/** Why a session ended: a fault of the other side or of the connection. It concerns only this client. */
export interface SessionFault {
  readonly reason: (typeof SESSION_FAULTS)[number]
  /** A message for people. */
  readonly message: string
}

export class PacketTracker<T> {
  readonly received = new ReceivedPackets()
  readonly sent = new SentPackets<T>()
  readonly #pace = new CongestionControl()
  #highestAcked = 0
  #receivedAtMs: number
  #sentAtMs = -Infinity
  #goodbye: Goodbye | null = null
  #goodbyeSinceMs = 0
  #goodbyePacket = 0
  #goodbyeAcked = false
  /** Mean time from a packet to its acknowledgement, ms; it includes the other side's send interval. */
  #acknowledgementMs = 100

  constructor(nowMs: number) {
    this.#receivedAtMs = nowMs
  }

  get acknowledgementMs(): number {
    return this.#acknowledgementMs
  }

  get sentAtMs(): number {
    return this.#sentAtMs
  }

  /** The goodbye for outgoing packets; null if none was said. */
  get goodbye(): Goodbye | null {
    return this.#goodbye
  }

  /** True after SILENCE_MS_MAX without a packet: the connection is dead. */
  isSilent(nowMs: number): boolean {
    return this.silenceMs(nowMs) >= SILENCE_MS_MAX
  }

  /** Time since the last packet, ms. */
  silenceMs(nowMs: number): number {
    return Math.max(0, nowMs - this.#receivedAtMs)
  }

  heartbeatDue(nowMs: number): boolean {
    return nowMs - this.#sentAtMs >= HEARTBEAT_MS
  }

  /** Least time between two packets, ms; 0 without congestion. */
  spacingMs(nowMs: number): number {
    if (this.#highestAcked === this.sent.last) return this.#pace.spacingMs(0)
    // Without any acknowledgement yet, lateness is unknown.
    if (this.#highestAcked === 0) return 0
    return this.#pace.spacingMs(nowMs - (this.sent.sentAtMs(this.#highestAcked + 1) ?? -Infinity))
  }

  /** Records the numbers of a received packet. Returns the packets that it acknowledges for the first time. */
  receive(
    packet: number,
    ackPacket: number,
    ackBits: number,
    nowMs: number,
  ): { readonly arrival: 'ahead' | 'late' | 'old'; readonly acked: readonly SentPacket<T>[] } {
    const arrival = this.received.record(packet)
    if (arrival === 'old') return { arrival, acked: [] }
    this.#receivedAtMs = Math.max(this.#receivedAtMs, nowMs)
    const acked = this.sent.acknowledge(ackPacket, ackBits)
    const [newest] = acked
    if (newest !== undefined && newest.packet > this.#highestAcked) {
      this.#highestAcked = newest.packet
      this.#pace.acknowledged(Math.max(0, nowMs - newest.sentAtMs), nowMs)
    }
    for (const { packet: number, sentAtMs } of acked) {
      if (this.#goodbye !== null && number >= this.#goodbyePacket && this.#goodbyePacket > 0) this.#goodbyeAcked = true
      this.#acknowledgementMs += (Math.max(0, nowMs - sentAtMs) - this.#acknowledgementMs) / 8
    }
    return { arrival, acked }
  }

  /** Number of a packet that is sent now. */
  nextPacket(nowMs: number, content: T): number {
    this.#sentAtMs = nowMs
    const packet = this.sent.record(nowMs, content)
    if (this.#goodbye !== null && this.#goodbyePacket === 0) this.#goodbyePacket = packet
    return packet
  }

  /** From now on each packet carries the goodbye. `again`: the server will be back soon. */
  sayGoodbye(reason: string, nowMs: number, again = false): void {
    if (this.#goodbye !== null) return
    this.#goodbye = { type: 'goodbye', reason: reason.slice(0, GOODBYE_CHARACTERS_MAX), ...(again ? { again } : {}) }
    this.#goodbyeSinceMs = nowMs
  }

  /** True once a goodbye was said and was acknowledged or has timed out. */
  isGoodbyeDone(nowMs: number): boolean {
    return this.#goodbye !== null && (this.#goodbyeAcked || nowMs - this.#goodbyeSinceMs >= GOODBYE_MS_MAX)
  }
}
