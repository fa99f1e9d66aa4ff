/** Brings a database's tables to this program's version. Several hosts may do this at the same time. */
import { Effect } from 'effect'
import type { ArchiveError } from './archive.ts'
import { archiveError, classify, failed } from './classify.ts'
import { SqlFault, type SqlConnection, type SqlSession } from './connection.ts'
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts'
import { integer } from './rows.ts'
import { STATEMENTS } from './statements.ts'
import type { Transactions } from './transactions.ts'

/** Attempts to create the first table. Two hosts that do it at the same time collide in PostgreSQL's catalogue. */
const CREATE_ATTEMPTS_MAX = 5
/**
 * SQLSTATE of that collision: unique_violation in the catalogue, duplicate_table, duplicate_object (the table's row
 * type).
 */
const RACES: ReadonlySet<string> = new Set(['23505', '42P07', '42710'])

/**
 * Runs the missing steps, each while it holds the sentinel row. Fails with `other-version` if the database is newer.
 */
export const migrate = (connection: SqlConnection, transactions: Transactions): Effect.Effect<void, ArchiveError> =>
  Effect.gen(function* () {
    yield* createMigrations(connection)
    yield* transactions.run((sql) => sql.query(STATEMENTS.putSentinel))
    for (;;) {
      const version = yield* transactions.run(newestIn)
      if (version > SCHEMA_VERSION)
        return yield* failed(
          'other-version',
          `the archive's tables are of version ${version}; this program knows them up to ${SCHEMA_VERSION}`,
          connection.where,
        )
      if (version === SCHEMA_VERSION) return undefined
      yield* transactions.run(step).pipe(Effect.catchIf(wasCommittedByItself, () => Effect.void))
    }
  })

/**
 * CockroachDB may commit a schema change early and then find no transaction to commit. In that case the version is read
 * again.
 */
function wasCommittedByItself(error: ArchiveError): boolean {
  return error.cause instanceof SqlFault && error.cause.state === '25P01'
}

async function newestIn(sql: SqlSession): Promise<number> {
  const [row] = await sql.query(STATEMENTS.newestMigration)
  return row ? integer(row, 'version') : 0
}

/** Runs the next step, unless another host that held the sentinel row before has done it. */
async function step(sql: SqlSession): Promise<void> {
  await sql.query(STATEMENTS.lockSentinel)
  const version = await newestIn(sql)
  const next = MIGRATIONS.find((migration) => migration.version === version + 1)
  if (!next) return
  await sql.query(next.sql)
  await sql.query(STATEMENTS.recordMigration, [String(next.version), next.name])
}

/** Runs outside of a transaction, because `IF NOT EXISTS` needs none. */
const createMigrations = (connection: SqlConnection): Effect.Effect<void, ArchiveError> =>
  Effect.tryPromise({
    try: (signal) => connection.session((sql) => sql.query(STATEMENTS.createMigrations), signal),
    catch: (error) => error,
  }).pipe(
    Effect.retry({ times: CREATE_ATTEMPTS_MAX - 1, while: isRace }),
    Effect.mapError((error) => archiveError(error, connection.where)),
    Effect.asVoid,
  )

const isRace = (error: unknown): boolean =>
  error instanceof SqlFault && (RACES.has(error.state) || classify(error) === 'again')
