/** A rate limit with bursts: holds `capacity` tokens and gains `perSecond`. */
export class TokenBucket {
  readonly #perSecond: number
  readonly #capacity: number
  #tokens: number
  #atMs: number

  constructor(perSecond: number, capacity: number, nowMs: number) {
    this.#perSecond = perSecond
    this.#capacity = capacity
    this.#tokens = capacity
    this.#atMs = nowMs
  }

  /** Tokens available now. A clock that goes back adds none. */
  available(nowMs: number): number {
    if (nowMs > this.#atMs) {
      this.#tokens = Math.min(this.#capacity, this.#tokens + ((nowMs - this.#atMs) * this.#perSecond) / 1_000)
      this.#atMs = nowMs
    }
    return this.#tokens
  }

  /** Takes `count` tokens if they are available, and returns whether it did. */
  take(count: number, nowMs: number): boolean {
    if (this.available(nowMs) < count) return false
    this.#tokens -= count
    return true
  }

  /** Takes `count` tokens even if they are not available yet. */
  spend(count: number, nowMs: number): void {
    this.available(nowMs)
    this.#tokens -= count
  }
}
