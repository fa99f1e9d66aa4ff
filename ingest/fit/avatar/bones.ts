/**
 * The bones of VRM 1.0 and their parents. Source: VRMC_vrm-1.0 humanoid.md.
 */
import { BONE_PARENTS, BONES, type Bone } from '../../../sim/types.ts'

/** Bones that a humanoid must have; all others are optional. */
export const REQUIRED_BONES = [
  'hips',
  'spine',
  'head',
  'leftUpperArm',
  'leftLowerArm',
  'leftHand',
  'rightUpperArm',
  'rightLowerArm',
  'rightHand',
  'leftUpperLeg',
  'leftLowerLeg',
  'leftFoot',
  'rightUpperLeg',
  'rightLowerLeg',
  'rightFoot',
] as const satisfies readonly Bone[]

export const FINGERS = ['Thumb', 'Index', 'Middle', 'Ring', 'Little'] as const
type Finger = (typeof FINGERS)[number]
const PARTS = { Thumb: ['Metacarpal', 'Proximal', 'Distal'] } as const
const BOTH = ['left', 'right'] as const

/** The three bones of a finger, from the hand outwards. */
export const fingerBones = (side: 'left' | 'right', finger: Finger): readonly string[] =>
  (finger === 'Thumb' ? PARTS.Thumb : ['Proximal', 'Intermediate', 'Distal']).map((part) => `${side}${finger}${part}`)

/** Parents of the bones of VRM 1.0 beyond the simulation's 18. */
const EXTRA_PARENTS: ReadonlyMap<string, string> = new Map([
  ['jaw', 'head'],
  ...BOTH.flatMap((side): [string, string][] => [
    [`${side}Eye`, 'head'],
    [`${side}Shoulder`, 'upperChest'],
    [`${side}Toes`, `${side}Foot`],
    ...FINGERS.flatMap((finger) =>
      fingerBones(side, finger).map((bone, i, all): [string, string] => [bone, all[i - 1] ?? `${side}Hand`]),
    ),
  ]),
])

const indexOfBone = (bone: string): number => (BONES as readonly string[]).indexOf(bone)

/** A bone's parent; null for the hips and for an unknown name. */
export const parentOfBone = (bone: string): string | null =>
  EXTRA_PARENTS.get(bone) ?? BONES[BONE_PARENTS[indexOfBone(bone)] ?? -1] ?? null

export const isBone = (name: string): boolean => indexOfBone(name) >= 0 || EXTRA_PARENTS.has(name)
