/** Rates by key: so much at once, so much a second after that. */
import { TokenBucket } from './token-bucket.ts'

/** One bucket per key, for at most `keysMax` keys: the one unused for longest is forgotten. */
export function bucketsByKey(
  burst: number,
  perSecond: number,
  keysMax: number,
): { take(key: string, nowMs: number): boolean } {
  const buckets = new Map<string, TokenBucket>()
  return {
    take: (key, nowMs) => {
      const found = buckets.get(key) ?? new TokenBucket(perSecond, burst, nowMs)
      buckets.delete(key)
      buckets.set(key, found)
      const oldest = buckets.keys().next()
      if (buckets.size > keysMax && !oldest.done) buckets.delete(oldest.value)
      return found.take(1, nowMs)
    },
  }
}
