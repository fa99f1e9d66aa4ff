/**
 * Simulates a bad network link from a seed. The in-memory network (memory.ts) and the network of real packets in the
 * end-to-end tests (test/e2e/network/) share this model.
 */

/** Least delay, ms: two ends that answer each other at once must not keep one `advance` busy for ever. */
const DELAY_MS_MIN = 0.1
/** A lost message of an ordered link arrives at least this much later, ms: TCP's smallest retransmission timeout. */
const RESEND_MS_MIN = 200

/** Conditions of one direction of a link. Shares are probabilities, 0 to 1. */
export interface LinkConditions {
  readonly delayMs: number
  /** Additional delay, uniformly distributed up to this; messages of unordered links overtake each other by it. */
  readonly jitterMs: number
  /** 1: a blackout. */
  readonly lossShare: number
  /** Mean length of a run of lost messages; 1: losses are independent. */
  readonly lossBurst: number
  readonly duplicateShare: number
  /** Kilobits a second that the link carries; Infinity: no limit. */
  readonly rateKbps: number
  /** A message that would wait longer for that rate is lost, ms: the length of a router's queue. */
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

/**
 * One direction of a link: computes the arrivals of each message. The same calls with the same `random` give the same
 * times.
 */
export class LossyPath {
  readonly #ordered: boolean
  readonly #random: () => number
  #lastDueMs = 0
  #inBurst = false
  /** When the last bit sent so far has left the sender. */
  #freeMs = 0

  /** `random` is uniformly distributed in [0, 1). On an ordered link loss becomes delay, and nothing is duplicated. */
  constructor(ordered: boolean, random: () => number) {
    this.#ordered = ordered
    this.#random = random
  }

  /** Arrival times of the copies of a message of `bytes`, sent now, ms; none if it is lost. */
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

  /** Arrival time of an event that cannot be lost and arrives after all that was sent before it, ms. */
  lastArrival(nowMs: number, conditions: LinkConditions, lateMs = 0): number {
    this.#lastDueMs = Math.max(this.#due(nowMs, conditions) + lateMs, this.#lastDueMs)
    return this.#lastDueMs
  }

  /**
   * The Gilbert model: two states, one of which loses everything (E. N. Gilbert, Capacity of a Burst-Noise Channel,
   * 1960). Its transition probabilities make `lossShare` of the messages lost, `lossBurst` in a row on average.
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

/**
 * Uniformly distributed numbers in [0, 1) from any integer seed: Marsaglia, Xorshift RNGs, 2003, triple (13, 17, 5).
 */
export function randomFrom(seed: number): () => number {
  // Spread small seeds over the bits, and never start at 0, where the generator stays.
  let state = Math.imul(seed, 0x9e3779b1) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
