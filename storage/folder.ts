/** Folders that outlive the program, and whom they are for: whoever runs the server, and nobody else. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'

const FOLDER_MODE = 0o700
export const FILE_MODE = 0o600
/** Mode bits that a program's new files do not get while it keeps such folders. */
export const PRIVATE_UMASK = 0o077
const MODE_BITS = 0o777

/** Makes a folder and those above it, one by one: Node's own recursion never ends on file systems like /proc. */
export function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: FOLDER_MODE })
}

/** Gives a folder or file, and all below it, the modes of FOLDER_MODE and FILE_MODE. Links are not followed. Returns what could not be changed. */
export function makePrivate(path: string): readonly string[] {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat === undefined || !(stat.isDirectory() || stat.isFile())) return []
  if (!setMode(path, stat)) return [path]
  return stat.isDirectory() ? readdirSync(path).flatMap((name) => makePrivate(join(path, name))) : []
}

/** The folder or file alone. False: it is another user's. */
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
