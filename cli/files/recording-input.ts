/** Opens the recordings named on the command line, and maps errors to exit codes. */
import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readRecording, RecordingError, type Recording, type RecordingErrorReason } from '../../replay/index.ts'
import { listRecordings } from '../../storage/recordings/index.ts'
import { Exit, UsageError } from '../command.ts'
import { printJson, schemaOf, type Terminal } from '../output.ts'

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

/** The error of a file that cannot be opened or read. */
export function unreadable(path: string, error: unknown): UsageError {
  const { code, message } = error as NodeJS.ErrnoException
  return new UsageError(
    `cannot read ${path}: ${code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder; name a recording' : message}`,
    {
      cause: error,
    },
  )
}

/** The recording, or what is wrong with it. Throws UsageError if the file cannot be read. */
export async function openRecording(file: string): Promise<Recording | RecordingError> {
  const recording = readRecording(await readBytes(file))
  return recording.ok ? recording.value : recording.error
}

/** A file's bytes. Throws UsageError if the file cannot be read. */
async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** A file's bytes in memory that threads share. Throws UsageError if the file cannot be read. */
export async function readSharedBytes(file: string): Promise<Uint8Array> {
  try {
    await using handle = await open(file)
    const bytes = new Uint8Array(new SharedArrayBuffer((await handle.stat()).size))
    let size = 0
    for (let read = -1; read !== 0 && size < bytes.length; size += read)
      read = (await handle.read(bytes, size, bytes.length - size)).bytesRead
    return bytes.subarray(0, size)
  } catch (error) {
    throw unreadable(file, error)
  }
}

export interface OpenedRecording {
  readonly file: string
  readonly recording: Recording | RecordingError
}

/** The newest recording of the named files and folders, which must belong to one realm. Throws UsageError. */
export async function openNewest(paths: readonly string[]): Promise<OpenedRecording> {
  const files: string[] = []
  for (const path of paths) files.push(...(await filesIn(path)))
  let newest: OpenedRecording | null = null
  for (const file of files) {
    const recording = await openRecording(file)
    if (recording instanceof RecordingError) return { file, recording }
    if (!newest || newest.recording instanceof RecordingError) {
      newest = { file, recording }
      continue
    }
    const [one, other] = [newest.recording.header, recording.header]
    if (one.realm !== other.realm)
      throw otherRealm({ file: newest.file, recording: newest.recording }, { file, recording })
    if (other.epoch > one.epoch || (other.epoch === one.epoch && other.segment > one.segment))
      newest = { file, recording }
  }
  if (!newest) throw new UsageError(`there is no recording in ${paths.join(', ')}`)
  return newest
}

/**
 * The recording that has a tick, of the named files and folders, which must belong to one realm. If several have it, the
 * newest of them. `warn` is called for each file that cannot be read; if no other has the tick, its error is the result.
 * Throws UsageError if none has it.
 */
export async function openHolding(
  paths: readonly string[],
  tick: number,
  warn: (text: string) => void,
): Promise<OpenedRecording> {
  const readable: { readonly file: string; readonly recording: Recording }[] = []
  const leftOut: OpenedRecording[] = []
  for (const file of await recordingsIn(paths)) {
    const recording = await openRecording(file)
    if (recording instanceof RecordingError) leftOut.push({ file, recording })
    else readable.push({ file, recording })
  }
  const [first] = readable
  for (const each of readable)
    if (first && each.recording.header.realm !== first.recording.header.realm) throw otherRealm(first, each)
  const [found] = readable
    .filter(({ recording: { startTick, lastTick } }) => tick >= startTick && tick <= lastTick)
    .toSorted(
      ({ recording: { header: a } }, { recording: { header: b } }) => b.epoch - a.epoch || b.segment - a.segment,
    )
  if (!found && leftOut[0]) return leftOut[0]
  for (const { file, recording } of leftOut) warn(`${file} is left out: ${(recording as RecordingError).message}`)
  if (found) return found
  const ranges = readable.map(({ file, recording: r }) => `${file} has ticks ${r.startTick} to ${r.lastTick}`)
  throw new UsageError(`no recording has tick ${tick}: ${ranges.join('; ')}`)
}

const otherRealm = (
  one: { readonly file: string; readonly recording: Recording },
  other: { readonly file: string; readonly recording: Recording },
): UsageError =>
  new UsageError(
    `${one.file} is of the realm "${one.recording.header.realm}", ${other.file} of "${other.recording.header.realm}"; name recordings of one realm`,
  )

/** The named files, and all recordings in the named folders. Throws UsageError. */
export async function recordingsIn(paths: readonly string[]): Promise<readonly string[]> {
  const files: string[] = []
  for (const path of paths) {
    const found = await stat(path).catch((error: unknown) => {
      throw unreadable(path, error)
    })
    const inside = found.isDirectory()
      ? (await Promise.all([path, join(path, 'recordings')].map((folder) => listRecordings(folder))))
          .flat()
          .map((entry) => entry.path)
      : [path]
    if (inside.length === 0)
      throw new UsageError(`there is no recording in ${path}; in a folder, only files named REALM-eN-sN.owr count`)
    files.push(...inside)
  }
  return files
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
    if (entries.length > 0)
      return entries.filter(({ realm }, i) => realm !== entries[i - 1]?.realm).map((entry) => entry.path)
  }
  return []
}
