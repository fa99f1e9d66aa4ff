/** A cache of packages from the archive. Their hash depends on their content, so entries never become stale. */
import { Effect } from 'effect'
import { LruMap } from '../../http/lru-map.ts'
import type { ArchiveService, StoredPackage } from '../../storage/archive/archive.ts'
import { PACKAGES_KNOWN_MAX } from '../limits.ts'
import type { RouteError } from '../http/reply.ts'
import { inTime, type StoreError } from '../store-calls.ts'

const HASH = /^[0-9a-f]{64}$/

export class PackageCache {
  readonly #archive: Pick<ArchiveService, 'package'>
  readonly #known = new LruMap<string, StoredPackage>(PACKAGES_KNOWN_MAX)

  constructor(archive: Pick<ArchiveService, 'package'>) {
    this.#archive = archive
  }

  /** Succeeds with null if there is none. */
  find(hash: string, msMax?: number): Effect.Effect<StoredPackage | null, RouteError | StoreError> {
    return Effect.suspend(() => {
      if (!HASH.test(hash)) return Effect.succeed(null)
      const found = this.#known.get(hash)
      if (found) return Effect.succeed(found)
      return inTime(this.#archive.package(hash), msMax).pipe(
        Effect.map((stored) => {
          if (stored) this.#known.set(hash, stored)
          return stored
        }),
      )
    })
  }
}
