/**
 * What a link does to what is sent over it, drawn from a seed: the one model behind the in-memory network (memory.ts)
 * and the network of real packets in the end-to-end tests (test/e2e/network/).
 */

/** Nothing arrives sooner, ms: two ends that answer each other at once must not keep one `advance` going for ever. */
const DELAY_MS_MIN = 0.1
/** A lost message of an ordered link arrives this long after its time, ms, at least: TCP's smallest retransmission wait. */
const RESEND_MS_MIN = 200

/** One way of a link. Shares are probabilities, 0 to 1. */
export interface LinkConditions {
  readonly delayMs: number
  /** Up to this much is added to the delay, evenly drawn; messages overtake each other by it where unordered. */
  readonly jitterMs: number
  /** 1: a blackout. */
  readonly lossShare: number
  /** Mean number of messages that are lost in a row where one is; 1: each is lost or not by itself. */
  readonly lossBurst: number
  readonly duplicateShare: number
  /** Kilobits a second that fit through; Infinity: no limit. */
  readonly rateKbps: number
  /** What waits for its turn at that rate longer than this is lost, ms: the length of a router's queue. */
  readonly queueMsMax: number
}

export const PERFECT: LinkConditions = {
  delayMs: 0,
  jitterMs: 0,
  lossShare: 0,
  lossBurst: 1,
  duplicateShare: 0,
  rateKbps: Infinity,
  queueMsMax: 200,
}

/** One way of a link: when each copy of what is sent arrives. The same calls with the same `random` give the same times. */
export class LossyPath {
  readonly #ordered: boolean
  readonly #random: () => number
  #lastDueMs = 0
  #inBurst = false
  /** When the last bit of all that was sent has left the sender's end. */
  #freeMs = 0

  /** `random`: evenly distributed in [0, 1). Ordered: loss becomes delay, nothing is doubled. */
  constructor(ordered: boolean, random: () => number) {
    this.#ordered = ordered
    this.#random = random
  }

  /** The times at which copies of a message of so many bytes, sent now, arrive, ms; none where it is lost. */
  arrivals(nowMs: number, bytes: number, conditions: LinkConditions): number[] {
    const isLost = this.#loses(conditions)
    const isDoubled = this.#random() < conditions.duplicateShare
    const leavesMs = Math.max(nowMs, this.#freeMs) + (bytes * 8) / conditions.rateKbps
    if (this.#ordered) {
      this.#freeMs = leavesMs
      return [this.lastArrival(leavesMs, conditions, isLost ? RESEND_MS_MIN + conditions.delayMs * 2 : 0)]
    }
    if (leavesMs - nowMs > conditions.queueMsMax && Number.isFinite(conditions.rateKbps)) return []
    this.#freeMs = leavesMs
    if (isLost) return []
    return Array.from({ length: isDoubled ? 2 : 1 }, () => this.#due(leavesMs, conditions))
  }

  /** The time of something that arrives for certain and after all that was sent before it, ms. */
  lastArrival(nowMs: number, conditions: LinkConditions, lateMs = 0): number {
    this.#lastDueMs = Math.max(this.#due(nowMs, conditions) + lateMs, this.#lastDueMs)
    return this.#lastDueMs
  }

  /**
   * Two states, one of which loses everything (E. N. Gilbert, Capacity of a Burst-Noise Channel, 1960), with chances of
   * changing such that `lossShare` are lost, `lossBurst` in a row in the mean.
   */
  #loses({ lossShare, lossBurst }: LinkConditions): boolean {
    const drawn = this.#random()
    if (lossBurst <= 1 || lossShare <= 0 || lossShare >= 1) return drawn < lossShare
    const leaves = 1 / lossBurst
    this.#inBurst = this.#inBurst ? drawn >= leaves : drawn < (leaves * lossShare) / (1 - lossShare)
    return this.#inBurst
  }

  #due(nowMs: number, conditions: LinkConditions): number {
    const dueMs = nowMs + Math.max(DELAY_MS_MIN, conditions.delayMs + this.#random() * conditions.jitterMs)
    this.#lastDueMs = Math.max(this.#lastDueMs, dueMs)
    return dueMs
  }
}

/** Evenly distributed numbers in [0, 1) from any integer: Marsaglia, Xorshift RNGs, 2003, triple (13, 17, 5). */
export function randomFrom(seed: number): () => number {
  // Spread small seeds over the bits, and never start at 0, where the generator stays
  let state = Math.imul(seed, 0x9e3779b1) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
