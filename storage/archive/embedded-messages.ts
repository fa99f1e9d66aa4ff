/** What the embedded database's thread and the rest say to each other. */
import type { Row, SqlValue } from './connection.ts'

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
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly type: 'refused'; readonly id: number; readonly state: string; readonly message: string }
  /** The database cannot be opened; the thread ends after it. */
  | { readonly type: 'failed'; readonly message: string }
