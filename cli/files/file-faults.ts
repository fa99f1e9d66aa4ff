/** Words for files and folders that the operating system refuses: the same in every command, with exit code 2. */
import { codeOf } from '../../storage/fault.ts'
import { UsageError } from '../command.ts'

/** The path is wrong, or not the user's to use. A full disk and its like are faults of the machine instead. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder; name a file',
  ENOTDIR: 'a part of its path is a file, not a folder',
  EACCES: 'you may not: its permissions, or those of its folder, forbid it',
  EPERM: 'you may not: its permissions, or those of its folder, forbid it',
  EROFS: 'its file system is read-only',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
}

/** Why a path cannot be used; null for other faults. */
export const pathFault = (error: unknown): string | null => WORDS[codeOf(error) ?? ''] ?? null

const reasonOf = (error: unknown): string =>
  pathFault(error) ?? (error instanceof Error ? error.message : String(error))

/** The error of a file or folder that cannot be opened or read. */
export const unreadable = (path: string, error: unknown): UsageError =>
  new UsageError(`cannot read ${path}: ${reasonOf(error)}`, { cause: error })

/** The error of a file or folder that cannot be written. */
export const unwritable = (path: string, error: unknown): UsageError =>
  new UsageError(`cannot write ${path}: ${reasonOf(error)}`, { cause: error })
