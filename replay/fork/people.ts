/** The players of a part of a recording, and their names. */
import { avatars, type PlayerId, type Realm } from '../../sim/index.ts'
import { good, type RecordingResult } from '../error.ts'
import type { ForkRunner } from './run-fork.ts'

export interface Person {
  readonly player: PlayerId
  readonly name: string
  /** True if the player is in the runner's starting state. */
  readonly isThere: boolean
}

/** All who are there at the runner's start or join up to tick `to`, by player. Error: `corrupt`. */
export function peopleOf(runner: ForkRunner<Realm>, to: number): RecordingResult<readonly Person[]> {
  const people = new Map<PlayerId, Person>()
  runner.withStart((realm) => {
    for (const { player, name } of avatars(realm)) people.set(player, { player, name, isThere: true })
  })
  for (let tick = runner.startTick + 1; tick <= to; tick++) {
    const frame = runner.frame(tick)
    if (!frame.ok) return frame
    for (const { command } of frame.value.inputs)
      if (command.type === 'join' && !people.has(command.player))
        people.set(command.player, { player: command.player, name: command.name, isThere: false })
  }
  return good([...people.values()].toSorted((a, b) => a.player - b.player))
}

/** The players with this name, whatever its case, or with this number. */
export function playersCalled(people: readonly Person[], nameOrNumber: string): readonly PlayerId[] {
  const wanted = nameOrNumber.toLowerCase()
  const named = people.filter(({ name }) => name.toLowerCase() === wanted)
  const found = named.length > 0 ? named : people.filter(({ player }) => String(player) === nameOrNumber)
  return found.map(({ player }) => player)
}
