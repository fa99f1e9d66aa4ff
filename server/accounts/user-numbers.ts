/**
 * Ensures that user numbers are unique even if the data directory lost its count but the archive did not. Otherwise new
 * guests would own other users' props.
 */
import { Effect, Fiber, type Scope } from 'effect'
import type { ArchiveService } from '../../storage/archive/archive.ts'
import { inArea } from '../log.ts'
import { STORE_BACK_OFF } from '../store-calls.ts'

export interface UserNumbersParts {
  readonly archive: Pick<ArchiveService, 'newestUserNumber'>
  /** Skips user numbers up to this one. Returns false if none of them would have been assigned. */
  passUsers(number: number): boolean
}

/**
 * Skips the numbers that the archive knows, and retries until the archive answers or the scope ends. The caller waits
 * at most `waitMsMax`, so that logins do not wait for an archive that is away.
 */
export const passKnownUsers = (
  { archive, passUsers }: UserNumbersParts,
  waitMsMax: number,
): Effect.Effect<void, never, Scope.Scope> =>
  archive.newestUserNumber().pipe(
    Effect.retry({ schedule: STORE_BACK_OFF, while: ({ isRetryable }) => isRetryable }),
    Effect.flatMap((newest) =>
      passUsers(newest)
        ? Effect.logWarning(
            `the data directory did not know of the numbers up to ${newest}, which the archive has: new ones come after them`,
          )
        : Effect.void,
    ),
    Effect.catch((error) => Effect.logError('the archive does not answer which numbers are assigned:', error)),
    inArea('users'),
    Effect.forkScoped({ startImmediately: true }),
    Effect.flatMap((fiber) => Fiber.await(fiber).pipe(Effect.timeoutOption(waitMsMax))),
    Effect.asVoid,
  )
