/** Records the standard load. */
import { elementCount, free, hash, type Engine, type InputFrame, type Realm, type SimEvent } from '../sim/index.ts'
import {
  CHECKPOINT_EVERY_TICKS,
  packCheckpoint,
  RecordingWriter,
  SAMPLE_EVERY_TICKS,
  simulationOf,
  type RecordingHeader,
  type Simulation,
} from '../replay/index.ts'
import type { FittedClips } from '../bots/motion-clip-player.ts'
import { scene } from './scene.ts'

export interface RecordedScene {
  readonly players: number
  readonly clips: FittedClips
  readonly ticks: number
}

/** Records a session of bots as a realm does: frames, a hash each tick, samples, packed checkpoints. */
export async function recordScene(
  engine: Engine,
  { players, clips, ticks }: RecordedScene,
  sink: (bytes: Uint8Array) => void,
): Promise<void> {
  const simulation = simulationOf(engine)
  const { realm, nextFrame: next, handleEvents: hear } = scene(engine, players, clips)
  const writer = new RecordingWriter(headerOf(engine, realm), sink)
  while (realm.tick < ticks) hear(await recordTick(simulation, realm, writer, next()))
  writer.seal()
  free(realm)
}

/** The header of a recording that begins with a realm at genesis. */
export const headerOf = (engine: Engine, realm: Realm): RecordingHeader => ({
  engine: engine.sha256,
  simVersion: simulationOf(engine).version,
  definition: realm.definition,
  epoch: 1,
  segment: 1,
  start: 'genesis',
  startTick: 0,
  startHash: hash(realm),
  players: realm.avatars.size,
  elements: elementCount(realm),
  phases: simulationOf(engine).phases,
  createdAt: '2026-01-01T00:00:00Z',
  recordedBy: 'bench',
})

/** Steps a frame and writes what a realm writes about its tick. Returns the events of the step. */
export async function recordTick(
  simulation: Simulation<Realm>,
  realm: Realm,
  writer: RecordingWriter,
  frame: InputFrame,
): Promise<readonly SimEvent[]> {
  const { tick } = frame
  const phases: string[] = []
  const sampled = tick % SAMPLE_EVERY_TICKS === 0
  const recorded = writer.frame(frame)
  const events = simulation.step(realm, recorded, sampled ? () => phases.push(simulation.phaseHash(realm)) : undefined)
  writer.hash(tick, simulation.hash(realm))
  if (sampled) writer.sample({ tick, ...simulation.counts(realm), phases })
  if (tick % CHECKPOINT_EVERY_TICKS === 0) writer.checkpoint(await packCheckpoint(tick, simulation.checkpoint(realm)))
  return events
}
