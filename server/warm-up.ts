/** Runs the simulation on a scratch realm until its code is compiled: the first ticks of a process take many times longer. */
import { checkpoint, free, genesis, hash, step, type Command, type Engine, type RealmDefinition } from '../sim/index.ts'

const PLAYERS = 4

/** The realm that plays is not touched. */
export function warmUp(engine: Engine, definition: RealmDefinition, ticks: number): void {
  const realm = genesis(engine, definition)
  try {
    for (let tick = 1; tick <= ticks; tick++) {
      step(realm, { tick, inputs: scratchCommands(tick).map((command, i) => ({ player: command.type === 'join' ? 0 : i + 1, sequence: tick * PLAYERS + i, command })) })
      hash(realm)
    }
    checkpoint(realm)
  } finally {
    free(realm)
  }
}

function scratchCommands(tick: number): readonly Command[] {
  return Array.from({ length: PLAYERS }, (_, i): Command => {
    if (tick === 1) return { type: 'join', player: i + 1, name: 'warm-up', body: 0, permissions: 0 }
    return { type: 'move', x: 0, y: 0, z: -1, yaw: Math.fround(tick / 50 + i), jump: tick % 90 === 0, run: true, fly: false }
  })
}
