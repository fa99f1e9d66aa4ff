/** Closes a recording whose writer ended too early: what to cut from its end, and what to append. */
import { concatBytes } from '../sim/state/bytes.ts'
import { encodeChunk, peekChunk } from './format/chunks.ts'
import { bad, good, RecordingError, type RecordingResult } from './error.ts'
import { ChunkType, HASH_BYTES, PREAMBLE_BYTES, SEEK_POINT_EVERY_TICKS } from './format/format.ts'
import { encodeIndex, type TickOffset } from './format/index-chunk.ts'
import { encodeFooter, encodeQuarantine, type Quarantine } from './format/payloads.ts'
import { readRecording } from './read.ts'
import type { Recording } from './recording.ts'

export interface Seal {
  /** New length of the file: cuts an incomplete tail, and a frame whose step did not finish. */
  readonly keepBytes: number
  /** Bytes to append after that. */
  readonly append: Uint8Array
  /** The frame that was cut; `append` contains it. */
  readonly quarantined: Quarantine | null
}

/**
 * Returns null for a recording that is already closed. Errors: those of a recording that cannot be opened. A damaged
 * one must not be changed.
 */
export function sealRecording(bytes: Uint8Array, reason: string): RecordingResult<Seal | null> {
  const read = readRecording(bytes)
  if (!read.ok) return read
  const recording = read.value
  if (!recording.truncated) return good(null)
  const { lastTick } = recording
  const pending = recording.hasFrameWithoutHash ? recording.frameOffset(lastTick + 1) : null
  const walked = walk(bytes, recording, pending ?? recording.wholeBytes)
  if (walked instanceof RecordingError) return bad(walked)
  const { keepBytes } = walked
  const frame = recording.frameBytes(lastTick + 1)
  const quarantined = frame && { tick: lastTick + 1, reason, frame: frame.slice() }
  const tail: Uint8Array[] = []
  let { sequence } = walked
  if (quarantined) tail.push(encodeChunk(ChunkType.quarantine, sequence++, ...encodeQuarantine(quarantined)))
  const indexOffset = keepBytes + (tail[0]?.length ?? 0)
  const index = indexOf(recording, keepBytes, walked.seekPoints)
  if (index instanceof RecordingError) return bad(index)
  tail.push(
    encodeChunk(ChunkType.index, sequence++, index),
    encodeChunk(ChunkType.footer, sequence, encodeFooter(indexOffset)),
  )
  return good({ keepBytes, append: concatBytes(tail), quarantined })
}

/** Number of kept chunks, their end, and places where a reader may start. */
function walk(
  bytes: Uint8Array,
  { startTick }: Recording,
  endBytes: number,
): { keepBytes: number; sequence: number; seekPoints: TickOffset[] } | RecordingError {
  const seekPoints: TickOffset[] = []
  let [offset, sequence, tick] = [PREAMBLE_BYTES, 0, startTick]
  while (offset < endBytes) {
    const chunk = peekChunk(bytes, offset)
    if (!chunk) return new RecordingError('corrupt', 'the recording changed while it was closed', offset, sequence)
    // The file was cut between index and footer: both are written again.
    if (chunk.type === ChunkType.index) break
    offset = chunk.end
    sequence++
    if (chunk.type !== ChunkType.hash) continue
    tick += (chunk.payloadEnd - chunk.payloadStart) / HASH_BYTES
    if ((tick - startTick) % SEEK_POINT_EVERY_TICKS === 0) seekPoints.push([tick, offset])
  }
  return { keepBytes: offset, sequence, seekPoints }
}

function indexOf(
  recording: Recording,
  keepBytes: number,
  seekPoints: readonly TickOffset[],
): Uint8Array | RecordingError {
  const { startTick, lastTick, header } = recording
  const joined = new Set<number>()
  let [frames, inputs] = [0, 0]
  for (let tick = startTick + 1; tick <= lastTick; tick++) {
    if (recording.frameOffset(tick) === null) continue
    const frame = recording.frame(tick)
    if (!frame.ok) return frame.error
    frames++
    inputs += frame.value.inputs.length
    for (const { command } of frame.value.inputs) if (command.type === 'join') joined.add(command.player)
  }
  const elements = [...recording.samples.values()].at(-1)?.elements ?? header.elements
  const checkpoints = recording.checkpoints
    .filter(({ offset }) => offset < keepBytes)
    .map(({ tick, offset }): TickOffset => [tick, offset])
  return encodeIndex({
    startTick,
    lastTick,
    frames,
    inputs,
    players: header.players + joined.size,
    elements,
    checkpoints,
    seekPoints,
  })
}
