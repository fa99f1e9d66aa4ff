/**
 * The tick schedule. Tick n is due at start + n × period, so that errors do not add up. After a tick that took too
 * long, the next ones run back to back until they are on schedule again. If the loop is behind by more than
 * `catchUpMsMax`, the schedule itself moves. No tick is ever skipped.
 */

export interface TickTimer {
  nowMs(): number
  /**
   * Resolves at `atMs` or shortly after. Other events of the process run before it resolves, also when `atMs` has
   * passed.
   */
  until(atMs: number): Promise<void>
}

export interface TickTiming {
  readonly startedAtMs: number
  /** Delay of the start after the due time. */
  readonly lateMs: number
  /** Duration of the work. */
  readonly workMs: number
  /** The work took longer than a period. */
  readonly overrun: boolean
  /** Delay that was added to the schedule after this tick, or 0. */
  readonly delayMs: number
}

export interface TickLoopOptions {
  readonly tickRate: number
  readonly catchUpMsMax: number
  readonly timer: TickTimer
  /** Does the work of one tick. An error ends the loop and rejects `run`. */
  tick(): void
  onTiming(timing: TickTiming): void
}

export class TickLoop {
  readonly #options: TickLoopOptions
  #stopping = false

  constructor(options: TickLoopOptions) {
    this.#options = options
  }

  /** Ticks until `stop`, and resolves after the last tick. The first tick is one period from now. */
  async run(): Promise<void> {
    const { timer, tickRate } = this.#options
    const periodMs = 1_000 / tickRate
    let originMs = timer.nowMs()
    let count = 0
    for (;;) {
      count++
      await timer.until(originMs + count * periodMs)
      if (this.#stopping) return
      const delayMs = this.#tickOnce(originMs + count * periodMs, periodMs)
      originMs += delayMs
    }
  }

  /** Ends the loop after the current tick. */
  stop(): void {
    this.#stopping = true
  }

  #tickOnce(dueMs: number, periodMs: number): number {
    const { timer, catchUpMsMax, tick, onTiming } = this.#options
    const startedAtMs = timer.nowMs()
    tick()
    const endedAtMs = timer.nowMs()
    const behindMs = endedAtMs - (dueMs + periodMs)
    const delayMs = behindMs > catchUpMsMax ? behindMs : 0
    const workMs = endedAtMs - startedAtMs
    onTiming({ startedAtMs, lateMs: Math.max(0, startedAtMs - dueMs), workMs, overrun: workMs > periodMs, delayMs })
    return delayMs
  }
}

/**
 * Time slept on a shared array, which is precise to about 0.1 ms. `setTimeout` fires more than a millisecond late at
 * times.
 */
const FINE_WAIT_MS = 2

/**
 * A timer for a worker thread that only ticks. It blocks the thread for the last two milliseconds of each wait, so do
 * not use it in a thread that serves anything else.
 */
export function preciseTimer(): TickTimer {
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  const nowMs = (): number => performance.now()
  return {
    nowMs,
    until: async (atMs) => {
      const coarseMs = atMs - nowMs() - FINE_WAIT_MS
      await new Promise<void>((resolve) => {
        if (coarseMs >= 1) setTimeout(resolve, Math.floor(coarseMs))
        else setImmediate(resolve)
      })
      const restMs = atMs - nowMs()
      if (restMs > 0) Atomics.wait(sleeper, 0, 0, restMs)
    },
  }
}
