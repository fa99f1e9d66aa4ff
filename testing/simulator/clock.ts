/** The one clock of a simulated world: time passes from one due thing to the next, and only when the world says so. */

interface Due {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

export class VirtualClock {
  nowMs: number
  /** In the order of their times; what was asked for first comes first among equals. */
  readonly #due: Due[] = []
  #order = 0
  readonly #holds = new Set<Promise<unknown>>()

  constructor(startMs: number) {
    this.nowMs = startMs
  }

  /** When something is due next, ms; Infinity: nothing is. */
  get nextDueMs(): number {
    return this.#due[0]?.atMs ?? Infinity
  }

  /** Calls `run` at `atMs`, or as soon as may be where that has passed; unless the returned function is called before. */
  at(atMs: number, run: () => void): () => void {
    const entry: Due = { atMs: Math.max(atMs, this.nowMs), order: this.#order++, run }
    const later = this.#due.findIndex((other) => other.atMs > entry.atMs)
    this.#due.splice(later < 0 ? this.#due.length : later, 0, entry)
    return () => {
      const index = this.#due.indexOf(entry)
      if (index >= 0) this.#due.splice(index, 1)
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.at(this.nowMs + ms, resolve)
    })
  }

  /** Time stands still until this has come to its end: work of the machine that the simulator runs on, such as unpacking. */
  hold(work: Promise<unknown>): void {
    const release = (): void => void this.#holds.delete(ended)
    const ended: Promise<void> = work.then(release, release)
    this.#holds.add(ended)
  }

  /** Resolves when nothing holds the clock. */
  async held(): Promise<void> {
    while (this.#holds.size > 0) await Promise.all(this.#holds)
  }

  /** Runs the next thing that is due now; false: nothing is. */
  runNext(): boolean {
    const next = this.#due[0]
    if (next === undefined || next.atMs > this.nowMs) return false
    this.#due.shift()
    next.run()
    return true
  }
}

/** Lets everything that waits for a promise go on until nothing can any more. No time passes, neither here nor there. */
export const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })
