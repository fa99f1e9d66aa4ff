/**
 * Cuts a verification at recorded checkpoints into parts that can run in parallel, and puts their results together. If
 * all parts agree with the recording, so does one run: the last hash of a part is compared with the same recorded hash as
 * the state that the next part starts from.
 */
import { RecordingError } from '../error.ts'
import type { Recording } from '../recording.ts'
import type { Verification } from '../verify.ts'

/** A part from the state after tick `from`, to tick `to`. */
export interface Part {
  readonly from: number
  readonly to: number
}

/** A shorter part would take longer to start than to run. */
const PART_TICKS_MIN = 1_200

/**
 * At most `partsMax` parts of about equal length. They cover all ticks from the last checkpoint that is not after `from`,
 * to `to`. Every part but the first starts at a checkpoint.
 */
export function partsOf(
  recording: Recording,
  partsMax: number,
  { from = recording.startTick, to = recording.lastTick }: { readonly from?: number; readonly to?: number } = {},
): readonly Part[] {
  const ticks = [...new Set(recording.checkpoints.map((entry) => entry.tick))].toSorted((a, b) => a - b)
  const start = ticks.findLast((tick) => tick <= from) ?? recording.startTick
  const end = Math.max(start, Math.min(to, recording.lastTick))
  const length = Math.max(PART_TICKS_MIN, Math.ceil((end - start) / partsMax))
  const cuts = [start]
  for (const tick of ticks) if (tick - (cuts.at(-1) ?? start) >= length && end - tick >= PART_TICKS_MIN) cuts.push(tick)
  return cuts.map((cut, i) => ({ from: cut, to: cuts[i + 1] ?? end }))
}

/**
 * The result of one run from the results of its parts, up to the first part that did not agree. Null for a part that did
 * not run. `elapsedMs`: the time of all together. Returns null if no part ran.
 */
export function joinParts(
  parts: readonly { readonly part: Part; readonly result: Verification | RecordingError | null }[],
  tickRate: number,
  elapsedMs: number,
): Verification | RecordingError | null {
  const ran: Verification[] = []
  for (const { result } of parts) {
    if (result instanceof RecordingError) return result
    if (result) ran.push(result)
    if (!result?.ok) break
  }
  const [first, last] = [ran[0], ran.at(-1)]
  if (!first || !last) return null
  const sum = (of: (part: Verification) => number): number => ran.reduce((total, part) => total + of(part), 0)
  const ticksExecuted = sum((part) => part.ticksExecuted)
  const isWhole = ran.length === parts.length
  return {
    ...last,
    ok: last.ok && isWhole,
    from: first.from,
    to: parts.at(-1)?.part.to ?? last.to,
    ticksExecuted,
    hashesCompared: sum((part) => part.hashesCompared),
    samplesCompared: sum((part) => part.samplesCompared),
    checkpointsCompared: sum((part) => part.checkpointsCompared),
    realTimeFactor: elapsedMs > 0 ? (1_000 * ticksExecuted) / tickRate / elapsedMs : 0,
    aborted: last.firstDivergence === null && (last.aborted || !isWhole),
  }
}
