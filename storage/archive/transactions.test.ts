import { Effect, Fiber } from 'effect'
import { describe, expect, test } from 'vitest'
import { instantClock } from '../../test/harness/instant-clock.ts'
import { SqlFault, type SqlConnection, type SqlText } from './connection.ts'
import { ATTEMPTS_MAX, BACK_OFF_MS, BACK_OFF_MS_MAX, LOST_ATTEMPTS_MAX } from './limits.ts'
import { STATEMENTS } from './statements.ts'
import { Transactions, type Repeatability } from './transactions.ts'

/**
 * A database that answers each statement with the fault that `faultOf` gives, if any, and notes the statements that it
 * received.
 */
function database(faultOf: (sql: SqlText, attempt: number) => SqlFault | null): {
  readonly connection: SqlConnection
  readonly received: SqlText[]
} {
  const received: SqlText[] = []
  let attempt = 0
  const connection: SqlConnection = {
    kind: 'sql',
    where: 'a test',
    close: Effect.void,
    session: (use) => {
      attempt++
      return use({
        query: async (sql) => {
          received.push(sql)
          const fault = faultOf(sql, attempt)
          if (fault) throw fault
          return [{ one: '1' }]
        },
      })
    },
  }
  return { connection, received }
}

const refused = (state: string): SqlFault => new SqlFault('refused', 'no', { state })
const lost = (): SqlFault => new SqlFault('lost', 'gone')

async function run(
  faultOf: (sql: SqlText, attempt: number) => SqlFault | null,
  repeatability?: Repeatability,
): Promise<{ outcome: unknown; received: SqlText[]; pauses: readonly number[]; retries: string[] }> {
  const { connection, received } = database(faultOf)
  const { sleeps: pauses, run: runEffect } = instantClock()
  const retries: string[] = []
  const transactions = new Transactions(connection, {
    random: () => 0.5,
    onRetry: (verdict) => void retries.push(verdict),
  })
  const outcome: unknown = await runEffect(
    transactions.run((sql) => sql.query(STATEMENTS.ping), repeatability).pipe(Effect.catch(Effect.succeed)),
  )
  return { outcome, received, pauses, retries }
}

describe('transactions', () => {
  test('a transaction is SERIALIZABLE and committed', async () => {
    const { outcome, received } = await run(() => null)
    expect(outcome).toEqual([{ one: '1' }])
    expect(received).toEqual(['BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE', STATEMENTS.ping, STATEMENTS.commit])
  })

  test.each(['40001', '40P01'])(
    'a transaction is rolled back and retried on %s, in a statement or at the commit, after growing pauses',
    async (state) => {
      const { outcome, received, pauses, retries } = await run((sql, attempt) =>
        sql === (attempt === 1 ? STATEMENTS.ping : STATEMENTS.commit) && attempt < 4 ? refused(state) : null,
      )
      expect(outcome).toEqual([{ one: '1' }])
      expect(received.filter((sql) => sql === STATEMENTS.rollback)).toHaveLength(3)
      expect(pauses).toEqual([BACK_OFF_MS, 2 * BACK_OFF_MS, 4 * BACK_OFF_MS])
      expect(retries).toEqual(['again', 'again', 'again'])
    },
  )

  test('a transaction fails with a conflict after a limited number of attempts with limited pauses', async () => {
    const { outcome, pauses } = await run((sql) => (sql === STATEMENTS.ping ? refused('40001') : null))
    expect(outcome).toMatchObject({ reason: 'conflict', where: 'a test' })
    expect(pauses).toHaveLength(ATTEMPTS_MAX - 1)
    expect(Math.max(...pauses)).toBe(BACK_OFF_MS_MAX)
  })

  test('a transaction is retried after a broken connection and finally fails as away', async () => {
    expect((await run((sql, attempt) => (sql === STATEMENTS.commit && attempt === 1 ? lost() : null))).outcome).toEqual(
      [{ one: '1' }],
    )
    const { outcome, received, retries } = await run((sql) => (sql === STATEMENTS.ping ? lost() : null))
    expect(outcome).toMatchObject({ reason: 'away', isRetryable: true })
    expect(retries).toHaveLength(LOST_ATTEMPTS_MAX - 1)
    expect(received).not.toContain(STATEMENTS.rollback)
  })

  test('a transaction that must run once is retried only if its commit cannot have happened', async () => {
    expect(await run((sql) => (sql === STATEMENTS.commit ? lost() : null), 'once')).toMatchObject({
      outcome: { reason: 'away' },
      retries: [],
    })
    expect(
      (await run((sql, attempt) => (sql === STATEMENTS.ping && attempt === 1 ? lost() : null), 'once')).retries,
    ).toEqual(['lost'])
  })

  test.each([
    ['23505', 'conflict'],
    ['54001', 'too-large'],
    ['53300', 'away'],
    ['57014', 'away'],
    ['28P01', 'internal'],
    ['42601', 'internal'],
  ])('a fault of SQLSTATE %s is not retried and becomes %s', async (state, reason) => {
    const { outcome, retries } = await run((sql) => (sql === STATEMENTS.ping ? refused(state) : null))
    expect([outcome, retries]).toEqual([expect.objectContaining({ reason }), []])
  })

  test('an interrupted transaction is rolled back, and its signal reaches the connection', async () => {
    const received: SqlText[] = []
    let isCancelled = false
    let ping = (): void => undefined
    const connection: SqlConnection = {
      kind: 'sql',
      where: 'a test',
      close: Effect.void,
      session: (use, signal) => {
        signal?.addEventListener('abort', () => {
          isCancelled = true
          ping()
        })
        return use({
          query: (sql) => {
            received.push(sql)
            if (sql !== STATEMENTS.ping) return Promise.resolve([])
            return new Promise((_resolve, reject) => {
              ping = () => reject(refused('57014'))
            })
          },
        })
      },
    }
    const transactions = new Transactions(connection)
    const fiber = Effect.runFork(transactions.run((sql) => sql.query(STATEMENTS.ping)))
    await expect.poll(() => received).toContain(STATEMENTS.ping)
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(isCancelled).toBe(true)
    await expect.poll(() => received.at(-1)).toBe(STATEMENTS.rollback)
    expect(received).not.toContain(STATEMENTS.commit)
  })
})
