/** The database driver contract of the archive, and its faults: the database refuses, or does not answer. */
import type { Effect } from 'effect'
import type { MIGRATIONS } from './migrations.ts'
import type { STATEMENTS } from './statements.ts'

/** SQL of the two modules that hold all of it; nothing else can be run. */
export type SqlText = (typeof STATEMENTS)[keyof typeof STATEMENTS] | (typeof MIGRATIONS)[number]['sql']

/** Everything travels as text, so that both drivers give and take the same; `rows.ts` reads it. */
export type SqlValue = string | null
export type Row = Readonly<Record<string, SqlValue>>

/** A connection while it is one's own: statements run one after the other. Rejects with SqlFault. */
export interface SqlSession {
  query(sql: SqlText, values?: readonly SqlValue[]): Promise<readonly Row[]>
}

export interface SqlConnection {
  readonly kind: 'embedded' | 'sql'
  /** For the operator: which database, without passwords. */
  readonly where: string
  /**
   * Lends a connection to `use`. One on which a fault of kind `lost` happened is not used again. The signal cancels the
   * statement that runs, where the database can do that.
   */
  session<T>(use: (sql: SqlSession) => Promise<T>, signal?: AbortSignal): Promise<T>
  readonly close: Effect.Effect<void>
}

export class SqlFault extends Error {
  /** `unreachable`: nothing was sent. `lost`: the connection broke, or gave no answer in time; what it was doing may or may not be done. `refused`: the database answered with `state`. */
  readonly kind: 'unreachable' | 'lost' | 'refused'
  /** SQLSTATE of `refused`, else ''. */
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
