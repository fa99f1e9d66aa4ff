/** Counts frames and snapshots per second. Pure. */

/** Window of the rates, ms. */
const WINDOW_MS = 2_000

export class Meter {
  #frames: number[] = []
  #counts: { readonly atMs: number; readonly count: number }[] = []

  frame(nowMs: number): void {
    this.#frames.push(nowMs)
    if (this.#frames.length > 600) this.#frames = this.#frames.slice(-300)
  }

  /** Records the number of snapshots so far. */
  snapshots(count: number, nowMs: number): void {
    const last = this.#counts.at(-1)
    // Another client began at 0.
    if (last && count < last.count) this.#counts = []
    const recent = this.#counts.filter(({ atMs }) => atMs >= nowMs - WINDOW_MS)
    // If frames are seconds apart, the previous one still gives a rate.
    this.#counts = [...(recent.length > 0 ? recent : this.#counts.slice(-1)), { atMs: nowMs, count }]
  }

  rates(nowMs: number): { readonly framesPerSecond: number; readonly snapshotsPerSecond: number } {
    const frames = this.#frames.filter((atMs) => atMs > nowMs - WINDOW_MS).length
    const [first, last] = [this.#counts[0], this.#counts.at(-1)]
    const spanMs = first && last ? last.atMs - first.atMs : 0
    return {
      framesPerSecond: (frames * 1_000) / WINDOW_MS,
      snapshotsPerSecond: first && last && spanMs > 0 ? ((last.count - first.count) * 1_000) / spanMs : 0,
    }
  }
}
