/**
 * Whether a realm's thread gets on: the thread counts its steps in shared memory, the main thread looks at the count. A
 * thread in an endless loop hears no message, and nothing that it does itself could end it.
 */

import { readFileSync, readlinkSync } from 'node:fs'
import type { Simulation } from '../../replay/index.ts'

/** How often the main thread looks, ms. Time is counted in looks: where the whole process was stopped, or the machine slept, it does not pass. */
export const LOOK_MS = 50

/** Count of beginnings and ends (odd: in a step), tick that is stepped, number of the thread in the system. */
const WORDS = 3
/** A step that is given no processor is no endless loop: by the clock it may take so many times as long. */
const CLOCK_TIMES = 4

export class Pulse {
  readonly buffer: SharedArrayBuffer
  readonly #words: Int32Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * WORDS)) {
    this.buffer = buffer
    this.#words = new Int32Array(buffer)
  }

  /** Called in the thread that it is of. */
  enrol(): void {
    try {
      Atomics.store(this.#words, 2, Number(readlinkSync('/proc/thread-self').split('/').at(-1)))
    } catch {
      // Linux alone tells: elsewhere the clock has to do.
    }
  }

  /** Processor time of the thread so far, ms; null where the system does not tell. */
  cpuMs(): number | null {
    const thread = Atomics.load(this.#words, 2)
    if (thread === 0) return null
    try {
      // The first number: time on the processor, nanoseconds.
      return Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]) / 1e6
    } catch {
      return null
    }
  }

  /** The step of a tick begins. */
  begin(tick: number): void {
    Atomics.store(this.#words, 1, tick)
    Atomics.add(this.#words, 0, 1)
  }

  /** It has ended, or thrown. */
  end(): void {
    Atomics.add(this.#words, 0, 1)
  }

  get count(): number {
    return Atomics.load(this.#words, 0)
  }

  /** That is stepped, or was last. */
  get tick(): number {
    return Atomics.load(this.#words, 1)
  }

  /** Another simulation step around it. */
  during<T>(tick: number, step: () => T): T {
    this.begin(tick)
    try {
      return step()
    } finally {
      this.end()
    }
  }
}

/** A simulation each of whose steps shows in the pulse. */
export const watched = <R, S extends Simulation<R>>(
  simulation: S & Simulation<R>,
  pulse: Pulse,
): S & Simulation<R> => ({
  ...simulation,
  step: (realm, frame, onPhase) => pulse.during(frame.tick, () => simulation.step(realm, frame, onPhase)),
})

export interface WatchdogOptions {
  readonly pulse: Pulse
  /** One step may take so long, ms of its thread's processor time where the system tells; a loaded machine is no endless loop. */
  readonly stepMsMax: number
  /** Between two steps so much may pass, ms: starting, a write to a slow disk. */
  pauseMsMax(): number
  /** Called once, with what took too long. */
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
      if (ms > pauseMsMax()) this.#stuck(onStuck, `nothing was heard of it for ${ms / 1_000} s after tick ${tick}`)
      return
    }
    if (this.#looks === 1) this.#cpuAtMs = pulse.cpuMs()
    const usedMs = ms < stepMsMax ? 0 : ms > CLOCK_TIMES * stepMsMax ? ms : this.#usedMs(ms)
    if (usedMs > stepMsMax) this.#stuck(onStuck, `the step of tick ${tick} took more than ${stepMsMax / 1_000} s`)
  }

  /** By the processor since this step was seen first. */
  #usedMs(clockMs: number): number {
    const nowMs = this.#options.pulse.cpuMs()
    return nowMs === null || this.#cpuAtMs === null ? clockMs : nowMs - this.#cpuAtMs
  }

  #stuck(tell: (what: string) => void, what: string): void {
    this.stop()
    tell(what)
  }
}
