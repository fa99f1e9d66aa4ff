/** Freezing: a dynamic prop that stands like a static one for a while. */
import { RAPIER } from '../engine.ts'
import { positionOf, rotationOf } from './props.ts'
import type { Prop, Realm } from '../state/state.ts'
import type { FreezeCause } from '../types.ts'

/** Before the physics of a step. A prop that stands already keeps its cause. */
export function freeze(realm: Realm, prop: Prop, cause: FreezeCause): void {
  const stood = prop.frozen !== null && prop.frozen !== 'new'
  if (!stood) realm.events.push({ type: 'frozen', element: prop.id, owner: prop.owner, cause })
  if (stood && prop.frozen === cause) return
  prop.frozen = cause
  stand(prop)
}

/** Keeps a prop that asks to move where it is until the next tick. */
export function wait(prop: Prop): void {
  prop.frozen = 'new'
  stand(prop)
}

function stand(prop: Prop): void {
  prop.body.setBodyType(RAPIER.RigidBodyType.Fixed, false)
  // Where the engine was about to put it differs in the last bits; it would creep there in a later step.
  prop.body.setTranslation(positionOf(prop), false)
  prop.body.setRotation(rotationOf(prop), false)
  prop.asleep = false
}

/** Lets physics move it again, from rest. */
export function thaw(realm: Realm, prop: Prop): void {
  if (prop.frozen === 'work' || prop.frozen === 'unstable') realm.events.push({ type: 'thawed', element: prop.id })
  prop.frozen = null
  if (prop.body.bodyType() === RAPIER.RigidBodyType.Dynamic) return
  prop.body.setBodyType(RAPIER.RigidBodyType.Dynamic, true)
  prop.asleep = false
}

/** Someone takes it or scales it: it may move again where this tick has work to spare. */
export function askToMove(prop: Prop): void {
  if (prop.spec.motion === 'dynamic') prop.frozen = 'new'
}
