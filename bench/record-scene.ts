/** Records the standard load. */
import { checkpoint, elementCount, free, hash, step, type Engine } from '../sim/index.ts'
import { CHECKPOINT_EVERY_TICKS, packCheckpoint, RecordingWriter, simulationOf } from '../replay/index.ts'
import type { FittedClips } from '../bots/motion-clip-player.ts'
import { scene, sceneDefinition } from './scene.ts'

export interface RecordedScene {
  readonly players: number
  readonly clips: FittedClips
  readonly ticks: number
}

/** Records a session of bots as a realm does: frames, a hash each tick, packed checkpoints. */
export async function recordScene(
  engine: Engine,
  { players, clips, ticks }: RecordedScene,
  sink: (bytes: Uint8Array) => void,
): Promise<void> {
  const definition = sceneDefinition(players)
  const simulation = simulationOf(engine)
  const { realm, nextFrame: next, handleEvents: hear } = scene(engine, players, clips)
  const counts = { players: realm.avatars.size, elements: elementCount(realm) }
  const header = {
    engine: engine.sha256,
    simVersion: simulation.version,
    definition,
    epoch: 1,
    segment: 1,
    start: 'genesis',
    startTick: 0,
    startHash: hash(realm),
    ...counts,
    phases: simulation.phases,
    createdAt: '2026-01-01T00:00:00Z',
    recordedBy: 'bench',
  } as const
  const writer = new RecordingWriter(header, sink)
  for (let tick = 1; tick <= ticks; tick++) {
    hear(step(realm, writer.frame(next())))
    writer.hash(tick, hash(realm))
    if (tick % CHECKPOINT_EVERY_TICKS === 0) writer.checkpoint(await packCheckpoint(tick, checkpoint(realm)))
  }
  writer.seal()
  free(realm)
}
