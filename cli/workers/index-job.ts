/** The job "index": replays a recording and makes its index for `replay search`. */
import { loadEngine } from '../../sim/index.ts'
import { RecordingError, simulationOf } from '../../replay/index.ts'
import { makeIndex, type IndexedRecording } from '../files/recording-indexes.ts'
import { UsageError } from '../command.ts'
import type { JobContext } from './job.ts'
import { plainError, type PlainError } from './verify-job.ts'

export interface IndexInput {
  readonly file: string
  /** Folder for the indexes of recordings in read-only folders. */
  readonly cacheFolder: string
}

export type IndexOutput =
  | { readonly ok: true; readonly value: IndexedRecording }
  | { readonly ok: false; readonly error: PlainError }
  /** The file cannot be read: the message of a UsageError. */
  | { readonly ok: false; readonly unreadable: string }

export async function indexJob({ file, cacheFolder }: IndexInput, context: JobContext): Promise<IndexOutput> {
  try {
    const made = await makeIndex(file, cacheFolder, simulationOf(await loadEngine()), {
      onProgress: async ({ done, total }) => context.progress(done, total),
    })
    if (made instanceof RecordingError) return { ok: false, error: plainError(made) }
    // A replay that trapped may have damaged the engine of this thread.
    if (made.facts.missing !== null) context.retire()
    return { ok: true, value: made }
  } catch (error) {
    if (error instanceof UsageError) return { ok: false, unreadable: error.message }
    throw error
  }
}
