/** Explains to the operator why the embedded database cannot be opened, or which damage it found in its files. */
import { accessSync, constants, existsSync, readdirSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { ArchiveError } from '../archive.ts'
import { SqlFault } from '../connection.ts'
import type { EmbeddedAnswer } from './embedded-messages.ts'

/**
 * With less space PGlite can neither begin a file of its log (1 MiB) nor close in order. Its only message then is
 * "Aborted()".
 */
const FREE_BYTES_MIN = 4 * 1024 * 1024
const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS'])
/** PostgreSQL's codes for files that do not fit together: data_corrupted, index_corrupted, undefined_file. */
const DAMAGED_STATES: ReadonlySet<string> = new Set(['XX001', 'XX002', '58P01'])

/** Returns the error to report, or null if another attempt may succeed: an ended thread, or no memory. */
export function whyNotOpen(
  directory: string,
  failure: Extract<EmbeddedAnswer, { type: 'failed' }> | null,
): ArchiveError | null {
  if (failure === null || /memory/i.test(failure.message)) return null
  if (FULL.has(failure.code) || freeBytes(directory) < FREE_BYTES_MIN)
    return new ArchiveError({
      reason: 'away',
      where: directory,
      what: 'there is no space left for the embedded database',
      fix: 'free some space, or move the data directory to a larger disk; it is tried again',
    })
  const closed = existsSync(directory) ? firstClosed(directory) : null
  if (closed !== null || DENIED.has(failure.code))
    return new ArchiveError({
      reason: 'internal',
      where: closed ?? directory,
      what: `the rights do not allow the embedded database to read and write its files (${failure.message})`,
      fix: 'give the data directory, and all in it, to the user who runs the server (chown -R)',
    })
  return failure.code === '' ? damaged(directory, `cannot be opened: ${failure.message}`) : null
}

/** Returns the ArchiveError if a statement's fault shows damaged files, or else the error unchanged. */
export function whatItFound(directory: string, error: unknown): unknown {
  return error instanceof SqlFault && DAMAGED_STATES.has(error.state)
    ? damaged(directory, `${error.message} (SQLSTATE ${error.state})`)
    : error
}

function damaged(directory: string, what: string): ArchiveError {
  return new ArchiveError({
    reason: 'broken',
    where: directory,
    what: `the embedded database is damaged, as after a loss of power: ${what}`,
    fix:
      'stop the server, move this folder aside or put a backup in its place, and start again. Without a backup these records are lost: user names, owners of packages, roles, the list of sessions. ' +
      'The realms are not lost, because their recordings have them. Package files stay in the store; uploading a package again restores its record',
  })
}

function freeBytes(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(existsSync(directory) ? directory : join(directory, '..'))
    return bavail * bsize
  } catch {
    return Infinity
  }
}

/** Returns the first file or folder that this user may not use, or null. */
function firstClosed(path: string): string | null {
  try {
    accessSync(path, constants.R_OK | constants.W_OK)
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const below = join(path, entry.name)
      if (!entry.isDirectory()) accessSync(below, constants.R_OK | constants.W_OK)
      const closed = entry.isDirectory() ? firstClosed(below) : null
      if (closed !== null) return closed
    }
    return null
  } catch (error) {
    return error instanceof Error && 'path' in error && typeof error.path === 'string' ? error.path : path
  }
}
