/** Remembers which package came from which bytes, so that nothing is ingested twice while the server runs. */
import { LruMap } from '../../http/lru-map.ts'
import { INGESTED_KNOWN_MAX } from '../limits.ts'

export class DedupeCache {
  readonly #hashes = new LruMap<string, string>(INGESTED_KNOWN_MAX)

  hashOf(fingerprint: string): string | null {
    return this.#hashes.get(fingerprint) ?? null
  }

  put(fingerprint: string, hash: string): void {
    this.#hashes.set(fingerprint, hash)
  }
}
