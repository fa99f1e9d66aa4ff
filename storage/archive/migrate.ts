/** Brings a database's tables to this program's version; safe from several hosts at once. */
import { ArchiveError } from './archive.ts'
import { archiveError, classify, failed } from './classify.ts'
import { SqlFault, type SqlConnection, type SqlSession } from './connection.ts'
import { MIGRATIONS, SCHEMA_VERSION } from './migrations.ts'
import { integer } from './rows.ts'
import { STATEMENTS } from './statements.ts'
import type { Transactions } from './transactions.ts'

/** Creating the first table is tried so often: two hosts that do it at once get in each other's way in PostgreSQL's own catalogue. */
const CREATE_ATTEMPTS_MAX = 5
/** What that ends in: unique_violation in the catalogue, duplicate_table, duplicate_object (the table's row type). */
const RACES: ReadonlySet<string> = new Set(['23505', '42P07', '42710'])

/** Runs the steps that are missing, each under the sentinel row. Rejects with ArchiveError, `other-version` where the database is newer. */
export async function migrate(connection: SqlConnection, transactions: Transactions): Promise<void> {
  await createMigrations(connection)
  await transactions.run((sql) => sql.query(STATEMENTS.putSentinel))
  for (;;) {
    const version = await newest(transactions)
    if (version > SCHEMA_VERSION)
      throw failed(
        'other-version',
        `the archive's tables are of version ${version}; this program knows them up to ${SCHEMA_VERSION}`,
        connection.where,
      )
    if (version === SCHEMA_VERSION) return
    await transactions.run(step).catch((error: unknown) => {
      if (!wasCommittedByItself(error)) throw error
    })
  }
}

/** CockroachDB may commit around a change of the schema, and then finds no transaction to commit: what was done is looked at anew. */
function wasCommittedByItself(error: unknown): boolean {
  return error instanceof ArchiveError && error.cause instanceof SqlFault && error.cause.state === '25P01'
}

const newest = (transactions: Transactions): Promise<number> => transactions.run(newestIn)

async function newestIn(sql: SqlSession): Promise<number> {
  const [row] = await sql.query(STATEMENTS.newestMigration)
  return row ? integer(row, 'version') : 0
}

/** The next step. Another host that took the sentinel before may have done it; then nothing is to do. */
async function step(sql: SqlSession): Promise<void> {
  await sql.query(STATEMENTS.lockSentinel)
  const version = await newestIn(sql)
  const next = MIGRATIONS.find((migration) => migration.version === version + 1)
  if (!next) return
  await sql.query(next.sql)
  await sql.query(STATEMENTS.recordMigration, [String(next.version), next.name])
}

/** Outside of a transaction: with `IF NOT EXISTS` it needs none. */
async function createMigrations(connection: SqlConnection): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await connection.session((sql) => sql.query(STATEMENTS.createMigrations))
      return
    } catch (error) {
      const isRace = error instanceof SqlFault && (RACES.has(error.state) || classify(error) === 'again')
      if (!isRace || attempt >= CREATE_ATTEMPTS_MAX) throw archiveError(error, connection.where)
    }
  }
}
