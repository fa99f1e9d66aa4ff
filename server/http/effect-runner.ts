/** The HTTP edge: where requests run Effects. */
import { Effect } from 'effect'

/** Runs an effect for a request; rejects with its error as it was made. */
export type RunEffect = <T>(effect: Effect.Effect<T, unknown>) => Promise<T>

/** Runs with the loggers and clock of the fiber that makes it. */
export const effectRunner: Effect.Effect<RunEffect> = Effect.map(
  Effect.context(),
  (context) => (effect) => Effect.runPromiseWith(context)(effect),
)
