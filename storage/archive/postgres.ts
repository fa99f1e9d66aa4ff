/** A pool of connections to PostgreSQL or CockroachDB. */
import pg from 'pg'
import { SqlFault, type Row, type SqlConnection, type SqlSession, type SqlText, type SqlValue } from './connection.ts'
import { CLOSE_MS_MAX, CONNECT_MS_MAX, POOL_MAX, STATEMENT_MS_MAX } from './limits.ts'

/** Every column as the text that came. */
const TYPES = { getTypeParser: () => (value: string) => value }

export class PostgresConnection implements SqlConnection {
  readonly kind = 'sql'
  readonly where: string
  private readonly pool: pg.Pool

  /** `url`: postgres://USER:PASSWORD@HOST:PORT/DATABASE, also with ?sslmode=… and ?host=/SOCKET/FOLDER. */
  constructor(url: string) {
    this.where = withoutPassword(url)
    this.pool = new pg.Pool({
      connectionString: url,
      max: POOL_MAX,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      statement_timeout: STATEMENT_MS_MAX,
      idle_in_transaction_session_timeout: STATEMENT_MS_MAX,
      // The server ends statements by itself; one that is frozen, or cut off, needs ending from here.
      query_timeout: STATEMENT_MS_MAX + CONNECT_MS_MAX,
      application_name: 'otherworld',
      keepAlive: true,
      types: TYPES,
    })
    // A connection that breaks while nobody uses it is made anew when it is needed.
    this.pool.on('error', () => undefined)
    this.pool.on('connect', (client) => client.on('error', () => undefined))
  }

  async session<T>(use: (sql: SqlSession) => Promise<T>): Promise<T> {
    const client = await this.connect()
    let broken: SqlFault | null = null
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
      client.release(broken ?? undefined)
    }
  }

  private async connect(): Promise<pg.PoolClient> {
    try {
      return await this.pool.connect()
    } catch (error) {
      throw faultOf(error, 'unreachable')
    }
  }

  async close(): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, CLOSE_MS_MAX)
    })
    await Promise.race([this.pool.end().catch(() => undefined), enough])
    clearTimeout(timer)
  }
}

async function rowsOf(client: pg.PoolClient, text: SqlText, values: readonly SqlValue[]): Promise<readonly Row[]> {
  const { rows } = await client.query<Record<string, SqlValue>>({ text, values: [...values], types: TYPES })
  return rows
}

/** What the server said has a SQLSTATE; all else is a matter of the line. */
function faultOf(error: unknown, kind: 'lost' | 'unreachable'): SqlFault {
  if (error instanceof pg.DatabaseError && error.code !== undefined)
    return new SqlFault('refused', error.message, { state: error.code, cause: error })
  return new SqlFault(kind, messageOf(error), { cause: error })
}

/** A host of several addresses gives an AggregateError, whose own message is empty. */
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
