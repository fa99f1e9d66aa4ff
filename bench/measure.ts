/** Timing: wall clock and processor time of repeated calls. */
import { percentile } from '../bots/figures.ts'

export interface TimeSamples {
  readonly wallMs: number[]
  /** Time of the whole process: the engine's own threads (garbage collection, compiling) count too. */
  readonly cpuMs: number[]
}

export const samples = (): TimeSamples => ({ wallMs: [], cpuMs: [] })

/** Runs once and records the time. */
export function timed<T>(into: TimeSamples, run: () => T): T {
  const cpu = process.cpuUsage()
  const start = performance.now()
  const result = run()
  into.wallMs.push(performance.now() - start)
  const used = process.cpuUsage(cpu)
  into.cpuMs.push((used.user + used.system) / 1000)
  return result
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

/** Mean time of a call in ms, over calls repeated for `milliseconds`. */
export function meanMs(milliseconds: number, run: () => void): number {
  for (let i = 0; i < 20; i++) run()
  const start = performance.now()
  let calls = 0
  while (performance.now() - start < milliseconds) {
    run()
    calls++
  }
  return (performance.now() - start) / calls
}
