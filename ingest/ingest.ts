/** Ingests one upload in this process: runs the pipeline and converts its errors. */
import { OUTCOME_ENTRIES_MAX } from './limits.ts'
import { runPipeline } from './pipeline.ts'
import {
  Rejected,
  type IngestOptions,
  type IngestOutcome,
  type IngestWarning,
  type Rejection,
  type Warn,
} from './types.ts'

/**
 * Runs the pipeline (pipeline.ts) on an upload. Bad bytes cause a rejection, never an exception. It uses as much memory
 * and time as the limits permit, so a server runs it in a child process (process/run-child.ts).
 */
export async function ingest(bytes: Uint8Array, options: IngestOptions = {}): Promise<IngestOutcome> {
  const startMs = performance.now()
  const took = (): number => Math.round(performance.now() - startMs)
  const warnings: IngestWarning[] = []
  const warn: Warn = (warning) => {
    if (warnings.length < OUTCOME_ENTRIES_MAX) warnings.push(warning)
  }
  try {
    const made = await runPipeline(bytes, options, warn)
    return { accepted: true, ...made, warnings, milliseconds: took() }
  } catch (error) {
    return { accepted: false, rejections: rejectionsOf(error), warnings, milliseconds: took() }
  }
}

/** Unexpected errors also reject the upload, because the file caused them. */
function rejectionsOf(error: unknown): readonly Rejection[] {
  if (error instanceof Rejected) return error.rejections.slice(0, OUTCOME_ENTRIES_MAX)
  if (error instanceof RangeError && error.message.includes('allocation failed'))
    return [
      {
        rule: 'RESOURCES',
        where: '',
        value: null,
        limit: null,
        message:
          'The file took too much memory to unpack and check. Use fewer vertices, animations and morph targets, and smaller textures.',
      },
    ]
  const why = error instanceof Error ? error.message.slice(0, 200) : String(error)
  return [
    {
      rule: 'UNREADABLE',
      where: '',
      value: null,
      limit: null,
      message: `The file passed the checks but could not be read (${why}). Export it again with another exporter or version.`,
    },
  ]
}
