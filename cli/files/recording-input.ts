/** Opens the recordings named on the command line, and maps errors to exit codes. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  readMoment,
  readRecording,
  readSummary,
  RecordingError,
  type GrowingBytes,
  type RandomAccessBytes,
  type ReadHeader,
  type Recording,
  type RecordingErrorReason,
  type RecordingResult,
  type TickRange,
} from '../../replay/index.ts'
import { listRecordings } from '../../storage/recordings/index.ts'
import { Exit, UsageError } from '../command.ts'
import { printJson, schemaOf, type Terminal } from '../output.ts'
import { unreadable } from './file-faults.ts'
import { openBytes, openGrowingFile } from './paged-file.ts'

const EXITS: Readonly<Record<RecordingErrorReason, number>> = {
  'not-a-recording': Exit.corrupt,
  corrupt: Exit.corrupt,
  'torn-header': Exit.corrupt,
  'no-start': Exit.corrupt,
  'bad-definition': Exit.corrupt,
  'unsupported-version': Exit.version,
  'other-engine': Exit.version,
  'other-sim': Exit.version,
  'no-common-tick': Exit.usage,
  diverged: Exit.failed,
  aborted: Exit.timeout,
  unreadable: Exit.usage,
}

export const exitOf = (error: RecordingError): number => EXITS[error.reason]

/** Fields of an error for `--json`. */
export const errorFields = (error: RecordingError): Readonly<Record<string, unknown>> => ({
  reason: error.reason,
  message: error.message,
  offset: error.offset,
})

/** Reports that a recording cannot be used. Returns the exit code. */
export function reportUnusable(
  to: Terminal,
  command: string,
  json: boolean,
  file: string,
  error: RecordingError,
): number {
  if (json) printJson(to, schemaOf(command), { file, error: errorFields(error) })
  else to.err(`otherworld ${command}: ${file}: ${error.message}\n`)
  return exitOf(error)
}

/** The file's bytes, of which only some are in memory. Throws UsageError if it cannot be read. */
function bytesOf(file: string): RandomAccessBytes {
  try {
    return openBytes(file)
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** The bytes of a recording that is still written. Throws UsageError if the file cannot be read or followed. */
export function openGrowing(file: string): GrowingBytes {
  try {
    return openGrowingFile(file)
  } catch (error) {
    throw unreadable(file, error)
  }
}

const valueOrError = <T>(result: RecordingResult<T>): T | RecordingError => (result.ok ? result.value : result.error)

/** The recording, or what is wrong with it. Throws UsageError if the file cannot be read. */
export async function openRecording(file: string): Promise<Recording | RecordingError> {
  return valueOrError(readRecording(bytesOf(file)))
}

export interface OpenedRecording {
  readonly file: string
  readonly recording: Recording | RecordingError
}

/** The newest recording of the named files and folders, which must belong to one realm. Throws UsageError. */
export async function openNewest(paths: readonly string[]): Promise<OpenedRecording> {
  const files: string[] = []
  for (const path of paths) files.push(...(await filesIn(path)))
  let newest: FoundRecording | null = null
  for (const file of files) {
    const found = await findRecording(file)
    if (found instanceof RecordingError) return { file, recording: found }
    if (newest && newest.header.realm !== found.header.realm) throw otherRealm(newest, found)
    if (!newest || compareAge(found, newest) > 0) newest = found
  }
  if (!newest) throw new UsageError(`there is no recording in ${paths.join(', ')}`)
  return { file: newest.file, recording: await newest.open() }
}

/** A recording of which header and ticks are known. */
interface FoundRecording {
  readonly file: string
  readonly header: ReadHeader
  readonly startTick: number
  readonly lastTick: number
  /** Opens the ticks from a checkpoint before `range` to its end; all of it without one. */
  open(range?: TickRange): Promise<Recording | RecordingError>
}

/**
 * Finds a recording by its header and its index. One without an index is read. Throws UsageError if it cannot be read.
 */
async function findRecording(file: string): Promise<FoundRecording | RecordingError> {
  const bytes = bytesOf(file)
  const summary = await readSummary({
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  })
  if (!summary.ok) return summary.error
  const { header, index } = summary.value
  if (index) {
    const open = async (range?: TickRange): Promise<Recording | RecordingError> =>
      valueOrError(range ? await readMoment(bytes, range) : readRecording(bytes))
    return { file, header, startTick: index.startTick, lastTick: index.lastTick, open }
  }
  const whole = readRecording(bytes)
  if (!whole.ok) return whole.error
  const { startTick, lastTick } = whole.value
  return { file, header, startTick, lastTick, open: async () => whole.value }
}

/**
 * Finds the recording that has a tick, of the named files and folders, which must belong to one realm. If several have it,
 * the newest of them. `warn` is called for each file that cannot be read; if no other has the tick, its error is the
 * result. Throws UsageError if none has it.
 */
async function findHolding(
  paths: readonly string[],
  tick: number,
  warn: (text: string) => void,
): Promise<FoundRecording | { readonly file: string; readonly error: RecordingError }> {
  const readable: FoundRecording[] = []
  const leftOut: { readonly file: string; readonly error: RecordingError }[] = []
  for (const file of await recordingsIn(paths)) {
    const found = await findRecording(file)
    if (found instanceof RecordingError) leftOut.push({ file, error: found })
    else readable.push(found)
  }
  const [first] = readable
  for (const each of readable) if (first && each.header.realm !== first.header.realm) throw otherRealm(first, each)
  const [found] = readable
    .filter(({ startTick, lastTick }) => tick >= startTick && tick <= lastTick)
    .toSorted((a, b) => compareAge(b, a))
  if (!found && leftOut[0]) return leftOut[0]
  for (const { file, error } of leftOut) warn(`${file} is left out: ${error.message}`)
  if (found) return found
  const ranges = readable.map(({ file, startTick, lastTick }) => `${file} has ticks ${startTick} to ${lastTick}`)
  throw new UsageError(`no recording has tick ${tick}: ${ranges.join('; ')}`)
}

/**
 * Opens the recording that `findHolding` finds: all of it, or only the ticks that `rangeOf` names, with the checkpoint
 * before them. `rangeOf` may throw UsageError.
 */
export async function openHolding(
  paths: readonly string[],
  tick: number,
  warn: (text: string) => void,
  rangeOf?: (found: FoundRecording) => TickRange,
): Promise<OpenedRecording> {
  const found = await findHolding(paths, tick, warn)
  return { file: found.file, recording: 'error' in found ? found.error : await found.open(rangeOf?.(found)) }
}

/** Above 0 if `a` is the newer recording. */
const compareAge = ({ header: a }: Named, { header: b }: Named): number => a.epoch - b.epoch || a.segment - b.segment

type Named = Pick<FoundRecording, 'file' | 'header'>

const otherRealm = (one: Named, other: Named): UsageError =>
  new UsageError(
    `${one.file} is of the realm "${one.header.realm}", ${other.file} of "${other.header.realm}"; name recordings of one realm`,
  )

/** The named files, and all recordings in the named folders. Throws UsageError. */
export async function recordingsIn(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = []
  for (const path of paths) {
    const found = await stat(path).catch((error: unknown) => {
      throw unreadable(path, error)
    })
    const inside = found.isDirectory()
      ? (await Promise.all([path, join(path, 'recordings')].map((folder) => recordingsOf(folder)))).flat()
      : [path]
    if (inside.length === 0) throw new UsageError(`there is no recording (*.owr) in ${path}`)
    files.push(...inside)
  }
  return files
}

/** The recordings of a folder: those of a server by realm, newest first; then those with other names. */
async function recordingsOf(folder: string): Promise<readonly string[]> {
  const named = (await listRecordings(folder)).map((entry) => entry.path)
  return [...named, ...(await otherwiseNamed(folder, named))]
}

/** The `.owr` files of a folder whose names are not those that a server gives, by name. */
async function otherwiseNamed(folder: string, named: readonly string[]): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw unreadable(folder, error)
  })
  const paths = names.filter((name) => name.endsWith('.owr')).map((name) => join(folder, name))
  return paths.filter((path) => !named.includes(path)).toSorted()
}

/** Returns a file unchanged; for a folder, or its recordings/, the newest recording of each realm. */
async function filesIn(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  if (!found.isDirectory()) return [path]
  for (const folder of [path, join(path, 'recordings')]) {
    // Sorted by realm, newest first.
    const entries = await listRecordings(folder)
    const newest = entries.filter(({ realm }, i) => realm !== entries[i - 1]?.realm).map((entry) => entry.path)
    const all = entries.map((entry) => entry.path)
    const files = [...newest, ...(await otherwiseNamed(folder, all))]
    if (files.length > 0) return files
  }
  return []
}
