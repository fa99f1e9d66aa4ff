/**
 * When ticks run: on an absolute schedule, start + n × period, so that no error adds up. A tick that took too long
 * makes the next ones run back to back until the schedule is met again; behind by more than `catchUpMsMax` the
 * schedule itself moves. No tick is ever skipped.
 */

export interface TickTimer {
  nowMs(): number
  /** Resolves at `atMs` or shortly after, and lets other events of the process run before; at once when it has passed. */
  until(atMs: number): Promise<void>
}

export interface TickTiming {
  readonly startedAtMs: number
  /** How far behind its schedule the tick began. */
  readonly lateMs: number
  /** How long its work took. */
  readonly workMs: number
  /** The work took longer than a period. */
  readonly overrun: boolean
  /** By how much the schedule moved after this tick; 0: it holds. */
  readonly delayMs: number
}

export interface TickLoopOptions {
  readonly tickRate: number
  readonly catchUpMsMax: number
  readonly timer: TickTimer
  /** The work of one tick. What it throws ends the loop and rejects `run`. */
  tick(): void
  onTiming(timing: TickTiming): void
}

export class TickLoop {
  readonly #options: TickLoopOptions
  #stopping = false

  constructor(options: TickLoopOptions) {
    this.#options = options
  }

  /** Ticks until `stop`; resolves after the last tick. The first tick is one period from now. */
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

  /** Lets the tick that runs end; none follows. */
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

/** `setTimeout` fires up to a good millisecond late: what remains is slept on a shared array, precise to about 0.1 ms. */
const FINE_WAIT_MS = 2

/**
 * A timer for a worker thread that does nothing but tick: it sleeps the last two milliseconds without serving events,
 * and so must not be used in a thread that serves others.
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
