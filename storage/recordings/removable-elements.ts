/** The elements of a realm that a recovery can remove, and how quarantine keeps them. */
import { encodeFrame } from '../../protocol/index.ts'
import { simulationOf, type Quarantine } from '../../replay/index.ts'
import type { Command, Engine, Realm } from '../../sim/index.ts'
import type { RepairableSimulation, RemovableElement } from './remedy.ts'

export const repairable = (engine: Engine): RepairableSimulation<Realm> => ({
  ...simulationOf(engine),
  elements: removableElements,
})

export function removableElements(realm: Realm): readonly RemovableElement[] {
  const props = Array.from(realm.props.values(), ({ id, owner, spec, asleep }): RemovableElement => ({
    type: 'prop',
    element: id,
    player: 0,
    user: owner,
    name: spec.name,
    isAwake: spec.motion !== 'static' && !asleep,
  }))
  const avatars = Array.from(realm.avatars.values(), ({ id, player, user, name }): RemovableElement => ({
    type: 'avatar',
    element: id,
    player,
    user,
    name,
    isAwake: true,
  }))
  return [...props, ...avatars]
}

/** Describes an element for the operator. */
export const describeElement = ({ type, element, player, user, name }: RemovableElement): string =>
  type === 'prop'
    ? `prop ${element} ("${name}") of ${user === 0 ? 'the realm' : `user ${user}`}`
    : `avatar ${element} of player ${player} ("${name}", user ${user})`

/** The quarantine entry of a removed element: the server's input that would restore it, with its owner. */
export function quarantineOf(realm: Realm, element: RemovableElement, tick: number, reason: string): Quarantine {
  const command = commandOf(realm, element)
  return {
    tick,
    reason: `${describeElement(element)}: ${reason}`,
    frame: encodeFrame({ tick, inputs: command ? [{ player: 0, sequence: 1, command }] : [] }),
  }
}

function commandOf(realm: Realm, { element }: RemovableElement): Command | null {
  const prop = realm.props.get(element)
  if (prop) {
    const { spec, package: hash, motion: m, scale, access, owner } = prop
    const [position, rotation] = [
      { x: m[0] ?? 0, y: m[1] ?? 0, z: m[2] ?? 0 },
      { x: m[3] ?? 0, y: m[4] ?? 0, z: m[5] ?? 0, w: m[6] ?? 1 },
    ]
    return { type: 'spawn', prop: hash ?? spec, position, rotation, scale, access, owner }
  }
  const avatar = realm.avatars.get(element)
  if (!avatar) return null
  const { player, user, share, name, bodyChoice, permissions } = avatar
  return { type: 'join', player, user, share, name, body: typeof bodyChoice === 'number' ? bodyChoice : 0, permissions }
}
