/** Transactions: SERIALIZABLE, tried again where others got in the way or the connection broke, within bounds. */
import { archiveError, classify, failed } from './classify.ts'
import { SqlFault, type SqlConnection, type SqlSession } from './connection.ts'
import { ATTEMPTS_MAX, BACK_OFF_MS, BACK_OFF_MS_MAX, LOST_ATTEMPTS_MAX, WAITING_MAX } from './limits.ts'
import { STATEMENTS } from './statements.ts'

export interface TransactionsOptions {
  /** 0 to 1, for the jitter of pauses. */
  random?(): number
  sleep?(ms: number): Promise<void>
  /** A transaction is about to be tried again. */
  onRetry?(verdict: 'again' | 'lost'): void
}

/** `once`: to do it twice would answer wrongly, so that it is not repeated where nobody knows whether it was done. */
export type Repeatability = 'repeatable' | 'once'

/** What became of an attempt. */
type Attempt<T> =
  | { readonly done: true; readonly value: T }
  | { readonly done: false; readonly error: unknown; readonly committing: boolean }

export class Transactions {
  private readonly connection: SqlConnection
  private readonly options: TransactionsOptions
  private waiting = 0

  constructor(connection: SqlConnection, options: TransactionsOptions = {}) {
    this.connection = connection
    this.options = options
  }

  get where(): string {
    return this.connection.where
  }

  /** Rejects with ArchiveError. `work` is run anew in each attempt, on a state without what earlier ones did. */
  async run<T>(work: (sql: SqlSession) => Promise<T>, repeatability: Repeatability = 'repeatable'): Promise<T> {
    if (this.waiting >= WAITING_MAX)
      throw failed('away', `${WAITING_MAX} transactions already wait for the database`, this.where)
    this.waiting++
    try {
      return await this.attempts(work, repeatability)
    } finally {
      this.waiting--
    }
  }

  private async attempts<T>(work: (sql: SqlSession) => Promise<T>, repeatability: Repeatability): Promise<T> {
    for (let attempt = 1, lost = 0; ; attempt++) {
      const outcome = await this.attempt(work)
      if (outcome.done) return outcome.value
      const verdict = classify(outcome.error)
      if (verdict === 'lost') lost++
      const isUnknown = verdict === 'lost' && outcome.committing && repeatability === 'once'
      const isWorthIt =
        verdict === 'again' ? attempt < ATTEMPTS_MAX : verdict === 'lost' && lost < LOST_ATTEMPTS_MAX && !isUnknown
      if (!isWorthIt) throw archiveError(outcome.error, this.where)
      this.options.onRetry?.(verdict === 'again' ? 'again' : 'lost')
      await this.pause(attempt)
    }
  }

  private async attempt<T>(work: (sql: SqlSession) => Promise<T>): Promise<Attempt<T>> {
    let committing = false
    try {
      const value = await this.connection.session(async (sql) => {
        await sql.query(STATEMENTS.begin)
        const result = await rolledBackOnError(sql, () => work(sql))
        committing = true
        await rolledBackOnError(sql, () => sql.query(STATEMENTS.commit))
        return result
      })
      return { done: true, value }
    } catch (error) {
      return { done: false, error, committing }
    }
  }

  private async pause(attempt: number): Promise<void> {
    const { random = Math.random, sleep = pauseOf } = this.options
    await sleep(Math.min(BACK_OFF_MS_MAX, BACK_OFF_MS * 2 ** (attempt - 1)) * (0.5 + random()))
  }
}

const pauseOf = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
  })

async function rolledBackOnError<T>(sql: SqlSession, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    // On a broken connection the database rolls back by itself. A rollback that fails says so to the session, which lets the connection go.
    if (!(error instanceof SqlFault) || error.kind === 'refused')
      await sql.query(STATEMENTS.rollback).catch(() => undefined)
    throw error
  }
}
