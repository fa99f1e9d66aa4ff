/** Measures the parts of a tick: each lap assigns the time since the last one to a part. */
import { TICK_PARTS, type TickPart } from './families.ts'

/** Assigns time to parts. */
export interface Laps {
  /** Assigns the time since the last lap to this part. */
  lap(part: TickPart): void
}

export const NO_LAPS: Laps = { lap: () => undefined }

const INDEX = Object.fromEntries(TICK_PARTS.map((part, i) => [part, i])) as Record<TickPart, number>

export class TickSplit implements Laps {
  readonly #nowMs: () => number
  readonly #spentMs = new Float64Array(TICK_PARTS.length)
  #lastMs = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  begin(): void {
    this.#spentMs.fill(0)
    this.#lastMs = this.#nowMs()
  }

  lap(part: TickPart): void {
    const nowMs = this.#nowMs()
    const index = INDEX[part]
    this.#spentMs[index] = (this.#spentMs[index] ?? 0) + nowMs - this.#lastMs
    this.#lastMs = nowMs
  }

  /** Calls `take` with the milliseconds of each part. */
  end(take: (index: number, ms: number) => void): void {
    for (let i = 0; i < this.#spentMs.length; i++) take(i, this.#spentMs[i] ?? 0)
  }
}
