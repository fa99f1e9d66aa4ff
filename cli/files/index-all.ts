/** Reads the indexes of many recordings, and makes those that are missing. */
import type { Realm } from '../../sim/index.ts'
import type { RecordingError, Simulation } from '../../replay/index.ts'
import { statSync } from 'node:fs'
import { UsageError } from '../command.ts'
import { Progress, type Terminal } from '../output.ts'
import type { ReplayKinds } from '../workers/kinds.ts'
import { JobPool, REPLAY_WORKER } from '../workers/pool.ts'
import { fromPlainError } from '../workers/verify-job.ts'
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
  /** Threads that make indexes, each of another recording. With 1, this thread does. Default 1. */
  readonly threads?: number
  /** The bundle of the threads. */
  readonly workerFile?: URL
}

type Made = IndexedRecording | RecordingError

/** Makes the index of a recording. */
interface IndexMaker {
  make(file: string, onShare: (share: number) => void): Promise<Made>
  close(): Promise<void>
}

/** In the order of `files`. Throws UsageError for unreadable files. */
export async function indexAll(
  files: readonly string[],
  to: Terminal,
  options: IndexOptions,
): Promise<readonly Indexed[]> {
  const { load, cacheFolder } = options
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
  const made = await makeAll(wanted, to, simulation, options)
  return files.flatMap((file) => {
    const found = made.get(file) ?? known.get(file)
    return found ? [{ file, found, wasMade: made.has(file) }] : []
  })
}

async function makeAll(
  files: readonly string[],
  to: Terminal,
  simulation: Simulation<Realm> | null,
  { cacheFolder, threads = 1, workerFile = REPLAY_WORKER }: IndexOptions,
): Promise<ReadonlyMap<string, Made>> {
  const lanes = Math.min(threads, files.length)
  const maker = lanes > 1 ? inThreads(lanes, cacheFolder, workerFile) : inThisThread(cacheFolder, simulation)
  const sizes = files.map((file) => statSync(file).size)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const progress = new Progress(to, files.length === 1 ? 'indexing' : `indexing ${files.length} recordings`)
  const made = new Map<string, Made>()
  const doneBytes = files.map(() => 0)
  let next = 0
  const lane = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++) {
      const [file = '', size = 0] = [files[i], sizes[i]]
      const onShare = (share: number): void => {
        doneBytes[i] = size * share
        progress.update(
          doneBytes.reduce((sum, bytes) => sum + bytes, 0),
          total,
        )
      }
      made.set(file, await maker.make(file, onShare))
      onShare(1)
    }
  }
  try {
    await Promise.all(Array.from({ length: lanes }, lane))
  } finally {
    progress.end()
    await maker.close()
  }
  return made
}

const inThisThread = (cacheFolder: string, simulation: Simulation<Realm> | null): IndexMaker => ({
  make: (file, onShare) =>
    makeIndex(file, cacheFolder, simulation, { onProgress: ({ done, total }) => onShare(done / Math.max(1, total)) }),
  close: async () => {},
})

function inThreads(threads: number, cacheFolder: string, workerFile: URL): IndexMaker {
  const pool = new JobPool<ReplayKinds>(threads, workerFile)
  return {
    make: async (file, onShare) => {
      const output = await pool.run(
        'index',
        { file, cacheFolder },
        { onProgress: (done, total) => onShare(done / Math.max(1, total)) },
      )
      if (output.ok) return output.value
      if ('unreadable' in output) throw new UsageError(output.unreadable)
      return fromPlainError(output.error)
    },
    close: () => pool.close(),
  }
}
