/**
 * How a desktop player's body moves: breathing, walking, running, looking, reaching for what is held. A headset sends
 * real poses; a keyboard has none, so the page makes one from speed and view, shows it and sends it.
 */
import { add, fromTo, IDENTITY, multiply, normalise, sub, unit, vec } from '../../sim/maths/maths.ts'
import type { JointTransform, Pose } from '../../sim/avatar/pose.ts'
import { solveSkeleton } from '../../sim/avatar/skeleton.ts'
import { BONES, type AvatarBody, type Bone, type Quat, type Vec3 } from '../../sim/types.ts'

export interface Gait {
  /** Radians of the stride, 2 pi for two steps. */
  readonly phase: number
  /** Metres per second over the ground, in the avatar's own frame: x to the right, z backwards. */
  readonly x: number
  readonly z: number
}
export const STANDING: Gait = { phase: 0, x: 0, z: 0 }

export interface Attitude {
  /** View direction, radians: up is positive; `turn` to the left of the body's heading is positive. */
  readonly pitch: number
  readonly turn: number
  /** Target of the right hand, root space; null for none. */
  readonly reachFor: Vec3 | null
  readonly airborne: boolean
  /** Seconds, for breathing. */
  readonly time: number
}

/** A stride's length grows with speed: metres for two steps at `speed` metres per second. */
const strideLength = (speed: number): number => 0.75 + 0.34 * speed
/** Below this a body stands, metres per second. */
const STANDING_SPEED = 0.15

/** Advances the gait by `seconds`, with a smoothed speed so that legs do not twitch. */
export function advanceGait(gait: Gait, x: number, z: number, seconds: number): Gait {
  const ease = 1 - Math.exp(-seconds * 9)
  const nextX = gait.x + (x - gait.x) * ease
  const nextZ = gait.z + (z - gait.z) * ease
  const speed = Math.hypot(nextX, nextZ)
  const phase =
    speed < STANDING_SPEED
      ? gait.phase
      : (gait.phase + (speed * seconds * 2 * Math.PI) / strideLength(speed)) % (2 * Math.PI)
  return { phase, x: nextX, z: nextZ }
}

const INDEX = Object.fromEntries(BONES.map((name, i) => [name, i])) as Readonly<Record<Bone, number>>
const about = (axis: 'x' | 'y' | 'z', angle: number): Quat => ({
  ...IDENTITY,
  [axis]: Math.sin(angle / 2),
  w: Math.cos(angle / 2),
})
/** How far arms hang down from the T-pose, radians. */
const HANG = 1.28

interface Swing {
  /** 0 standing to 1 in full stride. */
  readonly stride: number
  /** 0 walking to 1 running. */
  readonly run: number
  readonly forward: number
  readonly sideways: number
}

function swingOf(gait: Gait): Swing {
  const speed = Math.hypot(gait.x, gait.z)
  if (speed < STANDING_SPEED) return { stride: 0, run: 0, forward: 0, sideways: 0 }
  return {
    stride: Math.min(1, speed / 1.6),
    run: Math.min(1, Math.max(0, (speed - 2) / 3)),
    forward: -gait.z / speed,
    sideways: gait.x / speed,
  }
}

function legs(rotations: (Quat | null)[], gait: Gait, swing: Swing, airborne: boolean): void {
  for (const [side, offset] of [
    ['left', 0],
    ['right', Math.PI],
  ] as const) {
    const wave = Math.sin(gait.phase + offset)
    const lift = Math.max(0, Math.cos(gait.phase + offset))
    const reach = swing.stride * (0.48 + 0.34 * swing.run)
    const thigh = airborne ? 0.35 : wave * reach * swing.forward
    const out = airborne ? 0 : wave * reach * 0.6 * swing.sideways
    const knee = airborne ? 0.75 : swing.stride * (0.12 + lift * (0.75 + 0.75 * swing.run)) + 0.03
    rotations[INDEX[`${side}UpperLeg`]] = multiply(about('z', out), about('x', thigh + knee * 0.4))
    rotations[INDEX[`${side}LowerLeg`]] = about('x', -knee)
    rotations[INDEX[`${side}Foot`]] = about('x', airborne ? -0.4 : knee * 0.45 - thigh * 0.5)
  }
}

function arms(rotations: (Quat | null)[], gait: Gait, swing: Swing, attitude: Attitude): void {
  const breath = Math.sin(attitude.time * 1.7) * 0.025
  for (const [side, sign, offset] of [
    ['left', 1, Math.PI],
    ['right', -1, 0],
  ] as const) {
    const wave =
      Math.sin(gait.phase + offset) * swing.stride * (0.42 + 0.4 * swing.run) * (swing.forward < -0.2 ? -1 : 1)
    const hang = attitude.airborne ? 0.75 : HANG - 0.12 * swing.run + breath
    rotations[INDEX[`${side}UpperArm`]] = multiply(about('x', wave), about('z', sign * hang))
    rotations[INDEX[`${side}LowerArm`]] = about('y', -sign * (0.22 + swing.run * 1.05 + swing.stride * 0.18))
  }
}

const atRest = new WeakMap<AvatarBody, readonly JointTransform[]>()

/** The bones of a body that stands, solved once. */
function restOf(body: AvatarBody): readonly JointTransform[] {
  const known = atRest.get(body)
  if (known) return known
  const bones = solveSkeleton(body, null)
  atRest.set(body, bones)
  return bones
}

/** Turns the right arm, which points along +X at rest, to what it reaches for. */
function reachOut(rotations: (Quat | null)[], body: AvatarBody, target: Vec3): void {
  const shoulder = restOf(body)[INDEX.rightUpperArm]?.position ?? vec(0.2, 1.4, 0)
  rotations[INDEX.rightUpperArm] = fromTo(vec(1, 0, 0), unit(sub(target, shoulder), vec(0, 0, -1)))
  rotations[INDEX.rightLowerArm] = about('y', 0.12)
}

/** The pose of a body that walks with `gait` and looks and reaches as `attitude` says. */
export function poseOf(body: AvatarBody, gait: Gait, attitude: Attitude): Pose {
  const swing = swingOf(gait)
  const rotations: (Quat | null)[] = BONES.map(() => null)
  legs(rotations, gait, swing, attitude.airborne)
  arms(rotations, gait, swing, attitude)
  rotations[INDEX.spine] = multiply(
    about('y', Math.sin(gait.phase) * 0.07 * swing.stride),
    about('x', -0.05 * swing.stride - 0.14 * swing.run * Math.max(0, swing.forward)),
  )
  if (attitude.reachFor) reachOut(rotations, body, attitude.reachFor)
  rotations[INDEX.neck] = multiply(about('y', attitude.turn * 0.4), about('x', attitude.pitch * 0.35))
  rotations[INDEX.head] = normalise(multiply(about('y', attitude.turn * 0.6), about('x', attitude.pitch * 0.5)))
  return standOnGround(body, rotations, attitude.airborne)
}

/** Places the body so that its lower foot is where a foot at rest is. */
function standOnGround(body: AvatarBody, bones: readonly (Quat | null)[], airborne: boolean): Pose {
  const none: JointTransform = { position: vec(0, 0, 0), rotation: IDENTITY }
  const loose = solveSkeleton(body, { head: none, left: none, right: none, bones })
  const rest = restOf(body)
  const joint = (list: readonly JointTransform[], bone: number): JointTransform => list[bone] ?? none
  const lowest = (list: readonly JointTransform[]): number =>
    Math.min(joint(list, INDEX.leftFoot).position.y, joint(list, INDEX.rightFoot).position.y)
  const hips = sub(joint(rest, INDEX.hips).position, joint(loose, INDEX.hips).position)
  const up = airborne ? hips.y : lowest(rest) - lowest(loose)
  const shift = vec(hips.x, up, hips.z)
  const moved = (bone: number): JointTransform => {
    const { position, rotation } = joint(loose, bone)
    return { position: add(position, shift), rotation }
  }
  return { head: moved(INDEX.head), left: moved(INDEX.leftHand), right: moved(INDEX.rightHand), bones }
}
