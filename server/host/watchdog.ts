/**
 * Watches whether a realm's thread makes progress: the thread counts its steps in shared memory, and the main thread
 * reads the count. A thread in an endless loop receives no messages, so only another thread can end it.
 */
import { Effect, Schedule } from 'effect'
import type { Pulse } from '../both-threads/pulse.ts'

/**
 * Time between looks of the main thread, ms. Time is counted in looks, so it stops while the process is stopped or the
 * machine sleeps.
 */
export const LOOK_MS = 50
/** By the clock a step may take this many times as long, because a step without a processor is not an endless loop. */
const CLOCK_TIMES = 4

export interface WatchdogOptions {
  readonly pulse: Pulse
  /**
   * Maximum time of one step, ms, in processor time of its thread if the system reports it: a loaded machine is not an
   * endless loop.
   */
  readonly stepMsMax: number
  /** Maximum time between two steps, for the start or a write to a slow disk, ms. */
  pauseMsMax(): number
}

/** Looks until the thread is stuck; succeeds with what took too long. */
export const untilStuck = (options: WatchdogOptions): Effect.Effect<string> =>
  Effect.suspend(() => {
    const watchdog = new Watchdog(options)
    return Effect.sync(() => watchdog.look()).pipe(
      Effect.repeat({ schedule: Schedule.spaced(LOOK_MS), until: (stuck) => stuck !== null }),
      Effect.delay(LOOK_MS),
      Effect.map(String),
    )
  })

export class Watchdog {
  readonly #options: WatchdogOptions
  #count: number
  #looks = 0
  #cpuAtMs: number | null = null

  constructor(options: WatchdogOptions) {
    this.#options = options
    this.#count = options.pulse.count
  }

  /** What took too long; null: nothing. */
  look(): string | null {
    const { pulse, pauseMsMax, stepMsMax } = this.#options
    const { count, tick } = pulse
    if (count !== this.#count) this.#looks = 0
    this.#count = count
    this.#looks++
    const ms = this.#looks * LOOK_MS
    if (count % 2 === 0) return ms > pauseMsMax() ? `it made no progress for ${ms / 1_000} s after tick ${tick}` : null
    if (this.#looks === 1) this.#cpuAtMs = pulse.cpuMs()
    const usedMs = ms < stepMsMax ? 0 : ms > CLOCK_TIMES * stepMsMax ? ms : this.#usedMs(ms)
    return usedMs > stepMsMax ? `the step of tick ${tick} took more than ${stepMsMax / 1_000} s` : null
  }

  /** Processor time since this step was first seen, ms. */
  #usedMs(clockMs: number): number {
    const nowMs = this.#options.pulse.cpuMs()
    return nowMs === null || this.#cpuAtMs === null ? clockMs : nowMs - this.#cpuAtMs
  }
}
