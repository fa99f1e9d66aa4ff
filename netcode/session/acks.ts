/**
 * Acknowledgements of packets. Each packet names the highest packet received, and has a bit for each of the 32 before
 * it (Glenn Fiedler, "Reliability and Congestion Avoidance over UDP").
 */
import { SENT_PACKETS_MAX } from './limits.ts'

const BITS = 32

/** The receiver's side: what to acknowledge. */
export class ReceivedPackets {
  #highest = 0
  #bits = 0
  #received = 0

  /** Highest packet number received, 0 if none. */
  get highest(): number {
    return this.#highest
  }

  /** Bit i: packet `highest - 1 - i` was received. */
  get bits(): number {
    return this.#bits >>> 0
  }

  /** Packets received. */
  get received(): number {
    return this.#received
  }

  /** Withdraws a received packet: it will not be acknowledged, unless it already was. */
  forget(packet: number): void {
    const behind = this.#highest - packet
    if (behind > 0 && behind <= BITS) this.#bits &= ~(1 << (behind - 1))
    if (behind !== 0) return
    const next = 31 - Math.clz32(this.#bits & -this.#bits)
    this.#highest = this.#bits === 0 ? 0 : packet - 1 - next
    this.#bits = this.#bits === 0 || next >= BITS - 1 ? 0 : this.#bits >>> (next + 1)
  }

  /**
   * Records a packet number. `old`: received before, or too old to know. `ahead`: new and the highest. `late`: new but
   * overtaken.
   */
  record(packet: number): 'ahead' | 'late' | 'old' {
    const ahead = packet - this.#highest
    if (ahead > 0) {
      // The bit of the previous highest packet, unless there was none.
      const former = this.#highest === 0 ? 0 : ahead <= BITS ? 1 << (ahead - 1) : 0
      this.#bits = (ahead >= BITS ? 0 : this.#bits << ahead) | former
      this.#highest = packet
      this.#received += 1
      return 'ahead'
    }
    if (ahead === 0 || -ahead > BITS) return 'old'
    const bit = 1 << (-ahead - 1)
    if ((this.#bits & bit) !== 0) return 'old'
    this.#bits |= bit
    this.#received += 1
    return 'late'
  }
}

/** A sent packet and its content. */
export interface SentPacket<T> {
  readonly packet: number
  readonly sentAtMs: number
  readonly content: T
}

/** The sender's side: the content of each packet, until it is acknowledged or SENT_PACKETS_MAX newer ones were sent. */
export class SentPackets<T> {
  readonly #ring: (SentPacket<T> | undefined)[] = Array.from({ length: SENT_PACKETS_MAX }, () => undefined)
  #last = 0

  /** Number of the last packet, 0 if none. */
  get last(): number {
    return this.#last
  }

  /** Returns the number of the next packet, and remembers its content. */
  record(sentAtMs: number, content: T): number {
    this.#last += 1
    this.#ring[this.#last % SENT_PACKETS_MAX] = { packet: this.#last, sentAtMs, content }
    return this.#last
  }

  /** When an unacknowledged packet was sent; undefined if it is acknowledged or forgotten. */
  sentAtMs(packet: number): number | undefined {
    const sent = this.#ring[packet % SENT_PACKETS_MAX]
    return sent?.packet === packet ? sent.sentAtMs : undefined
  }

  /** Returns the packets that are acknowledged for the first time, newest first. */
  acknowledge(ackPacket: number, ackBits: number): SentPacket<T>[] {
    const acked: SentPacket<T>[] = []
    this.#acknowledgeOne(ackPacket, acked)
    for (let i = 0; i < BITS; i += 1) if ((ackBits & (1 << i)) !== 0) this.#acknowledgeOne(ackPacket - 1 - i, acked)
    return acked
  }

  #acknowledgeOne(packet: number, acked: SentPacket<T>[]): void {
    if (packet < 1) return
    const slot = packet % SENT_PACKETS_MAX
    const sent = this.#ring[slot]
    if (sent?.packet !== packet) return
    this.#ring[slot] = undefined
    acked.push(sent)
  }
}
