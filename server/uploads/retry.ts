/** What is asked of the archive and the store of files: with an answer in time, or again until they are back. */
import { setTimeout } from 'node:timers/promises'
import { Cause, Effect, Exit } from 'effect'
import { ArchiveError } from '../../storage/archive/archive.ts'
import { AssetError } from '../../storage/assets/assets.ts'
import { RouteError } from '../http/reply.ts'
import { STORE_ANSWER_MS_MAX, STORE_PATIENCE_MS, STORE_RETRY_MS, STORE_RETRY_MS_MAX } from '../limits.ts'

export type StoreError = ArchiveError | AssetError

export const isStoreError = (error: unknown): error is StoreError =>
  error instanceof ArchiveError || error instanceof AssetError

/** The value, or the error as it was made. */
export async function outcomeOf<T>(effect: Effect.Effect<T, StoreError>): Promise<T> {
  const exit = await Effect.runPromiseExit(effect)
  if (Exit.isSuccess(exit)) return exit.value
  throw Cause.squash(exit.cause)
}

/** For a request: what is away, or does not answer in time, is a 503 with words. */
export async function inTime<T>(effect: Effect.Effect<T, StoreError>, msMax = STORE_ANSWER_MS_MAX): Promise<T> {
  const done = new AbortController()
  const late = setTimeout(msMax, undefined, { signal: done.signal, ref: false }).then(() => {
    throw away('the archive or the store of files does not answer in time')
  })
  // Once the answer is there nobody waits for this one.
  late.catch(() => undefined)
  try {
    return await Promise.race([outcomeOf(effect), late])
  } catch (error) {
    if (!isStoreError(error)) throw error
    const name = error instanceof ArchiveError ? 'the archive' : 'the store of files'
    if (error.isRetryable) throw away(`${name} does not answer at present`, error)
    if (error.reason === 'broken')
      throw new RouteError(
        503,
        'store-away',
        `${name} is damaged`,
        'the server',
        'tell the operator of the server, whose log says what to do',
        { cause: error },
      )
    throw error
  } finally {
    done.abort()
  }
}

const away = (what: string, cause?: StoreError): RouteError =>
  new RouteError(503, 'store-away', what, 'the server', 'try again in a moment', { cause })

export interface Patience {
  readonly patienceMs: number
  nowMs(): number
  /** Ends early, and quietly, when the signal is raised. */
  sleep(ms: number, signal: AbortSignal): Promise<unknown>
  /** Raised where nobody waits for it any more. */
  readonly signal: AbortSignal
  /** Why it takes so long; null: it goes on. */
  say(message: string | null): void
}

export const PATIENCE = {
  patienceMs: STORE_PATIENCE_MS,
  nowMs: () => performance.now(),
  sleep: (ms: number, signal: AbortSignal): Promise<unknown> =>
    setTimeout(ms, undefined, { signal, ref: false }).catch(() => undefined),
}

/** Tries again while the other side is away, as long as the patience lasts; then it throws the last error. */
export async function patiently<T>(patience: Patience, make: () => Effect.Effect<T, StoreError>): Promise<T> {
  const endMs = patience.nowMs() + patience.patienceMs
  for (let waitMs = STORE_RETRY_MS; ; waitMs = Math.min(2 * waitMs, STORE_RETRY_MS_MAX)) {
    try {
      const value = await outcomeOf(make())
      patience.say(null)
      return value
    } catch (error) {
      if (!isStoreError(error) || !error.isRetryable || patience.nowMs() > endMs || patience.signal.aborted) throw error
      patience.say(
        `${error instanceof ArchiveError ? 'The archive' : 'The store of files'} does not answer at present; it is tried again.`,
      )
    }
    await patience.sleep(waitMs, patience.signal)
  }
}
