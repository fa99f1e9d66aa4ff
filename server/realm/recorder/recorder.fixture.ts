/** Drives a Champion through ticks, for the tests of the recorder and of recovery. */
import { hash, step, type Command } from '../../../sim/index.ts'
import type { Champion } from './recorder.ts'

/** Runs ticks with the commands of players; `commands` gives pairs of player and command for a tick. */
export function runTicks(
  champion: Champion,
  ticks: number,
  commands: (tick: number) => readonly (readonly [number, Command])[] = () => [],
): void {
  const { realm } = champion
  for (let i = 0; i < ticks; i++) {
    const tick = realm.tick + 1
    const frame = champion.frame({
      tick,
      inputs: commands(tick).map(([player, command], at) => ({ player, sequence: tick * 10 + at, command })),
    })
    step(realm, frame)
    champion.hash(tick, hash(realm))
  }
}
