/** Messages between the embedded database's thread and the main thread. */
import type { Row, SqlValue } from '../connection.ts'

export interface EmbeddedStart {
  /** Folder of the database's files, which may not exist yet. */
  readonly directory: string
  /** Folder of an empty database to copy, which saves the seconds of creating one; or null. */
  readonly template: string | null
}

export interface EmbeddedRequest {
  readonly id: number
  readonly sql: string
  readonly values: readonly SqlValue[]
}

export type EmbeddedAnswer =
  /** The database is open and answers statements from now on. */
  | { readonly type: 'open' }
  | { readonly type: 'rows'; readonly id: number; readonly rows: readonly Row[] }
  | { readonly type: 'refused'; readonly id: number; readonly state: string; readonly message: string }
  /**
   * The database cannot be opened, or broke; the thread ends after this message. `code` is the operating system's code
   * of a failed call, else ''.
   */
  | { readonly type: 'failed'; readonly code: string; readonly message: string }
