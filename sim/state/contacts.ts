/** A read-only view of what touches what in the physics engine after a step. */
import type { RapierCollider } from '../engine.ts'
import type { ElementId } from '../types.ts'
import { PLANE_ID, type Prop, type Realm } from './state.ts'

/** Two elements that touch. */
export interface Contact {
  /** A dynamic prop. */
  readonly prop: ElementId
  /** Another prop, an avatar, or the plane. */
  readonly other: ElementId
}

function elementsByBody({ props, avatars }: Realm): ReadonlyMap<number, ElementId> {
  const found = new Map<number, ElementId>()
  for (const { id, body } of props.values()) found.set(body.handle, id)
  for (const { id, capsule, bones } of avatars.values()) {
    found.set(capsule.handle, id)
    for (const bone of bones ?? []) if (bone) found.set(bone.handle, id)
  }
  return found
}

const canMove = ({ spec, frozen }: Prop): boolean => spec.motion === 'dynamic' && (frozen === null || frozen === 'new')

function touches({ world }: Realm, one: RapierCollider, other: RapierCollider): boolean {
  let touching = false
  world.contactPair(one, other, (manifold) => {
    touching ||= manifold.numContacts() > 0
  })
  return touching
}

/**
 * Each pair of elements that touch, once. Of two elements, at least one is a dynamic prop that is not frozen and not
 * asleep; with `asleep`, sleeping ones count too. Boxes that overlap without touching are no contact.
 */
export function contactsOf(realm: Realm, asleep = false): Contact[] {
  const elements = elementsByBody(realm)
  const found: Contact[] = []
  for (const prop of realm.props.values()) {
    if (!canMove(prop) || (prop.asleep && !asleep)) continue
    const others = new Set<ElementId>()
    for (let i = 0; i < prop.body.numColliders(); i++) {
      const own = prop.body.collider(i)
      realm.world.contactPairsWith(own, (collider) => {
        const body = collider.parent()
        const other = (body && elements.get(body.handle)) ?? PLANE_ID
        if (!others.has(other) && touches(realm, own, collider)) others.add(other)
      })
    }
    for (const other of [...others].toSorted((a, b) => a - b)) {
      const twin = realm.props.get(other)
      const isReported = twin && twin.id < prop.id && canMove(twin) && (asleep || !twin.asleep)
      if (!isReported) found.push({ prop: prop.id, other })
    }
  }
  return found
}
