/** What a realm that has no recording is brought back from; asked before its worker begins. */
import { Effect } from 'effect'
import { parseProp, type PackagePhysics } from '../../sim/index.ts'
import { ArchiveError, type ArchiveService, type SavedElement } from '../../storage/archive/index.ts'
import { listRecordings } from '../../storage/recordings/index.ts'
import { ServerError } from '../error.ts'
import type { SavedStart } from '../recorder/archive-restore.ts'

/** An archive that is away is waited for so long, ms; to begin without it would be to lose what it has of the realm. */
const ARCHIVE_WAIT_MS_MAX = 30_000
const RETRY_MS = 1_000

export interface SavedStartOptions {
  readonly archive: ArchiveService
  /** Id of the realm, and the directory of its recordings. */
  readonly realm: string
  readonly recordings: string
  readonly log: (line: string) => void
  /** The server ends: no more waiting. */
  isEnding(): boolean
}

/** Null where the realm has recordings, or the archive does not know it. Rejects with ServerError where the archive does not answer. */
export async function savedStart(options: SavedStartOptions): Promise<SavedStart | null> {
  const { archive, realm, recordings } = options
  if ((await listRecordings(recordings, realm)).length > 0) return null
  const saved = await patiently(options, () => Effect.runPromise(archive.savedRealm(realm)))
  if (saved === null) return null
  const { epoch, tick, newestEpoch, elements } = saved
  if (epoch === 0) return { newestEpoch, at: null, elements: [], packages: [] }
  const packages = await patiently(options, () => packagesOf(archive, elements))
  const known = new Set(packages.map(({ hash }) => hash))
  return {
    newestEpoch,
    at: { realm, epoch, tick },
    elements: elements.filter((element) => element.package === null || known.has(element.package)),
    packages,
  }
}

/** Physics of the packages that elements are of; those that are gone, or none of things, are left out. */
async function packagesOf(
  archive: ArchiveService,
  elements: readonly SavedElement[],
): Promise<{ readonly hash: string; readonly physics: PackagePhysics }[]> {
  const hashes = new Set(elements.flatMap((element) => element.package ?? []))
  const found: { readonly hash: string; readonly physics: PackagePhysics }[] = []
  for (const hash of hashes) {
    const physics = (await Effect.runPromise(archive.package(hash)))?.manifest.physics
    if (physics?.kind === 'object' && parseProp(physics.prop)) found.push({ hash, physics })
  }
  return found
}

async function patiently<T>({ realm, log, isEnding }: SavedStartOptions, ask: () => Promise<T>): Promise<T> {
  const endMs = performance.now() + ARCHIVE_WAIT_MS_MAX
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      const isWorthIt = error instanceof ArchiveError && error.isRetryable && performance.now() < endMs && !isEnding()
      if (!isWorthIt) throw noArchive(realm, error)
      if (attempt === 1)
        log(
          `realm: there is no recording, and the archive is away: it is waited for, up to ${ARCHIVE_WAIT_MS_MAX / 1_000} s`,
        )
      await new Promise<void>((resolve) => {
        setTimeout(resolve, RETRY_MS)
      })
    }
  }
}

function noArchive(realm: string, cause: unknown): ServerError {
  const { what, where, fix } =
    cause instanceof ArchiveError
      ? cause
      : {
          what: cause instanceof Error ? cause.message : String(cause),
          where: 'the archive',
          fix: 'start the database',
        }
  return new ServerError({
    reason: 'archive',
    cause,
    where,
    what: `the realm ${realm} has no recording, and the archive, which may have its things, cannot be asked: ${what}`,
    fix: `bring the recordings back; or ${fix}; or name another database with --database-url`,
  })
}
