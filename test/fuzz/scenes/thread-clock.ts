/**
 * Processor time of this thread, ms: a step costs the same on a busy machine. If the system does not report it, the
 * wall clock replaces it.
 */
import { openSync, readSync } from 'node:fs'
import { parseCpuMs } from '../../../server/both-threads/thread-time.ts'

/** The fields of a thread's /proc entry: nanoseconds on a processor, nanoseconds waiting, turns. */
const ENTRY_BYTES = 64

function open(): number | null {
  try {
    return openSync('/proc/thread-self/schedstat', 'r')
  } catch {
    return null
  }
}

export function threadClock(): () => number {
  const entry = open()
  const bytes = Buffer.alloc(ENTRY_BYTES)
  if (entry === null) return () => performance.now()
  return () => parseCpuMs(bytes.toString('latin1', 0, readSync(entry, bytes, 0, ENTRY_BYTES, 0))) ?? performance.now()
}
