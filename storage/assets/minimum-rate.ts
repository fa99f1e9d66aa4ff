/** Closes connections that send or receive too slowly. A minimum per time window decides, not the total time. */

import type { MinimumRate } from './limits.ts'

/** Calls `onSlow` once if too few bytes moved. Returns a function that ends the watch. */
export function watchRate(moved: () => number, { windowMs, bytesMin }: MinimumRate, onSlow: () => void): () => void {
  let before = moved()
  const timer = setInterval(() => {
    const now = moved()
    if (now - before < bytesMin) {
      clearInterval(timer)
      onSlow()
    }
    before = now
  }, windowMs)
  timer.unref()
  return () => clearInterval(timer)
}
