/** Reads the indexes of many recordings, and makes those that are missing. */
import type { Realm } from '../../sim/index.ts'
import type { RecordingError, Simulation } from '../../replay/index.ts'
import { statSync } from 'node:fs'
import { Progress, type Terminal } from '../output.ts'
import { canImprove, makeIndex, readIndex, type IndexedRecording } from './recording-indexes.ts'
import { unreadable } from './file-faults.ts'

export interface Indexed {
  readonly file: string
  /** Its facts, or what is wrong with the recording. */
  readonly found: IndexedRecording | RecordingError
  /** True if the index was made now. */
  readonly wasMade: boolean
}

export interface IndexOptions {
  /** Called only if an index has to be made. */
  load(): Promise<Simulation<Realm>>
  /** Folder for the indexes of recordings in read-only folders. */
  readonly cacheFolder: string
}

/** In the order of `files`. Throws UsageError for unreadable files. */
export async function indexAll(
  files: readonly string[],
  to: Terminal,
  { load, cacheFolder }: IndexOptions,
): Promise<readonly Indexed[]> {
  const known = new Map<string, IndexedRecording | null>()
  for (const file of files)
    known.set(
      file,
      await readIndex(file, cacheFolder).catch((error: unknown) => {
        throw unreadable(file, error)
      }),
    )
  const incomplete = [...known.values()].some((found) => found === null || found.facts.missing !== null)
  const simulation = incomplete ? await load() : null
  const wanted = files.filter((file) => {
    const found = known.get(file)
    return !found || (simulation !== null && canImprove(found.facts, simulation))
  })
  const made = await makeAll(wanted, to, cacheFolder, simulation)
  return files.flatMap((file) => {
    const found = made.get(file) ?? known.get(file)
    return found ? [{ file, found, wasMade: made.has(file) }] : []
  })
}

async function makeAll(
  files: readonly string[],
  to: Terminal,
  cacheFolder: string,
  simulation: Simulation<Realm> | null,
): Promise<ReadonlyMap<string, IndexedRecording | RecordingError>> {
  const sizes = new Map(files.map((file) => [file, statSync(file).size]))
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const progress = new Progress(to, files.length === 1 ? 'indexing' : `indexing ${files.length} recordings`)
  const made = new Map<string, IndexedRecording | RecordingError>()
  let doneBytes = 0
  for (const file of files) {
    const bytes = sizes.get(file) ?? 0
    const onProgress = ({ done, total: ticks }: { readonly done: number; readonly total: number }): void =>
      progress.update(doneBytes + (bytes * done) / Math.max(1, ticks), total)
    made.set(file, await makeIndex(file, cacheFolder, simulation, { onProgress }))
    doneBytes += bytes
    progress.update(doneBytes, total)
  }
  progress.end()
  return made
}
