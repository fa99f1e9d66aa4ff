/** An Effect clock whose sleeps end at the next turn of the event loop, for tests of retries and timeouts. */
import { Clock, Duration, Effect } from 'effect'

export interface InstantClock {
  readonly clock: Clock.Clock
  /** All sleeps so far, ms. */
  readonly sleeps: readonly number[]
  /** Runs an effect on this clock; rejects with its original error. */
  run<A>(effect: Effect.Effect<A, unknown>): Promise<A>
}

/** `onSleep`: called with each sleep, ms. If it returns false, that sleep never ends. */
export function instantClock(onSleep: (ms: number) => boolean | void = () => undefined): InstantClock {
  const sleeps: number[] = []
  let ms = 0
  const nanos = (): bigint => BigInt(Math.round(ms)) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => ms,
    currentTimeMillis: Effect.sync(() => ms),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) =>
      Effect.suspend(() => {
        const length = Duration.toMillis(duration)
        sleeps.push(length)
        if (onSleep(length) === false) return Effect.never
        return Effect.callback<void>((resume) => {
          const timer = setImmediate(() => {
            ms += length
            resume(Effect.void)
          })
          return Effect.sync(() => clearImmediate(timer))
        })
      }),
  }
  return {
    clock,
    sleeps,
    run: (effect) => Effect.runPromise(Effect.provideService(effect, Clock.Clock, clock)),
  }
}
