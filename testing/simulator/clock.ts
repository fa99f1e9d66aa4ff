/**
 * The one clock of a simulated world. Time passes from one scheduled callback to the next, and only when the world
 * advances it.
 */

interface Due {
  readonly atMs: number
  readonly order: number
  readonly run: () => void
}

export class VirtualClock {
  nowMs: number
  /** Sorted by time. Callbacks of equal time keep the order in which they were scheduled. */
  readonly #due: Due[] = []
  #order = 0
  readonly #holds = new Set<Promise<unknown>>()

  constructor(startMs: number) {
    this.nowMs = startMs
  }

  /** Time of the next callback, ms; Infinity if there is none. */
  get nextDueMs(): number {
    return this.#due[0]?.atMs ?? Infinity
  }

  /** Calls `run` at `atMs`, or as soon as possible if that has passed. Call the returned function to cancel it. */
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

  /** Time stands still until this work of the host machine, such as decompression, is done. */
  hold(work: Promise<unknown>): void {
    const release = (): void => void this.#holds.delete(ended)
    const ended: Promise<void> = work.then(release, release)
    this.#holds.add(ended)
  }

  /** Resolves when nothing holds the clock. */
  async held(): Promise<void> {
    while (this.#holds.size > 0) await Promise.all(this.#holds)
  }

  /** Runs the next callback that is due now. Returns false if there is none. */
  runNext(): boolean {
    const next = this.#due[0]
    if (next === undefined || next.atMs > this.nowMs) return false
    this.#due.shift()
    next.run()
    return true
  }
}

/** Lets everything that waits for a promise continue until nothing can. No simulated time passes. */
export const settle = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })
