/**
 * Finds the first tick at which a replay differs from its recording: the checkpoints first, as they take milliseconds each,
 * then the ticks, in parts from the start on.
 */
import { joinParts, partsOf, RecordingError, type Part, type Recording, type Verification } from '../../replay/index.ts'
import { defined } from '../../sim/assert.ts'
import { UsageError } from '../command.ts'
import { runParts, type OpenFile, type TickRange, type Verifier } from './verify-files.ts'

export interface BisectFileOptions {
  readonly range: TickRange
  /** In ticks. */
  onProgress(done: number, total: number): void
}

export interface BisectedFile {
  readonly recording: Recording
  /** The verification of the part with the first difference, or of all ticks of the range. */
  readonly found: Verification | RecordingError
}

/**
 * Verifies a recording up to its first difference. If a checkpoint does not restore to the recorded state, only the ticks
 * since the checkpoint before are replayed. Throws UsageError for an unreadable file or a range without ticks, JobError if a thread fails.
 */
export async function bisectFile(
  file: string,
  verifier: Verifier,
  { range, onProgress }: BisectFileOptions,
): Promise<BisectedFile | RecordingError> {
  const opened = await verifier.open(file)
  if (opened instanceof RecordingError) return opened
  const { recording } = opened
  const { startTick, lastTick } = recording
  if ((range.from ?? startTick) > lastTick || (range.to ?? lastTick) < startTick)
    throw new UsageError(`no tick of --from and --to is recorded: ${file} has ticks ${startTick} to ${lastTick}`)
  const whole = partsOf(recording, 1, range)
  const { from, to } = defined(whole[0], 'a recording has at least one part')
  const damaged = await damagedCheckpoint(opened, { from, to })
  if (damaged) return { recording, found: damaged }
  const ticks = to - from
  // Short parts: those in work when a part differs are the last ones that run.
  const parts = verifier.partsMax === 1 ? whole : partsOf(recording, Infinity, range)
  const results = await runParts(opened, parts, null, (share) => onProgress(share * ticks, ticks))
  return { recording, found: defined(joinParts(results, recording.header.tickRate, 0), 'the first part ran') }
}

/** The first checkpoint that does not restore to the recorded state, with the ticks before it replayed; null if all do. */
async function damagedCheckpoint(opened: OpenFile, { from, to }: Part): Promise<Verification | RecordingError | null> {
  const { startTick, checkpoints } = opened.recording
  const ticks = [...new Set(checkpoints.map(({ tick }) => tick))].filter((tick) => tick >= from && tick <= to)
  const states = ticks.toSorted((a, b) => a - b).map((tick) => ({ from: tick, to: tick }))
  const results = await runParts(opened, states, null, () => undefined)
  const suspect = results.find(({ result }) => result instanceof RecordingError || result?.ok === false)
  if (!suspect) return null
  const tick = suspect.part.to
  if (tick === startTick) return suspect.result
  // The hash of the tick may be wrong as well: a replay from the checkpoint before decides.
  const [decided] = await runParts(opened, [{ from: tick - 1, to: tick }], null, () => undefined)
  const result = decided?.result ?? null
  return result instanceof RecordingError || result?.ok === false ? result : null
}
