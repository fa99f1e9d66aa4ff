/** Opening an archive: a database by its URL, or the embedded one in a directory. */
import { Effect, Layer } from 'effect'
import { Archive, ArchiveError, type ArchiveService } from './archive.ts'
import { archiveError, failed } from './classify.ts'
import type { SqlConnection } from './connection.ts'
import { EmbeddedConnection } from './embedded.ts'
import { migrate } from './migrate.ts'
import { PostgresConnection } from './postgres.ts'
import { archiveService, type Runner } from './service.ts'
import { Transactions, type TransactionsOptions } from './transactions.ts'

export interface ArchiveOptions extends TransactionsOptions {
  /** postgres://… of PostgreSQL or CockroachDB; null: the embedded database in `directory`. */
  readonly databaseUrl: string | null
  readonly directory: string
  /** The embedded database's built thread; by default dist/node/archive-worker.js. */
  readonly worker?: string
  /** Lines for the operator. */
  log(line: string): void
}

export interface OpenArchive {
  readonly service: ArchiveService
  readonly connection: SqlConnection
  /** Resolves when the database was reached and its tables are there. Each use waits for it by itself, and tries anew where it failed. */
  prepare(): Promise<void>
  close(): Promise<void>
}

/** Opens without waiting for the database. Throws ArchiveError `in-use`, `internal` where the address or the directory cannot be used at all. */
export function openArchive(options: ArchiveOptions): OpenArchive {
  const connection = connectionOf(options)
  const transactions = new Transactions(connection, options)
  let prepared: Promise<void> | null = null
  const prepare = (): Promise<void> => {
    prepared ??= migrate(connection, transactions).catch((error: unknown) => {
      prepared = null
      throw error
    })
    return prepared
  }
  const runner: Runner = {
    kind: connection.kind,
    where: connection.where,
    run: async (work, repeatability) => {
      await prepare()
      return transactions.run(work, repeatability)
    },
  }
  return { service: archiveService(runner), connection, prepare, close: () => connection.close() }
}

/**
 * The archive as a service, closed with the scope. A database that does not answer is told of and tried again at each
 * use; one whose files are damaged is told of, since realms go on from their recordings without it; one that must not be
 * used (another version, wrong password, directory in use) fails here.
 */
export function archiveLayer(options: ArchiveOptions): Layer.Layer<Archive, ArchiveError> {
  return Layer.effect(
    Archive,
    Effect.gen(function* () {
      const archive = yield* Effect.acquireRelease(
        Effect.try({
          try: () => openArchive(options),
          catch: (error) => archiveError(error, options.databaseUrl ?? options.directory),
        }),
        (opened) => Effect.promise(() => opened.close()),
      )
      yield* Effect.tryPromise({
        try: () => archive.prepare(),
        catch: (error) => archiveError(error, archive.connection.where),
      }).pipe(
        Effect.catch((error) =>
          error.isRetryable || error.reason === 'broken'
            ? Effect.sync(() => options.log(`archive: ${error.message}`))
            : Effect.fail(error),
        ),
      )
      return archive.service
    }),
  )
}

function connectionOf({ databaseUrl, directory, worker }: ArchiveOptions): SqlConnection {
  if (databaseUrl === null) return new EmbeddedConnection(directory, worker)
  if (!/^postgres(?:ql)?:\/\//.test(databaseUrl))
    throw failed(
      'internal',
      'the database URL does not begin with postgres:// or postgresql://',
      'the setting of the database URL',
    )
  return new PostgresConnection(databaseUrl)
}
