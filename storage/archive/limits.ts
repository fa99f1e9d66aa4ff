/** The archive's limits, with their reasons. */

/**
 * Connections to a database, for concurrent saves, uploads and logins. A small database server allows a hundred to all
 * its clients.
 */
export const POOL_MAX = 8
/** Time to connect, ms. A slower database counts as away, so that callers get an answer. */
export const CONNECT_MS_MAX = 5_000
/** Time of one statement, ms. The largest (a batch of elements) takes a tenth of a second. */
export const STATEMENT_MS_MAX = 10_000
/**
 * Time of one statement of the embedded database, ms. It cannot be interrupted, so its thread is ended and restarted
 * after this time. Migrating a large database may take seconds.
 */
export const EMBEDDED_STATEMENT_MS_MAX = 30_000
/** Time to close connections at shutdown, ms. A database that does not answer by then is abandoned. */
export const CLOSE_MS_MAX = 3_000
/**
 * Transactions that may wait for a connection. If more wait, the database is far too slow, and waiting only costs
 * memory.
 */
export const WAITING_MAX = 1_000

/**
 * Attempts of a transaction that conflicts with others. With eight connections one succeeds each time, so only a fault
 * reaches this limit.
 */
export const ATTEMPTS_MAX = 20
/** Attempts after a broken connection. A pool may hold several connections that died together. */
export const LOST_ATTEMPTS_MAX = 3
/**
 * Pause after the first failed attempt, ms: about the time of a transaction. It doubles each time, with jitter so that
 * two transactions do not collide again.
 */
export const BACK_OFF_MS = 5
/** The longest pause, ms. */
export const BACK_OFF_MS_MAX = 500

/** Elements of one statement, a batch size that both databases accept. */
export const ROWS_PER_STATEMENT_MAX = 1_024
/** Characters of one statement's rows. A trimesh as JSON has up to 8 MB and is then sent in a statement of its own. */
export const CHARACTERS_PER_STATEMENT_MAX = 1_000_000
