/** The world at one moment as the page draws it, from the render client or, in tests, from a script. */
import type { WorldSample } from '../../netcode/index.ts'
import { scaledBody } from '../../sim/avatar/scaled-body.ts'
import { restHeadHeight, solveSkeleton } from '../../sim/avatar/skeleton.ts'
import type { AvatarBody, ElementId, PlayerId, PropSpec, Quat, RealmDefinition, Vec3 } from '../../sim/types.ts'
import type { Pose } from '../../sim/avatar/pose.ts'

/** One avatar at one moment. `position` is the ground point under it. */
export interface ShownAvatar {
  readonly element: ElementId
  readonly player: PlayerId
  /** Number of the avatar's user. */
  readonly user: number
  readonly name: string
  /** The body at its scale. */
  readonly body: AvatarBody
  readonly scale: number
  /** Hash of its package; null for one of the realm's bodies. */
  readonly package: string | null
  readonly position: Vec3
  readonly yaw: number
  /** True while it stands on something. */
  readonly grounded: boolean
  readonly flying: boolean
  /** Null if the player sends no pose: the page then animates a gait. */
  readonly pose: Pose | null
}

export interface ShownProp {
  readonly element: ElementId
  /** For a package: a box around it instead of its colliders. */
  readonly spec: PropSpec
  /** Hash of its package; null if there is only the spec. */
  readonly package: string | null
  /** User number of the owner; 0 is the realm. */
  readonly owner: number
  /** Access bits (sim/props/access.ts). */
  readonly access: number
  readonly position: Vec3
  readonly rotation: Quat
  readonly scale: number
  /** Player who holds it; 0 for nobody. */
  readonly holder: PlayerId
}

export interface ShownWorld {
  readonly avatars: readonly ShownAvatar[]
  readonly props: readonly ShownProp[]
}

/** Half extents of the ground, metres; where players start. */
export interface RealmFrame {
  readonly name: string
  readonly ground: { readonly x: number; readonly z: number }
  readonly spawn: Vec3
}

export const frameOf = ({ name, ground, spawn }: RealmDefinition): RealmFrame => ({
  name,
  ground,
  spawn: spawn.position,
})

/** Returns the body of a package's avatar; null while it is not loaded. */
export type AvatarBodyLookup = (hash: string) => AvatarBody | null

/** Converts a sample of the render client for drawing. `bodies` are the realm's. */
export function shownOf(sample: WorldSample, bodies: readonly AvatarBody[], bodyOf: AvatarBodyLookup): ShownWorld {
  const fallback = bodies[0]
  if (fallback === undefined) return { avatars: [], props: sample.props }
  const avatars = sample.avatars.map((avatar) => ({
    ...avatar,
    body: bodyOfHeight(
      (avatar.package === null ? bodies[avatar.body] : bodyOf(avatar.package)) ?? fallback,
      avatar.headMetres,
    ),
  }))
  return { avatars, props: sample.props }
}

const resized = new WeakMap<AvatarBody, Map<number, AvatarBody>>()
/** Sizes of a body that are cached. */
const SIZES_MAX = 64
/** Heights of heads that differ by less are the same, metres. */
const SAME_HEIGHT = 1e-4

/** A body with its head at the given height. */
function bodyOfHeight(body: AvatarBody, headMetres: number): AvatarBody {
  const own = restHeadHeight(body)
  if (Math.abs(headMetres - own) < SAME_HEIGHT) return body
  const byHeight = resized.get(body) ?? new Map<number, AvatarBody>()
  resized.set(body, byHeight)
  const known = byHeight.get(headMetres)
  if (known) return known
  const made = scaledBody(body, headMetres / own)
  if (byHeight.size > SIZES_MAX) byHeight.clear()
  byHeight.set(headMetres, made)
  return made
}

const heights = new WeakMap<AvatarBody, number>()

/** Height of a body at rest, metres. */
export function bodyHeight(body: AvatarBody): number {
  let height = heights.get(body)
  if (height === undefined) {
    const bones = solveSkeleton(body, null)
    height = Math.max(
      restHeadHeight(body),
      ...body.capsules.map(({ bone, a, b, radius }) => (bones[bone]?.position.y ?? 0) + Math.max(a.y, b.y) + radius),
    )
    heights.set(body, height)
  }
  return height
}
