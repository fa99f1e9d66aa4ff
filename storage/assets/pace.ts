/** Whoever sends or takes bytes too slowly is cut off, by what moved and not by the time that all of it needs. */

import type { Pace } from './limits.ts'

/** Calls `onSlow` once, where too few bytes moved. Returns what ends the watch. */
export function watchPace(moved: () => number, { windowMs, bytesMin }: Pace, onSlow: () => void): () => void {
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
