/**
 * Watches whether a realm's thread makes progress: the thread counts its steps in shared memory, and the main thread
 * reads the count. A thread in an endless loop receives no messages, so only another thread can end it. Time is the
 * thread's processor time if the system reports it, because a loaded machine is not an endless loop.
 */
import { Effect, Schedule } from 'effect'
import type { Pulse } from '../both-threads/pulse.ts'
import { hasWorkedTooLong } from '../both-threads/thread-time.ts'

/**
 * Time between looks of the main thread, ms. The clock is counted in looks, so it stops while the process is stopped or
 * the machine sleeps.
 */
export const LOOK_MS = 50

export interface WatchdogOptions {
  readonly pulse: Pulse
  /** Maximum time of one step, ms. By the clock it is CLOCK_TIMES as much. */
  readonly stepMsMax: number
  /** The same between two steps, for the start or a write to a slow disk. */
  pauseMsMax(): number
}

/** Looks until `look` has found something; succeeds with it. */
const untilFound = (look: () => string | null): Effect.Effect<string> =>
  Effect.sync(look).pipe(
    Effect.repeat({ schedule: Schedule.spaced(LOOK_MS), until: (found) => found !== null }),
    Effect.delay(LOOK_MS),
    Effect.map(String),
  )

/** Looks until the thread is stuck; succeeds with what took too long. */
export const untilStuck = (options: WatchdogOptions): Effect.Effect<string> =>
  Effect.suspend(() => {
    const watchdog = new Watchdog(options)
    return untilFound(() => watchdog.look())
  })

/** Looks until the thread has worked longer than `msMax` on `what`, whatever progress it makes; succeeds with that. */
export const untilSpent = (pulse: Pulse, msMax: number, what: string): Effect.Effect<string> =>
  Effect.suspend(() => {
    const time = new ThreadTime(pulse)
    return untilFound(() => {
      time.look()
      return time.exceeds(msMax) ? `${what} took more than ${msMax / 1_000} s` : null
    })
  })

/** Time that a thread has worked since a look. */
class ThreadTime {
  readonly #pulse: Pulse
  #looks = 0
  #cpuAtMs: number | null = null

  constructor(pulse: Pulse) {
    this.#pulse = pulse
  }

  /** Time begins at the next look. */
  restart(): void {
    this.#looks = 0
  }

  look(): void {
    if (this.#looks === 0) this.#cpuAtMs = this.#pulse.cpuMs()
    this.#looks++
  }

  get clockMs(): number {
    return this.#looks * LOOK_MS
  }

  exceeds(msMax: number): boolean {
    // Reads the system's file only if the answer may be yes.
    if (this.clockMs <= msMax) return false
    return hasWorkedTooLong({ clockMs: this.clockMs, cpuMs: [this.#cpuAtMs, this.#pulse.cpuMs()] }, msMax)
  }
}

export class Watchdog {
  readonly #options: WatchdogOptions
  readonly #time: ThreadTime
  #count: number

  constructor(options: WatchdogOptions) {
    this.#options = options
    this.#time = new ThreadTime(options.pulse)
    this.#count = options.pulse.count
  }

  /** What took too long; null: nothing. */
  look(): string | null {
    const { pulse, pauseMsMax, stepMsMax } = this.#options
    const { count, tick } = pulse
    if (count !== this.#count) this.#time.restart()
    this.#count = count
    this.#time.look()
    if (count % 2 !== 0)
      return this.#time.exceeds(stepMsMax) ? `the step of tick ${tick} took more than ${stepMsMax / 1_000} s` : null
    return this.#time.exceeds(pauseMsMax())
      ? `it made no progress for ${this.#time.clockMs / 1_000} s after tick ${tick}`
      : null
  }
}
