/** Opens an archive: a database by its URL, or the embedded one in a directory. */
import { Effect, Layer, Semaphore } from 'effect'
import { Archive, type ArchiveError, type ArchiveService } from './archive.ts'
import { archiveError, failed } from './classify.ts'
import type { SqlConnection } from './connection.ts'
import { EmbeddedConnection } from './embedded/embedded.ts'
import { migrate } from './migrate.ts'
import { PostgresConnection } from './postgres.ts'
import { archiveService, type Runner } from './service.ts'
import { Transactions, type TransactionsOptions } from './transactions.ts'

export interface ArchiveOptions extends TransactionsOptions {
  /** postgres://… of PostgreSQL or CockroachDB; null selects the embedded database in `directory`. */
  readonly databaseUrl: string | null
  readonly directory: string
  /** The embedded database's built thread; by default dist/node/archive-worker.js. */
  readonly worker?: string
}

export interface OpenArchive {
  readonly service: ArchiveService
  readonly connection: SqlConnection
  /** Succeeds once the database was reached and has its tables. Each use runs it first, and again if it failed. */
  readonly prepare: Effect.Effect<void, ArchiveError>
  readonly close: Effect.Effect<void>
}

/**
 * Opens without waiting for the database. Throws ArchiveError `in-use`, or `internal` if the address or the directory
 * cannot be used at all.
 */
export function openArchive(options: ArchiveOptions): OpenArchive {
  const connection = connectionOf(options)
  const transactions = new Transactions(connection, options)
  // One caller prepares at a time; the callers behind it find the tables ready.
  const preparing = Semaphore.makeUnsafe(1)
  let isPrepared = false
  const prepare = Effect.suspend(() =>
    isPrepared
      ? Effect.void
      : migrate(connection, transactions).pipe(
          Effect.andThen(
            Effect.sync(() => {
              isPrepared = true
            }),
          ),
        ),
  )
  const prepareOnce = Effect.suspend(() => (isPrepared ? Effect.void : preparing.withPermit(prepare)))
  const runner: Runner = {
    kind: connection.kind,
    where: connection.where,
    run: (work, repeatability) => Effect.andThen(prepareOnce, transactions.run(work, repeatability)),
  }
  return { service: archiveService(runner), connection, prepare: prepareOnce, close: connection.close }
}

/**
 * The archive as a service that is closed with its scope. A database that does not answer is logged and retried at each
 * use. Damaged files are logged too: realms continue from their recordings without the archive. A database that must
 * not be used (another version, wrong password, directory in use) fails when the layer is made.
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
        (opened) => opened.close,
      )
      yield* archive.prepare.pipe(
        Effect.catchIf(
          (error) => error.isRetryable || error.reason === 'broken',
          (error) => Effect.logError('it cannot be used yet:', error),
        ),
        Effect.annotateLogs({ area: 'archive' }),
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
