/** Which package came of which bytes, so that nothing is ingested twice while the server runs. */
import { INGESTED_KNOWN_MAX } from '../limits.ts'

export class DedupeCache {
  /** The one used longest ago first. */
  private readonly hashes = new Map<string, string>()

  hashOf(fingerprint: string): string | null {
    const hash = this.hashes.get(fingerprint)
    if (hash === undefined) return null
    this.put(fingerprint, hash)
    return hash
  }

  put(fingerprint: string, hash: string): void {
    this.hashes.delete(fingerprint)
    this.hashes.set(fingerprint, hash)
    const oldest = this.hashes.keys().next()
    if (this.hashes.size > INGESTED_KNOWN_MAX && !oldest.done) this.hashes.delete(oldest.value)
  }
}
