/** Freezing: a dynamic prop temporarily behaves like a static one. */
import { RAPIER } from '../engine.ts'
import { positionOf, rotationOf } from './props.ts'
import type { Prop, Realm } from '../state/state.ts'
import type { FreezeCause } from '../types.ts'

/** Freezes a prop before the physics of a step. A frozen prop stays frozen; the event is only sent the first time. */
export function freeze(realm: Realm, prop: Prop, cause: FreezeCause): void {
  const stood = prop.frozen !== null && prop.frozen !== 'new'
  if (!stood) realm.events.push({ type: 'frozen', element: prop.id, owner: prop.owner, cause })
  if (stood && prop.frozen === cause) return
  prop.frozen = cause
  fixInPlace(prop)
}

/** Keeps a prop that requests to move in place until the next tick. */
export function deferMotion(prop: Prop): void {
  prop.frozen = 'new'
  fixInPlace(prop)
}

function fixInPlace(prop: Prop): void {
  prop.body.setBodyType(RAPIER.RigidBodyType.Fixed, false)
  // The engine's next position differs in the last bits, and the body would creep there in a later step.
  prop.body.setTranslation(positionOf(prop), false)
  prop.body.setRotation(rotationOf(prop), false)
  prop.asleep = false
}

/** Lets physics move a frozen prop again, from rest. */
export function thaw(realm: Realm, prop: Prop): void {
  if (prop.frozen === 'work' || prop.frozen === 'unstable') realm.events.push({ type: 'thawed', element: prop.id })
  prop.frozen = null
  if (prop.body.bodyType() === RAPIER.RigidBodyType.Dynamic) return
  prop.body.setBodyType(RAPIER.RigidBodyType.Dynamic, true)
  prop.asleep = false
}

/** Called when a player grabs or scales a prop: it moves again once the tick has room in its physics budget. */
export function requestMotion(prop: Prop): void {
  if (prop.spec.motion === 'dynamic') prop.frozen = 'new'
}
