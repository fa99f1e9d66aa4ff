/** Props whose owner has left: since when, and which of them may be removed to make room. */
import { releaseProp } from './holds.ts'
import { removeProp } from './props.ts'
import { manages } from './access.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'

const isHere = (realm: Realm, owner: number): boolean => {
  for (const avatar of realm.avatars.values()) if (avatar.user === owner) return true
  return false
}

/**
 * Call it when an avatar joins or leaves. It updates since when its user's props are left behind; props of managers
 * never are.
 */
export function updateLeftBehind(realm: Realm, { user, permissions }: Pick<Avatar, 'user' | 'permissions'>): void {
  const leftTick = isHere(realm, user) || manages({ permissions }) ? 0 : realm.tick
  for (const prop of realm.props.values()) if (prop.owner === user) prop.ownerLeftTick = leftTick
}

/** True if the realm's rule permits removing a prop. */
export function isLeftBehind({ tick, definition }: Realm, { ownerLeftTick, hold }: Prop): boolean {
  const { seconds, remove } = definition.leftBehind
  return (
    remove !== 'never' && ownerLeftTick !== 0 && hold === null && tick - ownerLeftTick >= seconds * definition.tickRate
  )
}

/**
 * The prop that was left for the longest time among those that count and may be removed; undefined if there is none.
 */
export function longestLeftBehind(realm: Realm, counts: (prop: Prop) => boolean): Prop | undefined {
  let longest: Prop | undefined
  for (const prop of realm.props.values())
    if (counts(prop) && isLeftBehind(realm, prop) && (!longest || prop.ownerLeftTick < longest.ownerLeftTick))
      longest = prop
  return longest
}

/** Removes a prop that was left behind, and reports it. */
export function expire(realm: Realm, prop: Prop): void {
  releaseProp(realm, prop, false)
  removeProp(realm, prop)
  realm.events.push({ type: 'expired', element: prop.id, owner: prop.owner })
}
