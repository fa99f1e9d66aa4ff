/** The index files of recordings: reads, makes and keeps them. */
import { createHash } from 'node:crypto'
import { open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Realm } from '../../sim/index.ts'
import { RecordingError, type Simulation } from '../../replay/index.ts'
import {
  collectFacts,
  crc32c,
  decodeFacts,
  encodeFacts,
  endsOf,
  INDEX_SUFFIX,
  STAMP_BYTES,
  type CollectOptions,
  type RecordingFacts,
  type RecordingStamp,
} from '../../replay/search/index.ts'
import { FILE_MODE, makeFolder } from '../../storage/folder.ts'
import { UsageError } from '../command.ts'
import { unreadable } from './file-faults.ts'
import { openRecording } from './recording-input.ts'

/** Where an index is: beside its recording, in the user's cache, or nowhere because neither could be written. */
export type IndexPlace = 'beside' | 'cache' | 'memory'

export interface IndexedRecording {
  readonly file: string
  readonly facts: RecordingFacts
  readonly place: IndexPlace
}

/** Folder for the indexes of recordings in read-only folders (XDG Base Directory Specification). */
export function defaultCacheFolder(): string {
  try {
    return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'otherworld', 'indexes')
  } catch {
    // This user has no home folder.
    return join(tmpdir(), 'otherworld-indexes')
  }
}

const cachePath = (folder: string, file: string): string =>
  join(folder, `${createHash('sha256').update(resolve(file)).digest('hex')}${INDEX_SUFFIX}`)

type QuickStamp = Omit<RecordingStamp, 'whole'>

async function readStamp(file: string): Promise<QuickStamp> {
  const handle = await open(file, 'r')
  try {
    const { size, mtimeMs } = await handle.stat()
    const length = Math.min(size, STAMP_BYTES)
    const read = async (position: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await handle.read(new Uint8Array(length), 0, length, position)
      return buffer.subarray(0, bytesRead)
    }
    return { ...endsOf(size, await read(0), await read(size - length)), modifiedMs: mtimeMs }
  } finally {
    await handle.close()
  }
}

/** CRC-32C of all bytes of a file. */
async function checksumOf(file: string): Promise<number> {
  const handle = await open(file, 'r')
  try {
    const buffer = new Uint8Array(CHECKSUM_READ_BYTES)
    let crc = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return crc
      crc = crc32c(buffer, 0, bytesRead, crc)
    }
  } finally {
    await handle.close()
  }
}

/** Bytes of a read: few calls of the operating system. */
const CHECKSUM_READ_BYTES = 1024 * 1024

/**
 * The recording's facts by its index; null if it has no index that is whole and of its present bytes. If the recording
 * was written since, or copied, its checksum decides; this reads all of it, once.
 */
export async function readIndex(file: string, cacheFolder: string): Promise<IndexedRecording | null> {
  const stamp = await readStamp(file)
  for (const [place, path] of [
    ['beside', `${file}${INDEX_SUFFIX}`],
    ['cache', cachePath(cacheFolder, file)],
  ] as const) {
    const bytes = await readFile(path).catch(() => null)
    const found = bytes && decodeFacts(bytes, stamp)
    if (!found) continue
    const { facts, stamp: made } = found
    if (made.modifiedMs !== stamp.modifiedMs) {
      if ((await checksumOf(file)) !== made.whole) continue
      await replaceFile(path, encodeFacts(facts, { ...made, modifiedMs: stamp.modifiedMs }))
    }
    return { file, facts, place }
  }
  return null
}

/** True if this program could replay a recording whose index lacks events. */
export const canImprove = (
  { origin, missing, replayedBy }: RecordingFacts,
  { engine, version }: Pick<Simulation<Realm>, 'engine' | 'version'>,
): boolean =>
  missing !== null &&
  origin.engine === engine &&
  origin.simVersion === version &&
  !(replayedBy?.engine === engine && replayedBy.version === version)

/**
 * Collects the facts of a recording and keeps them in an index. Errors: those of reading a recording. Throws UsageError if
 * the file cannot be read.
 */
export async function makeIndex(
  file: string,
  cacheFolder: string,
  simulation: Simulation<Realm> | null,
  options: CollectOptions = {},
): Promise<IndexedRecording | RecordingError> {
  const stamp = { ...(await readStamp(file)), whole: await checksumOf(file) }
  const recording = await openRecording(file)
  if (recording instanceof RecordingError) return recording
  const facts = await collectFacts(recording, simulation, options)
  if (!facts.ok) return facts.error
  return { file, facts: facts.value, place: await keep(file, cacheFolder, encodeFacts(facts.value, stamp)) }
}

async function keep(file: string, cacheFolder: string, bytes: Uint8Array): Promise<IndexPlace> {
  if (await replaceFile(`${file}${INDEX_SUFFIX}`, bytes)) return 'beside'
  try {
    makeFolder(cacheFolder)
    return (await replaceFile(cachePath(cacheFolder, file), bytes)) ? 'cache' : 'memory'
  } catch {
    return 'memory'
  }
}

/** Readers see the old file or the whole new one. False if it cannot be written. */
async function replaceFile(path: string, bytes: Uint8Array): Promise<boolean> {
  const unfinished = `${path}.${process.pid}.new`
  try {
    await writeFile(unfinished, bytes, { mode: FILE_MODE })
    await rename(unfinished, path)
    return true
  } catch {
    await rm(unfinished, { force: true }).catch(() => undefined)
    return false
  }
}

/** The named files, and all `.owr` files in the named folders and below, by their paths. Throws UsageError. */
export async function searchableIn(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = []
  for (const path of paths) {
    const found = await stat(path).catch((error: unknown) => {
      throw unreadable(path, error)
    })
    if (!found.isDirectory()) files.push(path)
    else {
      const entries = await readdir(path, { recursive: true, withFileTypes: true })
      const inside = entries
        .filter((entry) => entry.isFile() && entry.name.endsWith('.owr'))
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()
      if (inside.length === 0) throw new UsageError(`there is no .owr file in ${path}`)
      files.push(...inside)
    }
  }
  return [...new Set(files)]
}
