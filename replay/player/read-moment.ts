/** Opens the part of a recording that some ticks need, by its index. */
import { bad, caught, good, type RecordingResult } from '../error.ts'
import type { RecordingIndex, TickOffset } from '../format/index-chunk.ts'
import type { RandomAccessBytes } from '../format/random-access.ts'
import { openReader, readRecording } from '../read.ts'
import type { Recording } from '../recording.ts'
import { readSummary } from '../summary.ts'

/** Ticks whose states are asked for. */
export interface TickRange {
  readonly from: number
  readonly to: number
}

/**
 * Opens the ticks from the last checkpoint before `from` up to `to`, and checks what it reads: at most 20 seconds and the
 * range, instead of the whole file. The recording's `startTick` is that of the part, and it may end after `to`. A
 * recording without an index, or without these ticks, is read whole. Errors: those of readRecording.
 */
export async function readMoment(
  bytes: RandomAccessBytes,
  { from, to }: TickRange,
): Promise<RecordingResult<Recording>> {
  const summary = await readSummary({
    size: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  })
  if (!summary.ok) return summary
  const { index } = summary.value
  if (!index || from < index.startTick || to > index.lastTick) return readRecording(bytes)
  return caught(() => readPart(bytes, index, { from, to }))
}

function readPart(
  bytes: RandomAccessBytes,
  index: RecordingIndex,
  { from, to }: TickRange,
): RecordingResult<Recording> {
  const opened = openReader(bytes)
  if (!opened.ok) return opened
  const reader = opened.value
  const start = last(index.checkpoints, from)
  // One tick before the checkpoint, so that its hash is known.
  const seekPoint = start && last(index.seekPoints, start[0] - 1)
  const wrong = (seekPoint && reader.continueAt(seekPoint)) ?? reader.readTo(to)
  if (wrong) return bad(wrong)
  for (const place of index.checkpoints) {
    // They are written some ticks late.
    const missing = start && place[0] >= start[0] && place[0] <= to ? reader.addCheckpoint(place) : null
    if (missing) return bad(missing)
  }
  return good(reader.recording())
}

/** The last place not after `tick`. */
const last = (places: readonly TickOffset[], tick: number): TickOffset | null =>
  places.reduce<TickOffset | null>(
    (best, place) => (place[0] <= tick && place[0] >= (best?.[0] ?? 0) ? place : best),
    null,
  )
