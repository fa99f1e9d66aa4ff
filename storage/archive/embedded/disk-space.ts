/**
 * Checks that the embedded database's first copy fits before the copy begins, so that the error names the folder and
 * the sizes.
 */
import { existsSync, readdirSync, statfsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { ArchiveError } from '../archive.ts'

/** Needed beside the copy: the database begins a second segment of its log (16 MiB) and writes its first records. */
const GROWTH_BYTES = 24 * 1024 * 1024
const MIB = 1024 * 1024
/** Block size in which disk usage is counted. */
const BLOCK_BYTES = 4_096

function bytesIn(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile())
      bytes += Math.ceil(statSync(join(entry.parentPath, entry.name)).size / BLOCK_BYTES) * BLOCK_BYTES
  }
  return bytes
}

/** Throws an ArchiveError if the database does not exist yet and the disk of `directory` has no room for it. */
export function checkRoom(directory: string, template: string): void {
  if (existsSync(join(directory, 'database')) || !existsSync(template)) return
  const needed = bytesIn(template) + GROWTH_BYTES
  const { bavail, bsize } = statfsSync(directory)
  const free = bavail * bsize
  if (free >= needed) return
  throw new ArchiveError({
    reason: 'internal',
    what: `the disk is full: the embedded database needs ${Math.ceil(needed / MIB)} MiB, ${Math.floor(free / MIB)} MiB are free`,
    where: directory,
    fix: 'make room on the disk of this folder, or give a folder on another one with --data DIR',
  })
}
