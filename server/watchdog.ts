/**
 * Whether a realm's thread gets on: the thread counts its steps in shared memory, the main thread looks at the count. A
 * thread in an endless loop hears no message, and nothing that it does itself could end it.
 */

/** How often the main thread looks, ms. Time is counted in looks: where the whole process was stopped, or the machine slept, it does not pass. */
export const LOOK_MS = 50

/** Count of beginnings and ends (odd: in a step), tick that is stepped. */
const WORDS = 2

export class Pulse {
  readonly buffer: SharedArrayBuffer
  private readonly words: Int32Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * WORDS)) {
    this.buffer = buffer
    this.words = new Int32Array(buffer)
  }

  /** The step of a tick begins. */
  begin(tick: number): void {
    Atomics.store(this.words, 1, tick)
    Atomics.add(this.words, 0, 1)
  }

  /** It has ended, or thrown. */
  end(): void {
    Atomics.add(this.words, 0, 1)
  }

  get count(): number {
    return Atomics.load(this.words, 0)
  }

  /** That is stepped, or was last. */
  get tick(): number {
    return Atomics.load(this.words, 1)
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

export interface WatchdogOptions {
  readonly pulse: Pulse
  /** One step may take so long, ms. */
  readonly stepMsMax: number
  /** Between two steps so much may pass, ms: starting, a write to a slow disk. */
  pauseMsMax(): number
  /** Called once, with what took too long. */
  onStuck(what: string): void
}

export class Watchdog {
  private readonly options: WatchdogOptions
  private readonly timer: NodeJS.Timeout
  private count: number
  private looks = 0

  constructor(options: WatchdogOptions) {
    this.options = options
    this.count = options.pulse.count
    this.timer = setInterval(() => this.look(), LOOK_MS)
  }

  stop(): void {
    clearInterval(this.timer)
  }

  private look(): void {
    const { pulse, stepMsMax, pauseMsMax, onStuck } = this.options
    const { count, tick } = pulse
    if (count !== this.count) this.looks = 0
    this.count = count
    this.looks++
    const ms = this.looks * LOOK_MS
    const isInStep = count % 2 !== 0
    if (ms <= (isInStep ? stepMsMax : pauseMsMax())) return
    this.stop()
    onStuck(isInStep ? `the step of tick ${tick} took more than ${stepMsMax / 1_000} s` : `nothing was heard of it for ${ms / 1_000} s after tick ${tick}`)
  }
}
