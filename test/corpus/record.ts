/** Records scripted sessions. The bytes are the same each time, on each machine. */
import { rawCheckpoint, RecordingWriter, type Simulation } from '../../replay/index.ts'
import { concatBytes } from '../../sim/state/bytes.ts'
import { framesOf } from '../../testing/scenario.ts'
import { EMPTY, Script, type ScriptedSession } from './script.ts'

const SAMPLE_EVERY_TICKS = 60

/** The recording of a session, from genesis. Throws if the script acts after its last tick. */
export function recordScript<R>(session: ScriptedSession, simulation: Simulation<R>): Uint8Array {
  const { name, ticks, definition: wanted = EMPTY, checkpointEvery = Infinity } = session
  const script = new Script()
  session.play(script)
  if (script.tick > ticks) throw new Error(`the session ${name} acts at tick ${script.tick}, after its last, ${ticks}`)
  const parsed = simulation.parseDefinition(JSON.parse(JSON.stringify(wanted)))
  if (!parsed.ok) throw new Error(`the realm of ${name}: ${parsed.errors[0]?.where} ${parsed.errors[0]?.message}`)
  const { definition } = parsed
  const realm = simulation.genesis(definition)
  const parts: Uint8Array[] = []
  try {
    const writer = new RecordingWriter(
      {
        engine: simulation.engine,
        simVersion: simulation.version,
        definition,
        epoch: 1,
        segment: 1,
        start: 'genesis',
        startTick: 0,
        startHash: simulation.hash(realm),
        ...simulation.counts(realm),
        phases: simulation.phases,
        createdAt: '2026-01-01T00:00:00Z',
        recordedBy: 'scripts/make-corpus.mjs',
      },
      (bytes) => parts.push(bytes),
    )
    for (const frame of framesOf({ ticks, acts: script.acts })) {
      const { tick } = frame
      const phases: string[] = []
      const sampled = tick % SAMPLE_EVERY_TICKS === 0
      simulation.step(realm, writer.frame(frame), sampled ? () => phases.push(simulation.phaseHash(realm)) : undefined)
      writer.hash(tick, simulation.hash(realm))
      if (sampled) writer.sample({ tick, ...simulation.counts(realm), phases })
      if (tick % checkpointEvery === 0) writer.checkpoint(rawCheckpoint(tick, simulation.checkpoint(realm)))
    }
    if (!session.isCut) writer.seal()
    return concatBytes(parts)
  } finally {
    simulation.free(realm)
  }
}
