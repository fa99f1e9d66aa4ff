/**
 * The phase that returns elements outside the realm's bounds, at rest: an avatar to the spawn, a prop to the place
 * where it was spawned.
 */
import { toSpawn } from '../avatar/avatars.ts'
import { releaseProp } from '../props/holds.ts'
import { inBounds } from '../props/extent.ts'
import { placeProp, positionOf, readMotion } from '../props/props.ts'
import type { Realm } from '../state/state.ts'

export function stepBounds(realm: Realm): void {
  for (const avatar of realm.avatars.values()) {
    if (inBounds(realm.definition.bounds, avatar.position)) continue
    toSpawn(realm, avatar)
    realm.events.push({ type: 'returned', element: avatar.id })
  }
  for (const prop of realm.props.values()) {
    if (prop.asleep || prop.spec.motion === 'static' || inBounds(realm.definition.bounds, positionOf(prop))) continue
    releaseProp(realm, prop, false)
    placeProp(prop, prop.home.position, prop.home.rotation)
    prop.asleep = false
    readMotion(prop)
    realm.events.push({ type: 'returned', element: prop.id })
  }
}
