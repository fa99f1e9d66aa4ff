/**
 * Transactions: SERIALIZABLE, retried within limits after a conflict with another transaction or a broken connection.
 */
import { Duration, Effect, Schedule } from 'effect'
import type { ArchiveError } from './archive.ts'
import { archiveError, classify, failed } from './classify.ts'
import { SqlFault, type SqlConnection, type SqlSession } from './connection.ts'
import { ATTEMPTS_MAX, BACK_OFF_MS, BACK_OFF_MS_MAX, LOST_ATTEMPTS_MAX, WAITING_MAX } from './limits.ts'
import { STATEMENTS } from './statements.ts'

export interface TransactionsOptions {
  /** Returns 0 to 1, for the jitter of pauses. */
  random?(): number
  /** Called before a transaction is retried. */
  onRetry?(verdict: 'again' | 'lost'): void
}

/**
 * `once`: a second run would give a wrong answer, so the transaction is not retried if the first may have been
 * committed.
 */
export type Repeatability = 'repeatable' | 'once'

/** A failed attempt. `committing`: the commit was already sent. */
interface Failure {
  readonly error: unknown
  readonly committing: boolean
}

export class Transactions {
  readonly #connection: SqlConnection
  readonly #options: TransactionsOptions
  readonly #backOff: Schedule.Schedule<unknown>
  #waiting = 0

  constructor(connection: SqlConnection, options: TransactionsOptions = {}) {
    this.#connection = connection
    this.#options = options
    const { random = Math.random } = options
    this.#backOff = Schedule.exponential(BACK_OFF_MS).pipe(
      Schedule.modifyDelay(({ duration }) =>
        Effect.sync(() => Math.min(BACK_OFF_MS_MAX, Duration.toMillis(duration)) * (0.5 + random())),
      ),
    )
  }

  get where(): string {
    return this.#connection.where
  }

  /**
   * Runs `work` in a transaction. Each attempt begins on a state without the effects of earlier ones. Interruption
   * cancels the running statement and rolls the transaction back.
   */
  run<T>(
    work: (sql: SqlSession) => Promise<T>,
    repeatability: Repeatability = 'repeatable',
  ): Effect.Effect<T, ArchiveError> {
    return Effect.suspend(() => {
      if (this.#waiting >= WAITING_MAX)
        return Effect.fail(failed('away', `${WAITING_MAX} transactions already wait for the database`, this.where))
      this.#waiting++
      return this.#attempt(work).pipe(
        Effect.retry({ schedule: this.#backOff, while: this.#isWorthRetrying(repeatability) }),
        Effect.mapError(({ error }) => archiveError(error, this.where)),
        Effect.ensuring(Effect.sync(() => this.#waiting--)),
      )
    })
  }

  /** Counts the attempts of one run. */
  #isWorthRetrying(repeatability: Repeatability): (failure: Failure) => boolean {
    let attempts = 0
    let lost = 0
    return ({ error, committing }) => {
      attempts++
      const verdict = classify(error)
      if (verdict === 'lost') lost++
      if (verdict !== 'lost' && verdict !== 'again') return false
      const isUnknown = verdict === 'lost' && committing && repeatability === 'once'
      if (isUnknown || (verdict === 'again' ? attempts >= ATTEMPTS_MAX : lost >= LOST_ATTEMPTS_MAX)) return false
      this.#options.onRetry?.(verdict)
      return true
    }
  }

  #attempt<T>(work: (sql: SqlSession) => Promise<T>): Effect.Effect<T, Failure> {
    return Effect.suspend(() => {
      let committing = false
      return Effect.tryPromise({
        try: (signal) =>
          this.#connection.session(async (sql) => {
            await sql.query(STATEMENTS.begin)
            const result = await rolledBackOnError(sql, async () => {
              const value = await work(interruptible(sql, signal))
              refuseInterrupted(signal)
              return value
            })
            committing = true
            await rolledBackOnError(sql, () => sql.query(STATEMENTS.commit))
            return result
          }, signal),
        catch: (error): Failure => ({ error, committing }),
      })
    })
  }
}

/** Throws if nobody waits for the transaction any more. */
function refuseInterrupted(signal: AbortSignal): void {
  if (signal.aborted) throw new SqlFault('refused', 'the transaction was given up', { state: '57014' })
}

/** Begins no statement after the signal. */
const interruptible = (sql: SqlSession, signal: AbortSignal): SqlSession => ({
  query: async (statement, values) => {
    refuseInterrupted(signal)
    return sql.query(statement, values)
  },
})

async function rolledBackOnError<T>(sql: SqlSession, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // The database rolls back automatically if the connection broke. A rollback that fails ends the connection.
    if (!(error instanceof SqlFault) || error.kind === 'refused')
      await sql.query(STATEMENTS.rollback).catch(() => undefined)
    throw error
  }
}
