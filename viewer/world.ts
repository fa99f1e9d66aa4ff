/** What the page draws: the world at one moment, whoever supplies it (the render client; in tests a scripted one). */
import type { WorldSample } from '../netcode/index.ts'
import type { AvatarBody, ElementId, PlayerId, PropSpec, Quat, RealmDefinition, Vec3 } from '../sim/types.ts'
import type { Pose } from '../sim/pose.ts'

/** One avatar at one moment. `position` is the ground point under it. */
export interface ShownAvatar {
  readonly element: ElementId
  readonly player: PlayerId
  readonly name: string
  readonly body: AvatarBody
  readonly position: Vec3
  readonly yaw: number
  readonly flying: boolean
  /** Null where the player sends none: the page then draws a gait of its own. */
  readonly pose: Pose | null
}

export interface ShownProp {
  readonly element: ElementId
  readonly spec: PropSpec
  readonly position: Vec3
  readonly rotation: Quat
  readonly scale: number
  /** 0: nobody. */
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

export const frameOf = ({ name, ground, spawn }: RealmDefinition): RealmFrame => ({ name, ground, spawn: spawn.position })

/** A sample of the render client as the page draws it; `bodies` are the realm's. */
export function shownOf(sample: WorldSample, bodies: readonly AvatarBody[]): ShownWorld {
  const fallback = bodies[0]
  if (fallback === undefined) return { avatars: [], props: sample.props }
  return { avatars: sample.avatars.map((avatar) => ({ ...avatar, body: bodies[avatar.body] ?? fallback })), props: sample.props }
}
