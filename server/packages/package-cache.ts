/** Packages as they were read from the archive: a package is what its hash says, so that none is ever out of date. */
import type { ArchiveService, StoredPackage } from '../../storage/archive/archive.ts'
import { PACKAGES_KNOWN_MAX } from '../limits.ts'
import { inTime } from '../uploads/retry.ts'

const HASH = /^[0-9a-f]{64}$/

export class PackageCache {
  private readonly archive: Pick<ArchiveService, 'package'>
  /** The one used longest ago first. */
  private readonly known = new Map<string, StoredPackage>()

  constructor(archive: Pick<ArchiveService, 'package'>) {
    this.archive = archive
  }

  /** Null: there is none. Throws RouteError `store-away`. */
  async find(hash: string, msMax?: number): Promise<StoredPackage | null> {
    if (!HASH.test(hash)) return null
    const found = this.known.get(hash) ?? (await inTime(this.archive.package(hash), msMax))
    if (found) this.keep(found)
    return found
  }

  private keep(stored: StoredPackage): void {
    this.known.delete(stored.hash)
    this.known.set(stored.hash, stored)
    const oldest = this.known.keys().next()
    if (this.known.size > PACKAGES_KNOWN_MAX && !oldest.done) this.known.delete(oldest.value)
  }
}
