/** Access rules of props: the access byte, the owner, and the permission to manage. */
import { releaseProp } from './holds.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'
import { Access, ACCESS_MAX, ACTS, Permission, type Act } from '../types.ts'

/** The permission that an act needs, also from owners. */
const NEEDED: Record<Act, number> = { drag: Permission.grab, scale: Permission.scale, despawn: 0 }

export const isAccess = (access: number): boolean => access >>> 0 === access && access <= ACCESS_MAX

export const owns = ({ user }: Pick<Avatar, 'user'>, { owner }: Pick<Prop, 'owner'>): boolean =>
  owner !== 0 && owner === user

export const manages = ({ permissions }: Pick<Avatar, 'permissions'>): boolean =>
  (permissions & Permission.manage) !== 0

/** The access level of an act, with the default resolved. */
export function accessOf(access: number, act: Act): number {
  const given = (access >>> (2 * ACTS.indexOf(act))) & 3
  if (given !== Access.default) return given
  return act === 'despawn' ? Access.ownerAndManagers : Access.everyone
}

/** True if a player may act on a prop. Clients use it too, to offer only what is possible. */
export function mayAct(
  avatar: Pick<Avatar, 'user' | 'permissions'>,
  prop: Pick<Prop, 'owner' | 'access'>,
  act: Act,
): boolean {
  if ((avatar.permissions & NEEDED[act]) !== NEEDED[act]) return false
  const access = accessOf(prop.access, act)
  return access === Access.everyone || owns(avatar, prop) || (access === Access.ownerAndManagers && manages(avatar))
}

/** Releases a prop if its holder may no longer hold it. */
export function dropForbidden(realm: Realm, prop: Prop): void {
  const { hold } = prop
  const holder = hold && realm.players.get(hold.player)
  if (!hold || (holder && mayAct(holder, prop, 'drag'))) return
  releaseProp(realm, prop, false)
  realm.events.push({ type: 'released', player: hold.player, sequence: 0, element: prop.id })
}
