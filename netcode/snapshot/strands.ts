/**
 * Strands: what of an element is sent on its own, with a baseline and a rate of its own. An avatar has three, a prop
 * one. The values of a strand are whole numbers in a row.
 */
import { packRotation, unpackRotation, type JointTransform, type Pose } from '../../sim/pose.ts'
import { BONES as BONE_NAMES, type ElementId, type Quat, type RealmDefinition, type Vec3 } from '../../sim/types.ts'
import type { AvatarView, PropView } from '../../sim/views.ts'

/** Position x y z, yaw, velocity x y z, flags. */
export const ROOT = 0
/** Head, left hand, right hand: position x y z, rotation each. */
export const JOINTS = 1
/** The mask of the bones that are sent, then 18 rotations; 0 for one that is not. */
export const BONES = 2
/** Position x y z, rotation, flags. */
export const PROP = 3
export type Kind = typeof ROOT | typeof JOINTS | typeof BONES | typeof PROP
export const KINDS: readonly Kind[] = [ROOT, JOINTS, BONES, PROP]

export type Values = readonly number[]
export type Bounds = RealmDefinition['bounds']

/** How far outside the realm's bounds positions are still exact, metres. */
export const MARGIN_METRES = 64
export const POSITION_STEPS_MAX = 2 ** 24 - 1
export const YAW_STEPS = 65_536
export const BONE_COUNT = BONE_NAMES.length
export const GROUNDED = 1
export const FLYING = 2
export const ASLEEP = 1
const STEPS_PER_METRE = 1_000
/** Velocity in steps of 20 mm/s: a step is a millimetre in three ticks, at 60 a second. */
const VELOCITY_STEPS_PER_METRE = 50
const TURN = 2 * Math.PI

/** What a snapshot says of an avatar's root. */
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

/** What a snapshot says of a prop. */
export interface PropState {
  readonly position: Vec3
  readonly rotation: Quat
  readonly asleep: boolean
}

/** A number for each strand of each element. */
export const keyOf = (element: ElementId, kind: Kind): number => element * 4 + kind

const clamp = (value: number, min: number, max: number): number => (value < min ? min : value > max ? max : value)
const steps = (metres: number, least: number): number => clamp(Math.round((metres - least + MARGIN_METRES) * STEPS_PER_METRE), 0, POSITION_STEPS_MAX)
const metres = (count: number, least: number): number => count / STEPS_PER_METRE + least - MARGIN_METRES
const speed = (metresPerSecond: number): number => clamp(Math.round(metresPerSecond * VELOCITY_STEPS_PER_METRE), -32_768, 32_767)
const millimetres = (value: number): number => clamp(Math.round(value * STEPS_PER_METRE), -32_768, 32_767)
const rotation = (q: Quat): number => packRotation(q) | 0

export function rootValues({ position, yaw, velocity, grounded, flying }: AvatarView, { min }: Bounds): number[] {
  return [
    steps(position.x, min.x), steps(position.y, min.y), steps(position.z, min.z), Math.round((yaw / TURN) * YAW_STEPS) & (YAW_STEPS - 1),
    speed(velocity.x), speed(velocity.y), speed(velocity.z), (grounded ? GROUNDED : 0) | (flying ? FLYING : 0),
  ]
}

export function jointValues({ head, left, right }: Pose): number[] {
  const out: number[] = []
  for (const joint of [head, left, right]) {
    const { x, y, z } = joint.position
    out.push(millimetres(x), millimetres(y), millimetres(z), rotation(joint.rotation))
  }
  return out
}

export function boneValues({ bones }: Pose): number[] {
  const out = [0]
  let mask = 0
  for (let i = 0; i < BONE_COUNT; i += 1) {
    const bone = bones[i] ?? null
    if (bone !== null) mask |= 1 << i
    out.push(bone === null ? 0 : rotation(bone))
  }
  out[0] = mask
  return out
}

export function propValues({ position, rotation: q, asleep }: PropView, { min }: Bounds): number[] {
  return [steps(position.x, min.x), steps(position.y, min.y), steps(position.z, min.z), rotation(q), asleep ? ASLEEP : 0]
}

const at = (values: Values, i: number): number => values[i] ?? 0
const positionOf = (values: Values, { min }: Bounds): Vec3 => ({ x: metres(at(values, 0), min.x), y: metres(at(values, 1), min.y), z: metres(at(values, 2), min.z) })

export function rootState(values: Values, bounds: Bounds): RootState {
  const flags = at(values, 7)
  return {
    position: positionOf(values, bounds), yaw: (at(values, 3) / YAW_STEPS) * TURN,
    velocity: { x: at(values, 4) / VELOCITY_STEPS_PER_METRE, y: at(values, 5) / VELOCITY_STEPS_PER_METRE, z: at(values, 6) / VELOCITY_STEPS_PER_METRE },
    grounded: (flags & GROUNDED) !== 0, flying: (flags & FLYING) !== 0,
  }
}

export function jointsState(values: Values): JointsState {
  const joint = (i: number): JointTransform => ({
    position: { x: at(values, i) / STEPS_PER_METRE, y: at(values, i + 1) / STEPS_PER_METRE, z: at(values, i + 2) / STEPS_PER_METRE },
    rotation: unpackRotation(at(values, i + 3)),
  })
  return { head: joint(0), left: joint(4), right: joint(8) }
}

export const bonesState = (values: Values): BonesState =>
  Array.from({ length: BONE_COUNT }, (_, i) => ((at(values, 0) & (1 << i)) === 0 ? null : unpackRotation(at(values, i + 1))))

export const propState = (values: Values, bounds: Bounds): PropState =>
  ({ position: positionOf(values, bounds), rotation: unpackRotation(at(values, 3)), asleep: (at(values, 4) & ASLEEP) !== 0 })

export const sameValues = (a: Values, b: Values): boolean => a.length === b.length && a.every((value, i) => value === b[i])
