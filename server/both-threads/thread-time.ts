/**
 * Processor time of threads. Only Linux reports it: Documentation/scheduler/sched-stats.rst, /proc/<pid>/schedstat. Its
 * first number is the time on the processor, in nanoseconds.
 */
import { readFileSync, readlinkSync } from 'node:fs'

/**
 * By the clock, work may take this many times its limit of processor time. A thread that waits for a processor does not
 * hang, but a thread that waits for ever must end some time.
 */
export const CLOCK_TIMES = 8

/** The operating system's id of the calling thread; null if the system does not report it. */
export function ownThreadId(): number | null {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return null
  }
}

/**
 * Processor time of a thread of this process so far, ms. `thread`: its id in the operating system, or the calling thread
 * by default. Null if the system does not report it; a kernel without these statistics reports zeros.
 */
export function threadCpuMs(thread?: number): number | null {
  const entry = thread === undefined ? 'thread-self' : `self/task/${thread}`
  try {
    return parseCpuMs(readFileSync(`/proc/${entry}/schedstat`, 'utf8'))
  } catch {
    return null
  }
}

/** The first number of a schedstat entry, in ms; null if it is not a positive number. */
export function parseCpuMs(text: string): number | null {
  const ms = Number.parseInt(text, 10) / 1e6
  return ms > 0 ? ms : null
}

/** How long a thread has run since some moment. */
export interface Worked {
  readonly clockMs: number
  /** Processor time at that moment and now; null if the system does not report it. */
  readonly cpuMs: readonly [atStart: number | null, now: number | null]
}

/**
 * True if a thread has worked longer than `msMax`: by its processor time, or by the clock if that is unknown or
 * CLOCK_TIMES the limit.
 */
export function hasWorkedTooLong({ clockMs, cpuMs: [atStart, now] }: Worked, msMax: number): boolean {
  if (clockMs <= msMax) return false
  return atStart === null || now === null || clockMs > CLOCK_TIMES * msMax || now - atStart > msMax
}
