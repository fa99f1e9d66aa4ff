/** Which recordings a data directory holds, read from the ends of the files. */
import { readdir, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { readSummary, type RecordingErrorReason, type RecordingSummary } from '../../replay/index.ts'
import { parseRecordingName, UNFINISHED, type RecordingName } from './names.ts'

export interface RecordingEntry extends RecordingName {
  readonly path: string
  /** Size of the file. */
  readonly bytes: number
  /** Header, and index where it was closed; or why there is no header to read. */
  readonly summary: RecordingSummary | null
  readonly unreadable: RecordingErrorReason | null
}

/** Recordings of a realm, newest first (by epoch, then segment); of all realms where none is named. A missing directory holds none. */
export async function listRecordings(directory: string, realm?: string): Promise<readonly RecordingEntry[]> {
  const names = (await filesOf(directory)).flatMap((file) => {
    const name = parseRecordingName(file)
    return name && (realm === undefined || name.realm === realm) ? [{ ...name, path: join(directory, file) }] : []
  })
  names.sort((a, b) => (a.realm < b.realm ? -1 : a.realm > b.realm ? 1 : b.epoch - a.epoch || b.segment - a.segment))
  const entries: RecordingEntry[] = []
  for (const name of names) entries.push(await describe(name))
  return entries
}

/** Removes what was left of recordings that were being begun when a process ended. Only while no server runs on the directory. */
export async function removeUnfinished(directory: string): Promise<void> {
  for (const file of await filesOf(directory)) if (file.endsWith(UNFINISHED) && file.includes('.owr.')) await unlink(join(directory, file))
}

async function filesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function describe(name: RecordingName & { readonly path: string }): Promise<RecordingEntry> {
  const file = await open(name.path, 'r')
  try {
    const { size } = await file.stat()
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }
    const summary = await readSummary({ size, read })
    return { ...name, bytes: size, summary: summary.ok ? summary.value : null, unreadable: summary.ok ? null : summary.error.reason }
  } finally {
    await file.close()
  }
}
