/** The archive's limits, with their reasons. */

/** Connections to a database: a realm's saves, uploads and logins at once; a small server gives a hundred to all its clients. */
export const POOL_MAX = 8
/** Time to connect, ms: a database that takes longer is as good as away, and who waits should be told. */
export const CONNECT_MS_MAX = 5_000
/** Time of one statement, ms; the largest (a batch of elements) takes a tenth of a second. */
export const STATEMENT_MS_MAX = 10_000
/** The embedded database cannot be interrupted: its thread is ended and begun anew after this, ms. Migrating a large one may take seconds. */
export const EMBEDDED_STATEMENT_MS_MAX = 30_000
/** Time to let connections go at the end, ms; a database that does not answer is left. */
export const CLOSE_MS_MAX = 3_000
/** Transactions that may wait for a connection; more means that the database is far too slow, and waiting only costs memory. */
export const WAITING_MAX = 1_000

/** Attempts of a transaction that others get in the way of. With eight connections someone gets through each time, so that this is not reached but by a fault. */
export const ATTEMPTS_MAX = 20
/** Attempts where the connection broke: a pool may hold several that died together. */
export const LOST_ATTEMPTS_MAX = 3
/** Pause after the first failed attempt, ms: about a transaction's time. It doubles each time, and is jittered so that two do not meet again. */
export const BACK_OFF_MS = 5
/** The longest pause, ms. */
export const BACK_OFF_MS_MAX = 500

/** Elements of one statement: batches of a size that neither database minds. */
export const ROWS_PER_STATEMENT_MAX = 1_024
/** Characters of one statement's rows: a trimesh as JSON has up to 8 MB, which then goes alone. */
export const CHARACTERS_PER_STATEMENT_MAX = 1_000_000
