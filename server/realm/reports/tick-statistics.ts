/** Percentiles of the time that ticks took, over a window of time. */
import { defined } from '../../../sim/assert.ts'
import type { TickTiming } from '../tick-loop.ts'

export interface TickStatistics {
  readonly tickMsP50: number
  readonly tickMsP99: number
  readonly tickMsMax: number
  /** Since the worker's start. */
  readonly overruns: number
  readonly ticks: number
  /** Total delay of the schedule since the start, ms. */
  readonly delayedMs: number
}

/** Returns the value at `share` of the sorted values (nearest rank), or 0 if there are none. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return 0
  const rank = Math.min(sorted.length, Math.max(1, Math.ceil(share * sorted.length)))
  return defined(sorted[rank - 1], 'a percentile is one of the values')
}

export class TickRecorder {
  readonly #windowMs: number
  readonly #workMs: Float64Array
  readonly #atMs: Float64Array
  #count = 0
  #overruns = 0
  #delayedMs = 0

  /** Keeps the ticks of `windowMs` at `tickRate`. */
  constructor(tickRate: number, windowMs: number) {
    this.#windowMs = windowMs
    const capacity = Math.ceil((tickRate * windowMs) / 1_000)
    this.#workMs = new Float64Array(capacity)
    this.#atMs = new Float64Array(capacity)
  }

  add(timing: TickTiming): void {
    const slot = this.#count % this.#workMs.length
    this.#workMs[slot] = timing.workMs
    this.#atMs[slot] = timing.startedAtMs
    this.#count++
    if (timing.overrun) this.#overruns++
    this.#delayedMs += timing.delayMs
  }

  /** Sorts the window. Call it about once a second. */
  read(nowMs: number): TickStatistics {
    const used = Math.min(this.#count, this.#workMs.length)
    const recent = this.#workMs
      .slice(0, used)
      .filter((_, i) => defined(this.#atMs[i], 'each tick has its time') >= nowMs - this.#windowMs)
      .toSorted()
    return {
      tickMsP50: percentile(recent, 0.5),
      tickMsP99: percentile(recent, 0.99),
      tickMsMax: recent.at(-1) ?? 0,
      overruns: this.#overruns,
      ticks: this.#count,
      delayedMs: this.#delayedMs,
    }
  }
}
