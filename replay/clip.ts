/** Cuts a part out of a recording: a recording that starts from the state before it, and replays on its own. */
import { defined } from '../sim/assert.ts'
import { concatBytes } from '../sim/state/bytes.ts'
import { packCheckpoint } from './format/compress.ts'
import { good, type RecordingResult } from './error.ts'
import { RecordingPlayer } from './player/recording-player.ts'
import type { Recording } from './recording.ts'
import type { Simulation } from './simulation.ts'
import { RecordingWriter } from './writer.ts'

export interface ClipRange {
  /** The state after this tick is the start. */
  readonly from: number
  /** The last tick. */
  readonly to: number
}

/**
 * The bytes of a recording of the ticks after `from`, up to `to`, with their recorded inputs, hashes and samples. It has a
 * checkpoint at its start and those of the original. A clip of a run that diverges later diverges at the same tick.
 * Errors: those of RecordingPlayer.open; `diverged` if the replay up to `from` does not give the recorded state.
 * Throws RangeError unless startTick <= from < to <= lastTick.
 */
export async function clipRecording<R>(
  recording: Recording,
  simulation: Simulation<R>,
  { from, to }: ClipRange,
): Promise<RecordingResult<Uint8Array>> {
  const { startTick, lastTick } = recording
  if (!(startTick <= from && from < to && to <= lastTick))
    throw new RangeError(`ticks ${from} to ${to} are not a part of ${startTick} to ${lastTick}`)
  const opened = await RecordingPlayer.open(recording, simulation, from)
  if (!opened.ok) return opened
  const player = opened.value
  try {
    const reached = await player.reach(from)
    if (!reached.ok) return reached
    return await write(recording, simulation, player, to)
  } finally {
    player.free()
  }
}

async function write<R>(
  recording: Recording,
  simulation: Simulation<R>,
  { realm, tick: from, definition }: RecordingPlayer<R>,
  to: number,
): Promise<RecordingResult<Uint8Array>> {
  const parts: Uint8Array[] = []
  const { tickRate: _rate, seed: _seed, realm: _realm, ...header } = recording.header
  const writer = new RecordingWriter(
    {
      ...header,
      ...simulation.counts(realm),
      definition,
      start: 'checkpoint',
      startTick: from,
      startHash: simulation.hash(realm),
    },
    (bytes) => parts.push(bytes),
  )
  writer.checkpoint(await packCheckpoint(from, simulation.checkpoint(realm)))
  const copied = await copyTicks(recording, writer, from, to)
  if (!copied.ok) return copied
  writer.seal()
  return good(concatBytes(parts))
}

async function copyTicks(
  recording: Recording,
  writer: RecordingWriter,
  from: number,
  to: number,
): Promise<RecordingResult<void>> {
  const checkpoints = new Map(recording.checkpoints.map((entry) => [entry.tick, entry]))
  for (let tick = from + 1; tick <= to; tick++) {
    const frame = recording.frame(tick)
    if (!frame.ok) return frame
    writer.frame(frame.value)
    writer.hash(tick, defined(recording.hash(tick), 'each tick of a recording has a hash'))
    const sample = recording.samples.get(tick)
    if (sample) writer.sample(sample)
    const entry = checkpoints.get(tick)
    const bytes = entry && (await recording.checkpointBytes(entry))
    if (bytes && !bytes.ok) return bytes
    if (bytes) writer.checkpoint(await packCheckpoint(tick, bytes.value))
  }
  return good(undefined)
}
