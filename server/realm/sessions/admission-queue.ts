/**
 * Queue of players who wait to be admitted, first come, first served. Each new player costs the realm an avatar, every
 * client a message, and the player itself the description of the world. Admitting a few in each tick keeps ticks short.
 */
import { NEWCOMERS_PER_TICK_MAX } from '../../limits.ts'

export class AdmissionQueue<T> {
  #waiting: T[] = []
  /** Number of players that may still be admitted in this tick. */
  #left = NEWCOMERS_PER_TICK_MAX

  enqueue(newcomer: T): void {
    this.#waiting.push(newcomer)
  }

  /** Allows NEWCOMERS_PER_TICK_MAX more. What was left of the tick before is not added. */
  startTick(): void {
    this.#left = NEWCOMERS_PER_TICK_MAX
  }

  /**
   * Returns those whose turn it is. A newcomer for whom `isWaiting` returns false is dropped and takes nobody's turn.
   */
  admit(isWaiting: (newcomer: T) => boolean): readonly T[] {
    const admitted: T[] = []
    let seen = 0
    for (const newcomer of this.#waiting) {
      if (this.#left === 0) break
      seen++
      if (!isWaiting(newcomer)) continue
      admitted.push(newcomer)
      this.#left--
    }
    if (seen > 0) this.#waiting = this.#waiting.slice(seen)
    return admitted
  }
}
