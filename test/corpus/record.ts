/** Records scripted sessions. The bytes are the same each time, on each machine. */
import type { Simulation } from '../../replay/index.ts'
import { framesOf } from '../../testing/scenario.ts'
import { recordSession } from '../harness/recording-example.ts'
import { EMPTY, Script, type ScriptedSession } from './script.ts'

/** The recording of a session, from genesis. Throws if the script acts after its last tick. */
export function recordScript<R>(session: ScriptedSession, simulation: Simulation<R>): Uint8Array {
  const { name, ticks, checkpointEvery = Infinity } = session
  const script = new Script()
  session.play(script)
  if (script.tick > ticks) throw new Error(`the session ${name} acts at tick ${script.tick}, after its last, ${ticks}`)
  const parsed = simulation.parseDefinition(JSON.parse(JSON.stringify(session.definition ?? EMPTY)))
  if (!parsed.ok) throw new Error(`the realm of ${name}: ${parsed.errors[0]?.where} ${parsed.errors[0]?.message}`)
  return recordSession(simulation, {
    definition: parsed.definition,
    frames: framesOf({ ticks, acts: script.acts }),
    ticks,
    players: 0,
    checkpointEvery,
    seal: session.isCut !== true,
    header: { recordedBy: 'scripts/make-corpus.mjs' },
  })
}
