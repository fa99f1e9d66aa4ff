/** Rate limits by key: a burst, then a rate per second. */
import { LruMap } from './lru-map.ts'
import { TokenBucket } from './token-bucket.ts'

/** One bucket per key, for at most `keysMax` keys. The least recently used bucket is forgotten first. */
export function bucketsByKey(
  burst: number,
  perSecond: number,
  keysMax: number,
): { take(key: string, nowMs: number): boolean } {
  const buckets = new LruMap<string, TokenBucket>(keysMax)
  return {
    take: (key, nowMs) => {
      const found = buckets.get(key) ?? new TokenBucket(perSecond, burst, nowMs)
      buckets.set(key, found)
      return found.take(1, nowMs)
    },
  }
}
