/** Writes the results of commands. */
import { accessSync, constants, existsSync, lstatSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { makeFolder } from '../../storage/folder.ts'
import { codeOf } from '../../storage/fault.ts'
import { UsageError } from '../command.ts'
import { unwritable } from './file-faults.ts'

const exists = (path: string, what: string): UsageError =>
  new UsageError(`${path} exists already; name another ${what} for --out`)

/** Never replaces a file: it may be the recording itself. Throws UsageError. */
export async function writeNew(path: string, bytes: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: 'wx' })
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? exists(path, 'file') : unwritable(path, error)
  }
}

/**
 * Checks before long work that `writeNew` can write the file. `what`: what the user names with --out. Throws UsageError.
 */
export function requireNew(path: string, what: 'file' | 'folder' = 'file'): void {
  if (lstatSync(path, { throwIfNoEntry: false })) throw exists(path, what)
  requireFolder(what === 'folder' ? nearestFolder(dirname(path)) : dirname(path), path)
}

/** The folder, or the nearest above it that exists: folders of results are made. */
const nearestFolder = (folder: string): string => (existsSync(folder) ? folder : nearestFolder(dirname(folder)))

/** Makes a folder for results, and checks that files can be made in it. Throws UsageError. */
export function makeResultFolder(folder: string): void {
  try {
    makeFolder(folder)
  } catch (error) {
    throw unwritable(folder, error)
  }
  requireFolder(folder, folder)
}

function requireFolder(folder: string, path: string): void {
  try {
    if (existsSync(folder) && !statSync(folder).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
    accessSync(folder, constants.W_OK)
  } catch (error) {
    throw unwritable(path, error)
  }
}
