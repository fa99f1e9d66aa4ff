/** The elements of a realm that a recovery can remove, and how quarantine keeps them. */
import { encodeFrame } from '../../../protocol/index.ts'
import { simulationOf, type Quarantine } from '../../../replay/index.ts'
import { assert } from '../../../sim/assert.ts'
import type { Command, Engine, Realm } from '../../../sim/index.ts'
import { positionOf, rotationOf } from '../../../sim/props/props.ts'
import type { RecoverableSimulation, RemovableElement } from './attempt.ts'

export const recoverable = (engine: Engine): RecoverableSimulation<Realm> => ({
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
    frame: encodeFrame({ tick, inputs: [{ player: 0, sequence: 1, command }] }),
  }
}

function commandOf(realm: Realm, { element }: RemovableElement): Command {
  const prop = realm.props.get(element)
  if (prop) {
    const { spec, package: hash, scale, access, owner } = prop
    const at = { position: positionOf(prop), rotation: rotationOf(prop) }
    return { type: 'spawn', prop: hash ?? spec, ...at, scale, access, owner }
  }
  const avatar = realm.avatars.get(element)
  assert(avatar, 'a removed element is a prop or an avatar of the realm')
  const { player, user, share, name, bodyChoice, permissions } = avatar
  return { type: 'join', player, user, share, name, body: typeof bodyChoice === 'number' ? bodyChoice : 0, permissions }
}
