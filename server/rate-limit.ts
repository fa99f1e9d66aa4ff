/** Token buckets: so much at once, so much a second after that. */

export interface Bucket {
  /** Takes `amount` if it is there. */
  take(amount: number, nowMs: number): boolean
}

export function bucket(burst: number, perSecond: number, nowMs: number): Bucket {
  let level = burst
  let atMs = nowMs
  return {
    take: (amount, now) => {
      level = Math.min(burst, level + (Math.max(0, now - atMs) * perSecond) / 1_000)
      atMs = now
      if (level < amount) return false
      level -= amount
      return true
    },
  }
}

/** One bucket per key, for at most `keysMax` keys: the one unused for longest is forgotten. */
export function bucketsByKey(burst: number, perSecond: number, keysMax: number): { take(key: string, nowMs: number): boolean } {
  const buckets = new Map<string, Bucket>()
  return {
    take: (key, nowMs) => {
      const found = buckets.get(key) ?? bucket(burst, perSecond, nowMs)
      buckets.delete(key)
      buckets.set(key, found)
      const oldest = buckets.keys().next()
      if (buckets.size > keysMax && !oldest.done) buckets.delete(oldest.value)
      return found.take(1, nowMs)
    },
  }
}
