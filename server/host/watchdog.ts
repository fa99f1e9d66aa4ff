/**
 * Watches whether a realm's thread makes progress: the thread counts its steps in shared memory, and the main thread
 * reads the count. A thread in an endless loop receives no messages, so only another thread can end it.
 */

import { readFileSync, readlinkSync } from 'node:fs'
import type { Simulation } from '../../replay/index.ts'

/**
 * Time between looks of the main thread, ms. Time is counted in looks, so it stops while the process is stopped or the
 * machine sleeps.
 */
export const LOOK_MS = 50

/** Counter of step beginnings and ends (odd: in a step), the tick being stepped, the operating system's thread id. */
const SLOTS = 3
/** By the clock a step may take this many times as long, because a step without a processor is not an endless loop. */
const CLOCK_TIMES = 4

export class Pulse {
  readonly buffer: SharedArrayBuffer
  readonly #slots: Int32Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * SLOTS)) {
    this.buffer = buffer
    this.#slots = new Int32Array(buffer)
  }

  /** Call it in the thread to watch. */
  registerThread(): void {
    try {
      Atomics.store(this.#slots, 2, Number(readlinkSync('/proc/thread-self').split('/').at(-1)))
    } catch {
      // Only Linux has this file. Elsewhere the clock decides.
    }
  }

  /** Processor time of the thread so far, ms; null if the system does not report it. */
  cpuMs(): number | null {
    const thread = Atomics.load(this.#slots, 2)
    if (thread === 0) return null
    try {
      // The first number is the time on the processor, nanoseconds.
      return Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6
    } catch {
      return null
    }
  }

  /** The step of a tick begins. */
  begin(tick: number): void {
    Atomics.store(this.#slots, 1, tick)
    Atomics.add(this.#slots, 0, 1)
  }

  /** The step has ended or thrown. */
  end(): void {
    Atomics.add(this.#slots, 0, 1)
  }

  get count(): number {
    return Atomics.load(this.#slots, 0)
  }

  /** The tick being stepped, or the last one. */
  get tick(): number {
    return Atomics.load(this.#slots, 1)
  }

  /** Runs a nested simulation step. */
  during<T>(tick: number, step: () => T): T {
    this.begin(tick)
    try {
      return step()
    } finally {
      this.end()
    }
  }
}

/** Wraps a simulation so that the pulse shows each of its steps. */
export const watched = <R, S extends Simulation<R>>(
  simulation: S & Simulation<R>,
  pulse: Pulse,
): S & Simulation<R> => ({
  ...simulation,
  step: (realm, frame, onPhase) => pulse.during(frame.tick, () => simulation.step(realm, frame, onPhase)),
})

export interface WatchdogOptions {
  readonly pulse: Pulse
  /**
   * Maximum time of one step, ms, in processor time of its thread if the system reports it: a loaded machine is not an
   * endless loop.
   */
  readonly stepMsMax: number
  /** Maximum time between two steps, for the start or a write to a slow disk, ms. */
  pauseMsMax(): number
  /** Called once, with a description of what took too long. */
  onStuck(what: string): void
}

export class Watchdog {
  readonly #options: WatchdogOptions
  readonly #timer: NodeJS.Timeout
  #count: number
  #looks = 0
  #cpuAtMs: number | null = null

  constructor(options: WatchdogOptions) {
    this.#options = options
    this.#count = options.pulse.count
    this.#timer = setInterval(() => this.#look(), LOOK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const { pulse, pauseMsMax, onStuck, stepMsMax } = this.#options
    const { count, tick } = pulse
    if (count !== this.#count) this.#looks = 0
    this.#count = count
    this.#looks++
    const ms = this.#looks * LOOK_MS
    if (count % 2 === 0) {
      if (ms > pauseMsMax()) this.#stuck(onStuck, `it made no progress for ${ms / 1_000} s after tick ${tick}`)
      return
    }
    if (this.#looks === 1) this.#cpuAtMs = pulse.cpuMs()
    const usedMs = ms < stepMsMax ? 0 : ms > CLOCK_TIMES * stepMsMax ? ms : this.#usedMs(ms)
    if (usedMs > stepMsMax) this.#stuck(onStuck, `the step of tick ${tick} took more than ${stepMsMax / 1_000} s`)
  }

  /** Processor time since this step was first seen, ms. */
  #usedMs(clockMs: number): number {
    const nowMs = this.#options.pulse.cpuMs()
    return nowMs === null || this.#cpuAtMs === null ? clockMs : nowMs - this.#cpuAtMs
  }

  #stuck(report: (what: string) => void, what: string): void {
    this.stop()
    report(what)
  }
}
