/** Calls of the archive and the file store: with a time limit, or retried until they succeed. */
import { Duration, Effect, Schedule } from 'effect'
import { ArchiveError } from '../storage/archive/archive.ts'
import { AssetError } from '../storage/assets/assets.ts'
import { RouteError } from './http/reply.ts'
import { STORE_ANSWER_MS_MAX, STORE_PATIENCE_MS, STORE_RETRY_MS, STORE_RETRY_MS_MAX } from './limits.ts'

export type StoreError = ArchiveError | AssetError

export const isStoreError = (error: unknown): error is StoreError =>
  error instanceof ArchiveError || error instanceof AssetError

/** Pauses between retries of a call: doubled from STORE_RETRY_MS up to STORE_RETRY_MS_MAX. */
export const STORE_BACK_OFF = Schedule.exponential(STORE_RETRY_MS).pipe(
  Schedule.modifyDelay(({ duration }) => Effect.succeed(Duration.min(duration, Duration.millis(STORE_RETRY_MS_MAX)))),
)

/** For a request: a store that is away, or too slow, gives a 503. A call that takes longer is interrupted. */
export const inTime = <T, E extends StoreError>(
  call: Effect.Effect<T, E>,
  msMax = STORE_ANSWER_MS_MAX,
): Effect.Effect<T, RouteError | E> =>
  call.pipe(
    Effect.mapError((error) => refusalOf(error) ?? error),
    Effect.timeoutOrElse({
      duration: msMax,
      orElse: () => Effect.fail(away('the archive or the store of files does not answer in time')),
    }),
  )

/** Null: the store has answered; the caller knows what its error means. */
function refusalOf(error: StoreError): RouteError | null {
  const name = nameOf(error)
  if (error.isRetryable) return away(`${name} does not answer at present`, error)
  if (error.reason !== 'broken') return null
  return new RouteError({
    reason: 'store-away',
    message: `${name} is damaged`,
    where: 'the server',
    fix: 'tell the operator of the server, whose log says what to do',
    cause: error,
  })
}

const nameOf = (error: StoreError): string => (error instanceof ArchiveError ? 'the archive' : 'the store of files')

const away = (what: string, cause?: StoreError): RouteError =>
  new RouteError({ reason: 'store-away', message: what, where: 'the server', fix: 'try again in a moment', cause })

/**
 * Retries a call while its store is away, for STORE_PATIENCE_MS. `report` gets the reason of the wait, and null once it
 * continues.
 */
export const retryWhileAway = <T>(
  call: Effect.Effect<T, StoreError>,
  report: (message: string | null) => void,
): Effect.Effect<T, StoreError> =>
  call.pipe(
    Effect.tapError((error) =>
      Effect.sync(() => {
        const name = error instanceof ArchiveError ? 'The archive' : 'The store of files'
        if (error.isRetryable) report(`${name} does not answer at present; it is tried again.`)
      }),
    ),
    Effect.retry({
      schedule: STORE_BACK_OFF.pipe(Schedule.upTo({ duration: STORE_PATIENCE_MS })),
      while: ({ isRetryable }) => isRetryable,
    }),
    Effect.tap(() => Effect.sync(() => report(null))),
  )
