/** Whoever sends or takes bytes too slowly is cut off, by what moved and not by the time that all of it needs. */

/** Calls `onSlow` once, where within `windowMs` fewer than `bytesMin` bytes moved. Returns what ends the watch. */
export function watchPace(moved: () => number, windowMs: number, bytesMin: number, onSlow: () => void): () => void {
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
