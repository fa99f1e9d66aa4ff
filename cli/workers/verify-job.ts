/** The job "verify": replays a part of a recording and compares every hash. */
import { loadEngine } from '../../sim/index.ts'
import { RecordingError, simulationOf, verify, type Verification } from '../../replay/index.ts'
import type { Recording, Simulation } from '../../replay/index.ts'
import { loadBuild, type Build } from '../builds/load-build.ts'
import { openRecording } from '../files/recording-input.ts'
import type { JobContext } from './job.ts'

export interface VerifyInput {
  /** The recording. A thread keeps only some of its bytes. */
  readonly path: string
  /** Tells files apart, so that a thread reads a file once for all its parts. */
  readonly source: number
  readonly from: number
  readonly to: number
  /** Path of the build that replays; null for this program. */
  readonly build: string | null
}

export type VerifyOutput =
  | { readonly ok: true; readonly value: Verification }
  | { readonly ok: false; readonly error: PlainError }

/** The fields of a RecordingError: a copy between threads loses its class. */
export type PlainError = Pick<RecordingError, 'reason' | 'what' | 'offset' | 'chunk'>

export const plainError = ({ reason, what, offset, chunk }: RecordingError): PlainError => ({
  reason,
  what,
  offset,
  chunk,
})
export const fromPlainError = ({ reason, what, offset, chunk }: PlainError): RecordingError =>
  new RecordingError(reason, what, offset, chunk)

let last: { readonly source: number; readonly recording: Recording } | null = null

/** The build that the thread loaded last. */
let loaded: { readonly path: string; readonly build: Promise<Build> } | null = null

function buildAt(path: string): Promise<Build> {
  if (loaded?.path !== path) loaded = { path, build: loadBuild(path) }
  return loaded.build
}

export async function verifyJob(
  { path, source, from, to, build }: VerifyInput,
  context: JobContext,
): Promise<VerifyOutput> {
  if (last?.source !== source) {
    const recording = await openRecording(path)
    if (recording instanceof RecordingError) return { ok: false, error: plainError(recording) }
    last = { source, recording }
  }
  const simulation: Simulation<unknown> = build ? (await buildAt(build)).simulation : simulationOf(await loadEngine())
  const result = await verify(last.recording, simulation, {
    from,
    to,
    signal: context.signal,
    onProgress: ({ done, total }) => context.progress(done, total),
  })
  if (!result.ok) return { ok: false, error: plainError(result.error) }
  if (result.value.firstDivergence?.kind === 'fault') context.retire()
  return result
}
