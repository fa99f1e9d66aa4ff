/**
 * The pulse of a realm's thread: it counts its steps in shared memory, and the main thread's watchdog reads the count
 * (server/host/watchdog.ts).
 */
import type { Simulation } from '../../replay/index.ts'
import { ownThreadId, threadCpuMs } from './thread-time.ts'

/** Counter of step beginnings and ends (odd: in a step), the tick being stepped, the operating system's thread id. */
const SLOTS = 3

export class Pulse {
  readonly buffer: SharedArrayBuffer
  readonly #slots: Int32Array

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(4 * SLOTS)) {
    this.buffer = buffer
    this.#slots = new Int32Array(buffer)
  }

  /** Call it in the thread to watch. */
  registerThread(): void {
    Atomics.store(this.#slots, 2, ownThreadId() ?? 0)
  }

  /** Processor time of the thread so far, ms: 0 until it has registered, null if the system does not report it. */
  cpuMs(): number | null {
    const thread = Atomics.load(this.#slots, 2)
    if (thread === 0) return threadCpuMs() === null ? null : 0
    return threadCpuMs(thread)
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
