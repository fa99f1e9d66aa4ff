/** Collects the facts of a recording: by one replay, or from its inputs and notes where it cannot be replayed. */
import type { Realm } from '../../sim/index.ts'
import { faultText, good, type RecordingResult } from '../error.ts'
import { RecordingPlayer } from '../player/recording-player.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'
import type { RecordingFacts } from './facts.ts'
import { FactCollector } from './fact-collector.ts'

export interface CollectOptions {
  /** Called about once a second of the recording. Return a promise to pause. */
  onProgress?(progress: { readonly done: number; readonly total: number }): void | Promise<void>
}

/** Ticks between comparisons of the replayed state with the recorded hash, and between progress reports. */
const COMPARE_EVERY_TICKS = 60

/**
 * The facts of a recording. Without a simulation, or where the recording cannot be replayed by it, events of the
 * simulation are missing, and `missing` says why. Error: `corrupt` if a frame cannot be decoded.
 */
export async function collectFacts(
  recording: Recording,
  simulation: Simulation<Realm> | null,
  options: CollectOptions = {},
): Promise<RecordingResult<RecordingFacts>> {
  const collector = new FactCollector(recording)
  const missing = simulation ? await replay(recording, simulation, collector, options) : good('no replay was made')
  if (!missing.ok) return missing
  for (let tick = collector.tick + 1; tick <= recording.lastTick; tick++) {
    const frame = recording.frame(tick)
    if (!frame.ok) return frame
    collector.readFrame(frame.value)
    if (tick % COMPARE_EVERY_TICKS === 0) await report(recording, tick, options)
  }
  const by = simulation && { engine: simulation.engine, version: simulation.version }
  return good(collector.finish(missing.value, by))
}

const report = ({ startTick, lastTick }: Recording, tick: number, options: CollectOptions): void | Promise<void> =>
  options.onProgress?.({ done: tick - startTick, total: lastTick - startTick })

/** Replays as far as the recorded hashes agree. The value says why it ended earlier; null if it did not. */
async function replay(
  recording: Recording,
  simulation: Simulation<Realm>,
  collector: FactCollector,
  options: CollectOptions,
): Promise<RecordingResult<string | null>> {
  const opened = await RecordingPlayer.open(recording, simulation)
  if (!opened.ok) return good(opened.error.message)
  const player = opened.value
  try {
    if (simulation.hash(player.realm) !== recording.hash(player.tick))
      return good(collector.replayFails(recording.startTick, 'the starting state differs from the recorded hash'))
    collector.start(player.realm)
    while (!player.done) {
      const tick = player.tick + 1
      let stepped
      try {
        stepped = player.step()
      } catch (error) {
        return good(collector.replayFails(tick, `the replay traps: ${faultText(error, tick)}`))
      }
      if (!stepped.ok) return stepped
      collector.readStep(stepped.value, player.realm)
      if (tick % COMPARE_EVERY_TICKS !== 0 && !player.done) continue
      if (simulation.hash(player.realm) !== recording.hash(tick))
        return good(collector.replayFails(tick, 'the replay differs from the recording'))
      collector.confirm()
      await report(recording, tick, options)
    }
    return good(null)
  } finally {
    player.free()
  }
}
