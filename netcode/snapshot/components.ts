/**
 * Components: the separately sent parts of an element, each with its own baseline and send rate. An avatar has three, a
 * prop one. The state of a component is a row of integers.
 */
import type { JointTransform, Pose } from '../../sim/avatar/pose.ts'
import { BONES as BONE_NAMES, type ElementId, type Quat, type RealmDefinition, type Vec3 } from '../../sim/types.ts'
import { unpackBone, unpackRotation } from './rotation.ts'

/** Position x y z, yaw, velocity x y z, flags. */
export const ROOT = 0
/** Head, left hand, right hand: position x y z, rotation each. */
export const JOINTS = 1
/** The mask of the bones that are sent, then 18 rotations; 0 for one that is not. */
export const BONES = 2
/** Position x y z, rotation, velocity x y z, flags. */
export const PROP = 3
export type ComponentKind = typeof ROOT | typeof JOINTS | typeof BONES | typeof PROP
export const AVATAR_KINDS = [ROOT, JOINTS, BONES] as const
export const PROP_KINDS = [PROP] as const

export const BONE_COUNT = BONE_NAMES.length
export const BONE_MASK_ALL = (1 << BONE_COUNT) - 1
/** Numbers in a state, by kind. */
export const WIDTHS: Readonly<Record<ComponentKind, number>> = {
  [ROOT]: 8,
  [JOINTS]: 12,
  [BONES]: 1 + BONE_COUNT,
  [PROP]: 8,
}

export type Values = readonly number[]
export type Bounds = RealmDefinition['bounds']

/** How far outside the realm's bounds positions are still exact, metres. */
export const MARGIN_METRES = 64
export const POSITION_STEPS_MAX = 2 ** 24 - 1
export const STEPS_PER_METRE = 1_000
/** Head and hands, steps of 2 mm. */
export const JOINT_STEPS_PER_METRE = 500
/** Steps of 0.09°. */
export const YAW_STEPS = 4_096
/** Velocity in steps of 20 mm/s: a step is a millimetre in VELOCITY_TICKS, at 60 a second. */
export const VELOCITY_STEPS_PER_METRE = 50
export const VELOCITY_TICKS = 3
export const TURN = 2 * Math.PI
export const GROUNDED = 1
export const FLYING = 2
export const ASLEEP = 1

/** An avatar's root in a snapshot. */
export interface RootState {
  /** The point on the ground under the avatar. */
  readonly position: Vec3
  /** 0 to 2π */
  readonly yaw: number
  readonly velocity: Vec3
  readonly grounded: boolean
  readonly flying: boolean
}

/** Head and hands, root space. */
export type JointsState = Pick<Pose, 'head' | 'left' | 'right'>
export type BonesState = Pose['bones']

/** A prop in a snapshot. */
export interface PropState {
  readonly position: Vec3
  readonly rotation: Quat
  readonly velocity: Vec3
  readonly asleep: boolean
}

/** A unique number for each component of each element. */
export const componentKey = (element: ElementId, kind: ComponentKind): number => element * 4 + kind

const at = (values: Values, i: number): number => values[i] ?? 0
const metres = (count: number, least: number): number => count / STEPS_PER_METRE + least - MARGIN_METRES
const positionOf = (values: Values, { min }: Bounds): Vec3 => ({
  x: metres(at(values, 0), min.x),
  y: metres(at(values, 1), min.y),
  z: metres(at(values, 2), min.z),
})
const velocityOf = (values: Values): Vec3 => ({
  x: at(values, 4) / VELOCITY_STEPS_PER_METRE,
  y: at(values, 5) / VELOCITY_STEPS_PER_METRE,
  z: at(values, 6) / VELOCITY_STEPS_PER_METRE,
})

export function rootState(values: Values, bounds: Bounds): RootState {
  const flags = at(values, 7)
  return {
    position: positionOf(values, bounds),
    yaw: (at(values, 3) / YAW_STEPS) * TURN,
    velocity: velocityOf(values),
    grounded: (flags & GROUNDED) !== 0,
    flying: (flags & FLYING) !== 0,
  }
}

export function jointsState(values: Values): JointsState {
  const joint = (i: number): JointTransform => ({
    position: {
      x: at(values, i) / JOINT_STEPS_PER_METRE,
      y: at(values, i + 1) / JOINT_STEPS_PER_METRE,
      z: at(values, i + 2) / JOINT_STEPS_PER_METRE,
    },
    rotation: unpackRotation(at(values, i + 3)),
  })
  return { head: joint(0), left: joint(4), right: joint(8) }
}

export const bonesState = (values: Values): BonesState =>
  Array.from({ length: BONE_COUNT }, (_, i) =>
    (at(values, 0) & (1 << i)) === 0 ? null : unpackBone(at(values, i + 1)),
  )

export const propState = (values: Values, bounds: Bounds): PropState => ({
  position: positionOf(values, bounds),
  rotation: unpackRotation(at(values, 3)),
  velocity: velocityOf(values),
  asleep: (at(values, 7) & ASLEEP) !== 0,
})
