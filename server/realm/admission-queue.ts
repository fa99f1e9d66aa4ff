/**
 * Where players wait to be let in, in the order in which they asked. Each newcomer costs the realm an avatar, everyone
 * a message, and itself the description of the world: a few in a tick keep the tick short, however many come at once.
 */
import { NEWCOMERS_PER_TICK_MAX } from '../limits.ts'

export class AdmissionQueue<T> {
  #waiting: T[] = []
  #left = NEWCOMERS_PER_TICK_MAX

  ask(newcomer: T): void {
    this.#waiting.push(newcomer)
  }

  /** A tick has passed: as many as that may enter again. */
  tick(): void {
    this.#left = NEWCOMERS_PER_TICK_MAX
  }

  /** Those whose turn it is in this tick. `stillWaits`: who has gone meanwhile takes nobody's turn. */
  enter(stillWaits: (newcomer: T) => boolean): readonly T[] {
    const entered: T[] = []
    let seen = 0
    for (; seen < this.#waiting.length && this.#left > 0; seen++) {
      const newcomer = this.#waiting[seen]
      if (newcomer === undefined || !stillWaits(newcomer)) continue
      entered.push(newcomer)
      this.#left--
    }
    if (seen > 0) this.#waiting = this.#waiting.slice(seen)
    return entered
  }
}
