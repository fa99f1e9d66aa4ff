/** The HTTP edge: where requests run Effects, and where they call plain code. */
import { Effect } from 'effect'
import { HttpError } from '../../http/http.ts'

/** Runs an effect for a request; rejects with its error as it was made. */
export type RunEffect = <T>(effect: Effect.Effect<T, unknown>) => Promise<T>

/** An HttpError that `work` throws or rejects with becomes the failure; any other exception is a defect. */
export const attempt = <T>(work: () => T | Promise<T>): Effect.Effect<T, HttpError> =>
  Effect.tryPromise({ try: async () => work(), catch: (error) => error }).pipe(
    Effect.catch((error) => (error instanceof HttpError ? Effect.fail(error) : Effect.die(error))),
  )

/** Runs with the loggers and clock of the fiber that makes it. */
export const effectRunner: Effect.Effect<RunEffect> = Effect.map(
  Effect.context(),
  (context) => (effect) => Effect.runPromiseWith(context)(effect),
)
