/** Verifies recordings in this thread or in worker threads: several at a time, and a long one in parts. */
import { stat } from 'node:fs/promises'
import {
  joinParts,
  partsOf,
  RecordingError,
  verify,
  type Part,
  type Recording,
  type Simulation,
  type Verification,
} from '../../replay/index.ts'
import { openRecording } from '../files/recording-input.ts'
import type { ReplayKinds } from './kinds.ts'
import { JobError, JobPool, REPLAY_WORKER } from './pool.ts'
import { fromPlainError } from './verify-job.ts'

/** Parts of one file for each thread: the threads then end at about the same time. */
const PARTS_PER_THREAD = 4

/** Ticks to verify; without a bound, the recording's. */
export interface TickRange {
  readonly from?: number
  readonly to?: number
}

/** The result for one file. */
export interface FileResult {
  readonly file: string
  /** Null if nothing was compared: no time was left, or the file has no tick of the range. */
  readonly result: Verification | RecordingError | JobError | null
  readonly tickRate: number
  /** The ticks of the file; null if it was not opened or could not be. */
  readonly ticks: { readonly first: number; readonly last: number } | null
}

export interface VerifyFilesOptions {
  readonly range: TickRange
  readonly signal: AbortSignal | null
  /** In bytes of all files. */
  onProgress(done: number, total: number): void
  /** Called for each file in the order given. */
  onResult(result: FileResult): void
}

interface PartOptions {
  readonly signal: AbortSignal
  onProgress(share: number): void
}

export interface OpenFile {
  readonly recording: Recording
  /** Parts wait for a free thread in the order of the calls. Null for a part that did not run. */
  run(part: Part, options: PartOptions): Promise<Verification | RecordingError | null>
}

/** Runs the parts of recordings. */
export interface Verifier {
  /** Files at a time, and the most parts of one. */
  readonly filesMax: number
  readonly partsMax: number
  open(file: string): Promise<OpenFile | RecordingError>
  close(): Promise<void>
}

/** Verifies in this thread, each file in one run. */
export const inThisThread = (simulation: Simulation<unknown>): Verifier => ({
  filesMax: 1,
  partsMax: 1,
  open: async (file) => {
    const recording = await openRecording(file)
    if (recording instanceof RecordingError) return recording
    const run: OpenFile['run'] = async (part, { signal, onProgress }) => {
      if (signal.aborted) return null
      const result = await verify(recording, simulation, {
        ...part,
        signal,
        onProgress: ({ done, total }) => onProgress(total > 0 ? done / total : 1),
      })
      return result.ok ? result.value : result.error
    }
    // Each part has a realm in memory, so one runs at a time.
    let before: Promise<unknown> = Promise.resolve()
    return {
      recording,
      run: (part, options) => {
        const result = before.then(() => run(part, options))
        before = result.catch(() => undefined)
        return result
      },
    }
  },
  close: async () => {},
})

/** Verifies in worker threads. `build`: path of another build. `file`: the bundle of the threads. */
export function inThreads(threads: number, build: string | null, file = REPLAY_WORKER): Verifier {
  const pool = new JobPool<ReplayKinds>(threads, file)
  let sources = 0
  return {
    filesMax: threads,
    partsMax: threads * PARTS_PER_THREAD,
    open: async (path) => {
      const recording = await openRecording(path)
      if (recording instanceof RecordingError) return recording
      const source = ++sources
      return {
        recording,
        run: async (part, { signal, onProgress }) => {
          try {
            const output = await pool.run(
              'verify',
              { path, source, build, ...part },
              { signal, onProgress: (done, total) => onProgress(total > 0 ? done / total : 1) },
            )
            return output.ok ? output.value : fromPlainError(output.error)
          } catch (error) {
            if (error instanceof JobError && error.isCancelled) return null
            throw error
          }
        },
      }
    },
    close: () => pool.close(),
  }
}

/** Results in the order of `files`. A thread that fails ends its file only. Throws UsageError for an unreadable file. */
export async function verifyFiles(
  files: readonly string[],
  verifier: Verifier,
  options: VerifyFilesOptions,
): Promise<readonly FileResult[]> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const shares = files.map(() => 0)
  const results: FileResult[] = []
  const ended = new Map<number, FileResult>()
  const report = (): void =>
    options.onProgress(
      shares.reduce((sum, share, i) => sum + share * (sizes[i] ?? 0), 0),
      total,
    )
  let next = 0
  const lane = async (): Promise<void> => {
    for (let i = next++; i < files.length; i = next++) {
      const onShare = (share: number): void => {
        shares[i] = share
        report()
      }
      ended.set(i, await verifyFile(files[i] ?? '', verifier, options, onShare))
      onShare(1)
      for (let due = ended.get(results.length); due; due = ended.get(results.length)) {
        results.push(due)
        options.onResult(due)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(verifier.filesMax, files.length) }, lane))
  return results
}

async function verifyFile(
  file: string,
  verifier: Verifier,
  { range, signal }: VerifyFilesOptions,
  onShare: (share: number) => void,
): Promise<FileResult> {
  const nothing = { file, result: null, tickRate: 0, ticks: null }
  if (signal?.aborted) return nothing
  const opened = await verifier.open(file)
  if (opened instanceof RecordingError) return { ...nothing, result: opened }
  const { header, startTick, lastTick } = opened.recording
  const about = { file, tickRate: header.tickRate, ticks: { first: startTick, last: lastTick } }
  if ((range.from ?? startTick) > lastTick || (range.to ?? lastTick) < startTick) return { ...about, result: null }
  const startMs = performance.now()
  try {
    const parts = await runParts(opened, partsOf(opened.recording, verifier.partsMax, range), signal, onShare)
    return { ...about, result: joinParts(parts, header.tickRate, performance.now() - startMs) }
  } catch (error) {
    if (error instanceof JobError) return { ...about, result: error }
    throw error
  }
}

/** Runs parts at the same time. After a part that does not agree, the later ones are of no use. */
export async function runParts(
  opened: OpenFile,
  parts: readonly Part[],
  signal: AbortSignal | null,
  onShare: (share: number) => void,
) {
  const stops = parts.map(() => new AbortController())
  const shares = parts.map(() => 0)
  const ticks = Math.max(
    1,
    parts.reduce((sum, { from, to }) => sum + to - from, 0),
  )
  return await Promise.all(
    parts.map(async (part, i) => {
      const own = stops[i] ?? new AbortController()
      const result = await opened.run(part, {
        signal: signal ? AbortSignal.any([signal, own.signal]) : own.signal,
        onProgress: (share) => {
          shares[i] = share
          onShare(parts.reduce((sum, { from, to }, k) => sum + (to - from) * (shares[k] ?? 0), 0) / ticks)
        },
      })
      if (result instanceof RecordingError || !result?.ok) for (const later of stops.slice(i + 1)) later.abort()
      return { part, result }
    }),
  )
}
