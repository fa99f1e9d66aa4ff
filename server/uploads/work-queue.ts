/** A queue that runs a limited number of jobs at a time, in order of arrival, and tells each waiting job its place. */
import { Effect, Semaphore } from 'effect'

export interface Work {
  readonly run: Effect.Effect<void>
  /** Called when the number of jobs before it changes. */
  moved(before: number): void
}

export class WorkQueue {
  readonly #turns: Semaphore.Semaphore
  readonly #waiting = new Set<Work>()
  #busy = 0

  constructor(atOnceMax: number) {
    this.#turns = Semaphore.makeUnsafe(atOnceMax)
  }

  /** Number of waiting jobs. */
  get length(): number {
    return this.#waiting.size
  }

  get busy(): number {
    return this.#busy
  }

  /** Waits for its turn and runs. */
  run(work: Work): Effect.Effect<void> {
    return Effect.suspend(() => {
      this.#waiting.add(work)
      return this.#turns.withPermit(this.#running(work)).pipe(Effect.ensuring(this.#leave(work)))
    })
  }

  #running(work: Work): Effect.Effect<void> {
    return Effect.acquireUseRelease(
      Effect.andThen(
        this.#leave(work),
        Effect.sync(() => this.#busy++),
      ),
      () => work.run,
      () => Effect.sync(() => this.#busy--),
    )
  }

  #leave(work: Work): Effect.Effect<void> {
    return Effect.sync(() => {
      if (!this.#waiting.delete(work)) return
      for (const [before, each] of [...this.#waiting].entries()) each.moved(before)
    })
  }
}
