/** Lists the recordings in a data directory. It reads only the ends of the files. */
import { join } from 'node:path'
import { readSummary, type RecordingErrorReason, type RecordingSummary } from '../../replay/index.ts'
import { parseRecordingName, UNFINISHED, type RecordingName } from './names.ts'
import { nodePlatform, type Platform } from './platform.ts'

export interface RecordingEntry extends RecordingName {
  readonly path: string
  /** Size of the file. */
  readonly bytes: number
  /** The header, and the index if the recording was closed; or the reason why the header is unreadable. */
  readonly summary: RecordingSummary | null
  readonly unreadable: RecordingErrorReason | null
}

/** Recordings of a realm, or of all realms, newest first (by epoch, then segment). A missing directory has none. */
export async function listRecordings(
  directory: string,
  realm?: string,
  platform: Platform = nodePlatform,
): Promise<readonly RecordingEntry[]> {
  const names = (await filesOf(directory, platform)).flatMap((file) => {
    const name = parseRecordingName(file)
    return name && (realm === undefined || name.realm === realm) ? [{ ...name, path: join(directory, file) }] : []
  })
  names.sort((a, b) => (a.realm < b.realm ? -1 : a.realm > b.realm ? 1 : b.epoch - a.epoch || b.segment - a.segment))
  const entries: RecordingEntry[] = []
  for (const name of names) entries.push(await describe(name, platform))
  return entries
}

/** Removes unfinished files that an ended process left. Call it only while no server runs on the directory. */
export async function removeUnfinished(directory: string, platform: Platform = nodePlatform): Promise<void> {
  for (const file of await filesOf(directory, platform))
    if (file.endsWith(UNFINISHED) && file.includes('.owr.')) await platform.removeLater(join(directory, file))
}

async function filesOf(directory: string, platform: Platform): Promise<string[]> {
  try {
    return await platform.list(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function describe(name: RecordingName & { readonly path: string }, platform: Platform): Promise<RecordingEntry> {
  const file = await platform.open(name.path)
  try {
    const summary = await readSummary(file)
    return {
      ...name,
      bytes: file.size,
      summary: summary.ok ? summary.value : null,
      unreadable: summary.ok ? null : summary.error.reason,
    }
  } finally {
    await file.close()
  }
}
