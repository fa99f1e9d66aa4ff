/** Describes the prop that a player points at: owner and access. Pure. */
import { ACTS, type Act, type ElementId } from '../../sim/types.ts'
import type { ShownProp, ShownWorld } from '../app/world.ts'

export interface Pointed {
  readonly element: ElementId
  readonly name: string
  readonly owner: string
  readonly access: number
  readonly mayChange: boolean
  /** Nobody can carry or scale it. */
  readonly isStatic: boolean
  /** Why its model is not shown; null if it is. */
  readonly problem: string | null
}

export const ACT_LABELS: Readonly<Record<Act, string>> = { drag: 'Carry', scale: 'Scale', despawn: 'Delete' }
/** Labels by the value of Access. */
const ACCESS_LABELS: readonly string[] = ['default', 'everyone', 'owner and builders', 'only the owner']

export const accessLabel = (access: number): string => ACCESS_LABELS[access] ?? ''

/** An access byte with the two bits of an act changed. */
export function withAccess(access: number, act: Act, value: number): number {
  const shift = ACTS.indexOf(act) * 2
  return (access & ~(3 << shift)) | (value << shift)
}

/** `own`: the player's user number; null while it is not known. */
export function pointedOf(
  prop: ShownProp,
  { avatars }: ShownWorld,
  own: { readonly user: number; readonly manages: boolean } | null,
  problem: string | null,
): Pointed {
  const { element, spec, owner, access } = prop
  const mine = own !== null && owner !== 0 && owner === own.user
  return {
    element,
    name: spec.name,
    owner: ownerLabel(owner, mine, avatars),
    access,
    mayChange: mine || (own?.manages ?? false),
    isStatic: spec.motion === 'static',
    problem,
  }
}

function ownerLabel(owner: number, mine: boolean, avatars: ShownWorld['avatars']): string {
  if (owner === 0) return 'owned by the realm'
  if (mine) return 'yours'
  const there = avatars.find(({ user }) => user === owner)
  return there ? `${there.name}’s` : 'owned by someone who is not here'
}
