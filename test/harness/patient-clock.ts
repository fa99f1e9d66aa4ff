/** Longest time that counts between two readings, ms: six steps of `drive`. */
const STEP_MS_MAX = 100

/**
 * A clock for clients in tests. On a busy machine a test's process may not run for seconds, and neither does the server.
 * Its clients would take that time for the server's silence, and give up before they have read what waits for them. This
 * clock stands still meanwhile, so a client gives up only after it ran for SILENCE_MS_MAX without an answer.
 */
export function patientClock(real: () => number = () => performance.now()): () => number {
  let readMs = real()
  let nowMs = readMs
  return () => {
    const ms = real()
    nowMs += Math.min(ms - readMs, STEP_MS_MAX)
    readMs = ms
    return nowMs
  }
}
