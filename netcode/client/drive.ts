/** A timer for clients without drawn frames. */

/** Anything that wants to be told that time passes. */
export interface Driven {
  update(nowMs?: number): void
}

/** 60 times a second: inputs leave within 17 ms. */
const INTERVAL_MS = 16

/** Calls `update` until the returned function is called. Several clients share one timer. */
export function drive(clients: Iterable<Driven>, intervalMs: number = INTERVAL_MS): () => void {
  const timer = setInterval(() => {
    for (const client of clients) client.update()
  }, intervalMs)
  return () => clearInterval(timer)
}
