/** One upload from bytes to package, in this process. */
import { checkUpload } from './check/index.ts'
import { OUTCOME_ENTRIES_MAX } from './limits.ts'
import type { Package } from './package.ts'
import {
  Rejected,
  type IngestOptions,
  type IngestOutcome,
  type IngestWarning,
  type Rejection,
  type Warn,
} from './types.ts'

/**
 * Checks, normalises, fits and packages an upload. Never throws for anything that the bytes hold. It uses as much memory
 * and time as the limits permit: a server runs it in a child (child.ts).
 */
export async function ingest(bytes: Uint8Array, options: IngestOptions = {}): Promise<IngestOutcome> {
  const startMs = performance.now()
  const took = (): number => Math.round(performance.now() - startMs)
  const warnings: IngestWarning[] = []
  const warn: Warn = (warning) => {
    if (warnings.length < OUTCOME_ENTRIES_MAX) warnings.push(warning)
  }
  try {
    const made = await run(bytes, options, warn)
    return { accepted: true, ...made, warnings, milliseconds: took() }
  } catch (error) {
    return { accepted: false, rejections: rejectionsOf(error), warnings, milliseconds: took() }
  }
}

/** What the checks did not foresee refuses the upload too: it is the file that brought it about. */
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

async function run(bytes: Uint8Array, options: IngestOptions, warn: Warn): Promise<Package> {
  const onStage = options.onStage ?? ((): void => {})
  const checked = await checkUpload(bytes, onStage)
  for (const warning of checked.warnings) warn(warning)
  const { make } = await import('./make.ts')
  return make(checked, bytes, options, onStage, warn)
}
