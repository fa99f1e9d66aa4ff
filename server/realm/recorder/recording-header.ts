/** The header of a new recording. */
import type { RecordingHeader } from '../../../replay/index.ts'
import { elementCount, hash, PHASES, SIM_VERSION } from '../../../sim/index.ts'
import { nodePlatform } from '../../../storage/recordings/index.ts'
import type { ChampionOptions } from './recorder-options.ts'
import type { StartingState } from './starting-state.ts'

/** The recording starts with the realm's state, or with the segment start where that state is too large. */
export function headerOf(
  { realm, epoch, segmentStart }: StartingState,
  { start, platform = nodePlatform }: ChampionOptions,
): Omit<RecordingHeader, 'segment'> {
  return {
    engine: realm.engine.sha256,
    simVersion: SIM_VERSION,
    definition: realm.definition,
    epoch,
    ...(segmentStart
      ? {
          start: segmentStart.checkpoint === null ? 'genesis' : 'checkpoint',
          startTick: segmentStart.tick,
          startHash: segmentStart.hash,
          players: segmentStart.players,
          elements: segmentStart.elements,
        }
      : {
          start: realm.tick === 0 ? 'genesis' : 'checkpoint',
          startTick: realm.tick,
          startHash: hash(realm),
          players: realm.players.size,
          elements: elementCount(realm),
        }),
    phases: PHASES,
    createdAt: new Date(platform.unixMs()).toISOString(),
    recordedBy: start.recordedBy,
  }
}
