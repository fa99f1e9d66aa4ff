/** Folders that outlive the program. Only the user that runs the server may use them. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { codeOf } from './fault.ts'

const FOLDER_MODE = 0o700
export const FILE_MODE = 0o600
/** Mode bits that a program's new files do not get while it keeps such folders. */
export const PRIVATE_UMASK = 0o077
const MODE_BITS = 0o777

/**
 * Creates a folder and its parents one by one: Node's own recursion never ends on file systems like /proc. Without a
 * `mode`, only the user that runs the program may enter them.
 */
export function makeFolder(path: string, mode = FOLDER_MODE): void {
  if (existsSync(path)) return
  makeFolder(dirname(path), mode)
  try {
    mkdirSync(path, { mode })
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!(codeOf(error) === 'EEXIST' && existsSync(path))) throw error
  }
}

/**
 * Gives a folder or file, and all below it, the modes of FOLDER_MODE and FILE_MODE. Does not follow links. Returns the
 * paths that could not be changed.
 */
export function makePrivate(path: string): readonly string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined || !(stat.isDirectory() || stat.isFile())) return []
  if (!setMode(path, stat)) return [path]
  return stat.isDirectory() ? readdirSync(path).flatMap((name) => makePrivate(join(path, name))) : []
}

/** Changes only this folder or file. Returns false if it belongs to another user. */
export function setMode(path: string, stat: Stats = lstatSync(path)): boolean {
  const mode = stat.isDirectory() ? FOLDER_MODE : FILE_MODE
  if (process.platform === 'win32' || (stat.mode & MODE_BITS) === mode) return true
  try {
    chmodSync(path, (stat.mode & ~MODE_BITS) | mode)
    return true
  } catch {
    return false
  }
}
