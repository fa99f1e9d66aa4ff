/** Messages between the embedded database's thread and the main thread. */
import type { Row, SqlValue } from '../connection.ts'

export interface EmbeddedStart {
  /** Where the database's files are, or will be. */
  readonly directory: string
  /** An empty database to begin with, which saves the seconds of making one; null: none. */
  readonly template: string | null
}

export interface EmbeddedRequest {
  readonly id: number
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export type EmbeddedAnswer =
  /** The database is open: statements are answered from now on. */
  | { readonly type: 'open' }
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly type: 'refused'; readonly id: number; readonly state: string; readonly message: string }
  /** The database cannot be opened, or broke; the thread ends after it. `code`: the system's, of a failed call; else ''. */
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
