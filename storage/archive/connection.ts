/** The archive's contract with a database driver, and the driver's faults. */
import type { Effect } from 'effect'
import type { MIGRATIONS } from './migrations.ts'
import type { STATEMENTS } from './statements.ts'

/** SQL from the two modules that contain all of it. Nothing else can be run. */
export type SqlText = (typeof STATEMENTS)[keyof typeof STATEMENTS] | (typeof MIGRATIONS)[number]['sql']

/** All values travel as text, so that both drivers accept and return the same. `rows.ts` parses them. */
export type SqlValue = string | null
export type Row = Readonly<Record<string, SqlValue>>

/** A borrowed connection. Statements run one after the other and reject with SqlFault. */
export interface SqlSession {
  query(sql: SqlText, values?: readonly SqlValue[]): Promise<readonly Row[]>
}

export interface SqlConnection {
  readonly kind: 'embedded' | 'sql'
  /** Names the database for the operator, without passwords. */
  readonly where: string
  /**
   * Lends a connection to `use`. A connection with a fault of kind `lost` is not reused. The signal cancels the running
   * statement if the database can do that.
   */
  session<T>(use: (sql: SqlSession) => Promise<T>, signal?: AbortSignal): Promise<T>
  readonly close: Effect.Effect<void>
}

export class SqlFault extends Error {
  /**
   * `unreachable`: nothing was sent. `lost`: the connection broke or timed out, and its statement may or may not have
   * run. `refused`: the database answered with `state`.
   */
  readonly kind: 'unreachable' | 'lost' | 'refused'
  /** SQLSTATE of a `refused` fault, else ''. */
  readonly state: string

  constructor(
    kind: SqlFault['kind'],
    message: string,
    options: { readonly state?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.kind = kind
    this.state = options.state ?? ''
  }
}
