/**
 * Computes the 18 bones from a pose: forward kinematics if bone rotations were sent, otherwise inverse kinematics of
 * two-bone limbs (law of cosines) from head and hands. Both make the head bone end at the pose's head.
 */
import { defined } from '../assert.ts'
import type { JointTransform, Pose } from './pose.ts'
import {
  add,
  clamp,
  dot,
  fromTo,
  IDENTITY,
  length,
  max,
  multiply,
  rotate,
  scaled,
  ScratchQuat,
  ScratchVec,
  setQuat,
  setVec,
  sqrt,
  sub,
  unit,
  vec,
} from '../maths/maths.ts'
import { BONE_PARENTS, BONES, type AvatarBody, type Bone, type Quat, type Vec3 } from '../types.ts'

const BONE = Object.fromEntries(BONES.map((name, i) => [name, i])) as Record<Bone, number>
const DOWN = vec(0, -1, 0)
const FORWARD = vec(0, 0, -1)
const BACK = vec(0, 0, 1)

const offsetOf = (body: AvatarBody, bone: number): Vec3 =>
  defined(body.offsets[bone], 'a body has an offset for each bone')

/** A rotation of 75 degrees about Z, either way: the arms of an avatar that only stands. */
const ARM_DOWN = {
  left: { x: 0, y: 0, z: 0.6087614, w: 0.7933533 },
  right: { x: 0, y: 0, z: -0.6087614, w: 0.7933533 },
}

/** Local rotations of a body whose player has not sent a pose yet. */
const idleRotation = (bone: number): Quat =>
  bone === BONE.leftUpperArm ? ARM_DOWN.left : bone === BONE.rightUpperArm ? ARM_DOWN.right : IDENTITY

/** Bones that can be overwritten. */
export type Bones = { readonly position: ScratchVec; readonly rotation: ScratchQuat }[]

export const newBones = (): Bones => BONES.map(() => ({ position: new ScratchVec(), rotation: new ScratchQuat() }))

/** Bones in root space from local rotations. The hips are where the body has them at rest. */
function forward(body: AvatarBody, local: (bone: number) => Quat, out: Bones = newBones()): Bones {
  let i = 0
  for (const { position, rotation } of out) {
    const parent = out[BONE_PARENTS[i] ?? -1]
    const offset = offsetOf(body, i)
    setVec(position, parent ? add(parent.position, rotate(parent.rotation, offset)) : offset)
    setQuat(rotation, parent ? multiply(parent.rotation, local(i)) : local(i))
    i++
  }
  return out
}

function shift(bones: Bones, by: Vec3): Bones {
  for (const { position } of bones) setVec(position, add(position, by))
  return bones
}

const at = (bones: readonly JointTransform[], bone: number): JointTransform =>
  defined(bones[bone], 'a skeleton has all 18 bones')

/** Bends two bones, starting at the upper one's position, to reach `target`, with the joint towards `pole`. */
function reach(body: AvatarBody, bones: JointTransform[], upper: number, target: Vec3, pole: Vec3, end: Quat): void {
  const [lower, tip] = [upper + 1, upper + 2]
  const root = at(bones, upper).position
  const [first, second] = [offsetOf(body, lower), offsetOf(body, tip)]
  const [l1, l2] = [max(length(first), 1e-4), max(length(second), 1e-4)]
  const wish = sub(target, root)
  const direction = unit(wish, DOWN)
  const d = clamp(length(wish), (l1 > l2 ? l1 - l2 : l2 - l1) + 1e-3, l1 + l2 - 1e-4)
  const along = (l1 * l1 - l2 * l2 + d * d) / (2 * d)
  const out = sqrt(max(l1 * l1 - along * along, 0))
  const side = unit(
    sub(pole, scaled(direction, dot(pole, direction))),
    unit(sub(FORWARD, scaled(direction, dot(FORWARD, direction))), vec(1, 0, 0)),
  )
  const joint = add(root, add(scaled(direction, along), scaled(side, out)))
  const hand = add(root, scaled(direction, d))
  bones[upper] = { position: root, rotation: fromTo(unit(first, DOWN), unit(sub(joint, root), direction)) }
  bones[lower] = { position: joint, rotation: fromTo(unit(second, DOWN), unit(sub(hand, joint), direction)) }
  bones[tip] = { position: hand, rotation: end }
}

/** Places an upright trunk under the head, bends the knees by the head's height, and puts the hands at their places. */
function fromThreePoints(body: AvatarBody, pose: Pose): JointTransform[] {
  const rest = forward(body, () => IDENTITY)
  const by = sub(pose.head.position, at(rest, BONE.head).position)
  const bones: JointTransform[] = shift(
    forward(body, () => IDENTITY),
    by,
  )
  bones[BONE.head] = { position: pose.head.position, rotation: pose.head.rotation }
  reach(body, bones, BONE.leftUpperArm, pose.left.position, add(DOWN, BACK), pose.left.rotation)
  reach(body, bones, BONE.rightUpperArm, pose.right.position, add(DOWN, BACK), pose.right.rotation)
  for (const leg of [BONE.leftUpperLeg, BONE.rightUpperLeg]) {
    const foot = at(rest, leg + 2).position
    reach(body, bones, leg, vec(foot.x + by.x, foot.y, foot.z + by.z), FORWARD, IDENTITY)
  }
  return bones
}

/**
 * All 18 bones in root space. A null pose means that the player has not sent one yet. `scratch` holds bones of an
 * earlier call that may be overwritten and returned, for callers that solve many skeletons and keep none.
 */
export function solveSkeleton(
  body: AvatarBody,
  pose: Pose | null,
  scratch: Bones = newBones(),
): readonly JointTransform[] {
  if (!pose) return forward(body, idleRotation, scratch)
  if (pose.bones.every((bone) => bone === null)) return fromThreePoints(body, pose)
  const bones = forward(body, (i) => pose.bones[i] ?? IDENTITY, scratch)
  return shift(bones, sub(pose.head.position, at(bones, BONE.head).position))
}

/** Cached by body, because every avatar needs it in every tick. */
const headHeights = new WeakMap<AvatarBody, number>()

/** Height of the head bone's origin above the ground at rest, metres. */
export function restHeadHeight(body: AvatarBody): number {
  let height = headHeights.get(body)
  if (height === undefined) {
    height = at(
      forward(body, () => IDENTITY),
      BONE.head,
    ).position.y
    headHeights.set(body, height)
  }
  return height
}
