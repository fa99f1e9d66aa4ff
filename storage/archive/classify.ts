/** Classifies a database's errors. No other file interprets them. */
import { ArchiveError } from './archive.ts'
import { SqlFault } from './connection.ts'

/**
 * `again`: another transaction interfered, and nothing was done. `lost`: unknown whether it was done. The other
 * verdicts end in an ArchiveError with that reason.
 */
export type FaultVerdict = 'again' | 'lost' | 'away' | 'conflict' | 'too-large' | 'internal'

/** SQLSTATE codes (PostgreSQL's manual, appendix A), longest prefix first. */
const VERDICTS: readonly (readonly [prefix: string, verdict: FaultVerdict])[] = [
  ['40001', 'again'], // serialization_failure
  ['40P01', 'again'], // deadlock_detected
  ['40003', 'lost'], // statement_completion_unknown: CockroachDB's ambiguous commit
  ['57P01', 'lost'], // admin_shutdown
  ['57P02', 'lost'], // crash_shutdown
  ['57P03', 'away'], // cannot_connect_now
  ['57P05', 'lost'], // idle_session_timeout
  ['57014', 'away'], // query_canceled: the statement timeout
  ['25P03', 'lost'], // idle_in_transaction_session_timeout
  ['25006', 'away'], // read_only_sql_transaction: a standby that is about to take over
  ['55P03', 'away'], // lock_not_available
  ['23505', 'conflict'], // unique_violation
  ['54', 'too-large'], // program limit exceeded
  ['53', 'away'], // out of disk, memory or connections
  ['58', 'away'], // errors of the database's own machine
  ['08', 'lost'], // connection exception
]

export function classify(error: unknown): FaultVerdict {
  if (error instanceof ArchiveError || !(error instanceof SqlFault)) return 'internal'
  if (error.kind === 'unreachable') return 'away'
  if (error.kind === 'lost') return 'lost'
  return VERDICTS.find(([prefix]) => error.state.startsWith(prefix))?.[1] ?? 'internal'
}

const FIXES: Readonly<Record<ArchiveError['reason'], string>> = {
  away: 'see that the database runs and can be reached; it is tried again',
  broken: 'restore the database from a backup',
  conflict: 'try again, or look at what else writes there',
  fenced: 'stop this server: another one runs the realm',
  'too-large': 'save less at once',
  'in-use': 'stop the other server, or give this one a directory of its own',
  'other-version': 'run the version of this program that the database was last used with, or a newer one',
  internal: 'see that the address, user and rights of the database are right; otherwise report it with this message',
}

/** Converts anything that was thrown on the way to the database into an ArchiveError. */
export function archiveError(error: unknown, where: string): ArchiveError {
  if (error instanceof ArchiveError) return error
  const verdict = classify(error)
  const reason = verdict === 'again' ? 'conflict' : verdict === 'lost' ? 'away' : verdict
  const said = error instanceof Error ? error.message : String(error)
  const state = error instanceof SqlFault && error.state !== '' ? ` (SQLSTATE ${error.state})` : ''
  const what = `the archive could not do it: ${said}${state}`
  if (!isDiskFull(error)) return failed(reason, what, where, error)
  return new ArchiveError({
    reason,
    what,
    where,
    fix: 'make room on the disk of the database; it is tried again',
    cause: error,
  })
}

/** True for SQLSTATE 53100, and for the operating system's code from the embedded database. */
const isDiskFull = (error: unknown): boolean =>
  error instanceof SqlFault && (error.state === '53100' || error.message.includes('ENOSPC'))

export function failed(reason: ArchiveError['reason'], what: string, where: string, cause?: unknown): ArchiveError {
  return new ArchiveError({ reason, what, where, fix: FIXES[reason], ...(cause === undefined ? {} : { cause }) })
}
