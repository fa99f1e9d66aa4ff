/** A pool of connections to PostgreSQL or CockroachDB. */
import { Effect } from 'effect'
import pg from 'pg'
import { SqlFault, type Row, type SqlConnection, type SqlSession, type SqlText, type SqlValue } from './connection.ts'
import { CLOSE_MS_MAX, CONNECT_MS_MAX, POOL_MAX, STATEMENT_MS_MAX } from './limits.ts'

/** Returns every column as the text that was received. */
const TYPES = { getTypeParser: () => (value: string) => value }

export class PostgresConnection implements SqlConnection {
  readonly kind = 'sql'
  readonly where: string
  readonly close: Effect.Effect<void>
  readonly #url: string
  readonly #pool: pg.Pool

  /** `url`: postgres://USER:PASSWORD@HOST:PORT/DATABASE, also with ?sslmode=… and ?host=/SOCKET/FOLDER. */
  constructor(url: string) {
    this.#url = url
    this.where = withoutPassword(url)
    this.#pool = new pg.Pool({
      connectionString: url,
      max: POOL_MAX,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      statement_timeout: STATEMENT_MS_MAX,
      idle_in_transaction_session_timeout: STATEMENT_MS_MAX,
      // The server ends statements at its own timeout. This timeout covers a server that is frozen or cut off.
      query_timeout: STATEMENT_MS_MAX + CONNECT_MS_MAX,
      application_name: 'otherworld',
      keepAlive: true,
      types: TYPES,
    })
    // The pool replaces a connection that breaks while it is idle.
    this.#pool.on('error', () => undefined)
    this.#pool.on('connect', (client) => client.on('error', () => undefined))
    this.close = Effect.promise(() => this.#pool.end().catch(() => undefined)).pipe(
      Effect.timeoutOption(CLOSE_MS_MAX),
      Effect.asVoid,
    )
  }

  async session<T>(use: (sql: SqlSession) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const client = await this.#connect()
    let broken: SqlFault | null = null
    const cancel = (): void => {
      // The connection is not reused, because the cancellation may arrive late, when another statement runs.
      broken = new SqlFault('lost', 'nobody waits for the statement any more')
      this.#cancel(client)
    }
    signal?.addEventListener('abort', cancel)
    const sql: SqlSession = {
      query: async (statement, values = []) => {
        try {
          return await rowsOf(client, statement, values)
        } catch (error) {
          const fault = faultOf(error, 'lost')
          if (fault.kind !== 'refused') broken = fault
          throw fault
        }
      },
    }
    try {
      return await use(sql)
    } finally {
      signal?.removeEventListener('abort', cancel)
      client.release(broken ?? undefined)
    }
  }

  async #connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect()
    } catch (error) {
      throw faultOf(error, 'unreachable')
    }
  }

  /** Requests cancellation of the connection's statement. The protocol requires another connection for this. */
  #cancel(busy: pg.PoolClient): void {
    const { activeQuery } = busy as unknown as Cancellable
    if (!activeQuery) return
    const canceller = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: CONNECT_MS_MAX })
    canceller.on('error', () => undefined)
    const { connection, cancel } = canceller as unknown as Cancellable
    // If the database cannot be reached, the statement ends at the database's own timeout.
    connection.on('error', () => undefined)
    cancel.call(canceller, busy, activeQuery)
  }
}

/** Properties of pg that its types leave out. */
interface Cancellable {
  readonly activeQuery?: object | null
  readonly connection: { on(event: 'error', handle: () => void): void }
  cancel(busy: pg.PoolClient, query: object): void
}

async function rowsOf(client: pg.PoolClient, text: SqlText, values: readonly SqlValue[]): Promise<readonly Row[]> {
  const { rows } = await client.query<Record<string, SqlValue>>({ text, values: [...values], types: TYPES })
  return rows
}

/** An error from the database server has a SQLSTATE; any other error concerns the connection. */
function faultOf(error: unknown, kind: 'lost' | 'unreachable'): SqlFault {
  if (error instanceof pg.DatabaseError && error.code !== undefined)
    return new SqlFault('refused', error.message, { state: error.code, cause: error })
  return new SqlFault(kind, messageOf(error), { cause: error })
}

/** A host with several addresses gives an AggregateError, whose own message is empty. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ')
  return error instanceof Error ? error.message : String(error)
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url)
    if (parsed.password !== '') parsed.password = '***'
    parsed.searchParams.delete('password')
    return parsed.toString()
  } catch {
    return 'the database URL'
  }
}
