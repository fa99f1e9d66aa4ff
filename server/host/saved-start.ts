/** The saved state of a realm without a recording, read from the archive before its worker starts. */
import { Effect, Schedule } from 'effect'
import { parseProp, type PackagePhysics } from '../../sim/index.ts'
import type { ArchiveError, ArchiveService, SavedElement } from '../../storage/archive/index.ts'
import { listRecordings } from '../../storage/recordings/index.ts'
import { ServerError } from '../error.ts'
import { inArea } from '../log.ts'
import type { SavedStart } from '../both-threads/archive-messages.ts'

/** Time to wait for an archive that is away, ms. Starting without it would lose the realm's saved state. */
const ARCHIVE_WAIT_MS_MAX = 30_000
const RETRY_MS = 1_000

export interface SavedStartOptions {
  readonly archive: ArchiveService
  /** Id of the realm, and the directory of its recordings. */
  readonly realm: string
  readonly recordings: string
}

/**
 * Returns null if the realm has recordings or the archive does not know it. Fails with ServerError if the archive does
 * not answer.
 */
export const savedStart = ({
  archive,
  realm,
  recordings,
}: SavedStartOptions): Effect.Effect<SavedStart | null, ServerError> =>
  Effect.gen(function* () {
    if ((yield* Effect.promise(() => listRecordings(recordings, realm))).length > 0) return null
    const saved = yield* waitingForArchive(realm, archive.savedRealm(realm))
    if (saved === null) return null
    const { epoch, tick, newestEpoch, elements } = saved
    if (epoch === 0) return { newestEpoch, at: null, elements: [], packages: [] }
    const packages = yield* waitingForArchive(realm, packagesOf(archive, elements))
    const known = new Set(packages.map(({ hash }) => hash))
    return {
      newestEpoch,
      at: { realm, epoch, tick },
      elements: elements.filter((element) => element.package === null || known.has(element.package)),
      packages,
    }
  })

/** Physics of the elements' packages, except missing packages and those that are not objects. */
const packagesOf = (
  archive: ArchiveService,
  elements: readonly SavedElement[],
): Effect.Effect<{ readonly hash: string; readonly physics: PackagePhysics }[], ArchiveError> =>
  Effect.gen(function* () {
    const hashes = new Set(elements.flatMap((element) => element.package ?? []))
    const found: { readonly hash: string; readonly physics: PackagePhysics }[] = []
    for (const hash of hashes) {
      const physics = (yield* archive.package(hash))?.manifest.physics
      if (physics?.kind === 'object' && parseProp(physics.prop)) found.push({ hash, physics })
    }
    return found
  })

/** Retries while the archive is away, for ARCHIVE_WAIT_MS_MAX. */
function waitingForArchive<T>(realm: string, ask: Effect.Effect<T, ArchiveError>): Effect.Effect<T, ServerError> {
  const isRetryable = (error: ArchiveError): boolean => error.isRetryable
  const log = Effect.logWarning(
    `there is no recording, and the archive is away: waiting for it for up to ${ARCHIVE_WAIT_MS_MAX / 1_000} s`,
  )
  const logFirst = log.pipe(Effect.as(true), Effect.cached)
  return Effect.flatMap(logFirst, (logged) =>
    ask.pipe(
      Effect.tapError((error) => (error.isRetryable ? logged : Effect.void)),
      Effect.retry({
        schedule: Schedule.spaced(RETRY_MS).pipe(Schedule.upTo({ duration: ARCHIVE_WAIT_MS_MAX })),
        while: isRetryable,
      }),
      Effect.mapError((error) => noArchive(realm, error)),
    ),
  ).pipe(inArea('realm'))
}

const noArchive = (realm: string, cause: ArchiveError): ServerError =>
  new ServerError({
    reason: 'archive',
    cause,
    where: cause.where,
    what: `the realm ${realm} has no recording, and the archive, which may have its elements, does not answer: ${cause.what}`,
    fix: `bring the recordings back; or ${cause.fix}; or name another database with --database-url`,
  })
