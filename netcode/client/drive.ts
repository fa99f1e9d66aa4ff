/** A timer for clients that draw no frames. */

/** An object that needs to know that time passes. */
export interface Driven {
  update(nowMs?: number): void
}

/** 60 times a second, so that inputs leave within 17 ms. */
const INTERVAL_MS = 16

/** Calls `update` until the returned function is called. Several clients share one timer. */
export function drive(clients: Iterable<Driven>, intervalMs: number = INTERVAL_MS): () => void {
  const timer = setInterval(() => {
    for (const client of clients) client.update()
  }, intervalMs)
  return () => clearInterval(timer)
}
