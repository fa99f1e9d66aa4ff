/** The body that every realm has: a person of 1.7 m, 18 bones, 18 capsules. Proportions after Winter, "Biomechanics", table 4.1. */
import { vec } from '../maths/maths.ts'
import { BONES, type AvatarBody, type Bone, type BoneCapsule, type Vec3 } from '../types.ts'

/** Left is -X: the body faces -Z. */
const OFFSETS: Record<Bone, Vec3> = {
  hips: vec(0, 0.92, 0),
  spine: vec(0, 0.1, 0),
  chest: vec(0, 0.13, 0),
  upperChest: vec(0, 0.13, 0),
  neck: vec(0, 0.15, 0),
  head: vec(0, 0.09, 0),
  leftUpperArm: vec(-0.18, 0.1, 0),
  leftLowerArm: vec(-0.27, 0, 0),
  leftHand: vec(-0.25, 0, 0),
  rightUpperArm: vec(0.18, 0.1, 0),
  rightLowerArm: vec(0.27, 0, 0),
  rightHand: vec(0.25, 0, 0),
  leftUpperLeg: vec(-0.1, -0.06, 0),
  leftLowerLeg: vec(0, -0.4, 0),
  leftFoot: vec(0, -0.38, 0),
  rightUpperLeg: vec(0.1, -0.06, 0),
  rightLowerLeg: vec(0, -0.4, 0),
  rightFoot: vec(0, -0.38, 0),
}

const capsule = (bone: Bone, a: Vec3, b: Vec3, radius: number): BoneCapsule => ({
  bone: BONES.indexOf(bone),
  a,
  b,
  radius,
})

const side = (prefix: 'left' | 'right', s: -1 | 1): BoneCapsule[] => [
  capsule(`${prefix}UpperArm`, vec(0.03 * s, 0, 0), vec(0.25 * s, 0, 0), 0.05),
  capsule(`${prefix}LowerArm`, vec(0.02 * s, 0, 0), vec(0.23 * s, 0, 0), 0.042),
  capsule(`${prefix}Hand`, vec(0.03 * s, 0, 0), vec(0.13 * s, 0, 0), 0.04),
  capsule(`${prefix}UpperLeg`, vec(0, -0.04, 0), vec(0, -0.37, 0), 0.075),
  capsule(`${prefix}LowerLeg`, vec(0, -0.04, 0), vec(0, -0.35, 0), 0.055),
  capsule(`${prefix}Foot`, vec(0, -0.035, 0.04), vec(0, -0.035, -0.14), 0.042),
]

export const DEFAULT_BODY: AvatarBody = {
  name: 'person',
  offsets: BONES.map((bone) => OFFSETS[bone]),
  capsules: [
    capsule('hips', vec(-0.06, 0, 0), vec(0.06, 0, 0), 0.12),
    capsule('spine', vec(-0.05, 0.05, 0), vec(0.05, 0.05, 0), 0.11),
    capsule('chest', vec(-0.06, 0.05, 0), vec(0.06, 0.05, 0), 0.12),
    capsule('upperChest', vec(-0.08, 0.04, 0), vec(0.08, 0.04, 0), 0.12),
    capsule('neck', vec(0, 0, 0), vec(0, 0.08, 0), 0.055),
    capsule('head', vec(0, 0.07, -0.01), vec(0, 0.13, -0.01), 0.1),
    ...side('left', -1),
    ...side('right', 1),
  ],
}
