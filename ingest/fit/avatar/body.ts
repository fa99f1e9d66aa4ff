/**
 * Builds the simulation's body: the skeleton in a T-pose, facing -Z, soles at y = 0, all bones unrotated. Whatever pose
 * the file rests in, each limb is rotated (by the shortest rotation) to its T-pose: arms out to the sides, legs
 * straight down; feet, trunk and head as in the file.
 */
import type { Node } from '@gltf-transform/core'
import { DEFAULT_BODY, type AvatarBody, type BoneCapsule, type Quat, type Vec3 } from '../../../sim/index.ts'
import {
  add,
  dot,
  fromTo,
  IDENTITY,
  multiply,
  normalise,
  rotate,
  scaled,
  sub,
  unit,
  vec,
} from '../../../sim/maths/maths.ts'
import { RANGES } from '../../../sim/limits/ranges.ts'
import { BONE_PARENTS, BONES } from '../../../sim/types.ts'
import type { Warn } from '../../types.ts'
import type { Capsule } from './capsule.ts'
import { frameOf, quantised, quantisedVec } from '../node-frame.ts'
import type { SurfaceSample } from './surface-groups.ts'
import { parentOfBone } from './bones.ts'
import { facingWarnings } from './facing.ts'

export interface PlacedCapsule extends Capsule {
  readonly bone: string
}

/** From the package's front, +Z, to the simulation's forward, -Z: 180 degrees about Y. */
export const FACING: Quat = { x: 0, y: 1, z: 0, w: 0 }
const ZERO = vec(0, 0, 0)
const OUT = { left: vec(-1, 0, 0), right: vec(1, 0, 0) } as const
const DOWN = vec(0, -1, 0)

interface Joint {
  readonly bone: string
  readonly node: Node
  /** Position in the file's rest pose, root space. */
  readonly at: Vec3
  readonly rotation: Quat
  /** Rotation from the file's rest pose to the T-pose, root space. */
  readonly swing: Quat
}

const faced = (p: Vec3): Vec3 => rotate(FACING, p)

/** The nearest existing ancestor bone. */
function above(bone: string, has: (bone: string) => boolean): string | null {
  let parent = parentOfBone(bone)
  while (parent !== null && !has(parent)) parent = parentOfBone(parent)
  return parent
}

/** The T-pose direction of the limb that starts at a bone, and the bone that gives its present direction. */
function target(bone: string): { readonly ends: readonly string[]; readonly way: Vec3 } | null {
  const side = bone.startsWith('left') ? 'left' : 'right'
  if (bone.endsWith('UpperArm')) return { ends: [`${side}LowerArm`], way: OUT[side] }
  if (bone.endsWith('LowerArm')) return { ends: [`${side}Hand`], way: OUT[side] }
  if (bone.endsWith('Hand')) return { ends: [`${side}MiddleProximal`, `${side}IndexProximal`], way: OUT[side] }
  if (bone.endsWith('UpperLeg')) return { ends: [`${side}LowerLeg`], way: DOWN }
  if (bone.endsWith('LowerLeg')) return { ends: [`${side}Foot`], way: DOWN }
  return null
}

/** All mapped joints with their rotations, parents first. */
function jointsOf(humanoid: ReadonlyMap<string, Node>): Map<string, Joint> {
  const depth = (bone: string): number => (parentOfBone(bone) === null ? 0 : 1 + depth(parentOfBone(bone) ?? ''))
  const order = [...humanoid.keys()]
    .filter((bone) => bone === 'hips' || parentOfBone(bone) !== null)
    .toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1))
  const positions = new Map(order.map((bone) => [bone, faced(frameOf(humanoid.get(bone) as Node).position)]))
  const joints = new Map<string, Joint>()
  for (const bone of order) {
    const [node, at] = [humanoid.get(bone), positions.get(bone)]
    if (!node || !at) continue
    const inherited = joints.get(above(bone, (b) => joints.has(b)) ?? '')?.swing ?? IDENTITY
    const wish = target(bone)
    const end = wish?.ends.map((name) => positions.get(name)).find((p) => p !== undefined)
    const way = end && rotate(inherited, unit(sub(end, at), ZERO))
    const isFoot = bone.endsWith('Foot')
    const turn = wish && way && dot(way, way) > 0.5 ? fromTo(way, wish.way) : IDENTITY
    const swing = isFoot ? IDENTITY : normalise(multiply(turn, inherited))
    joints.set(bone, { bone, node, at, rotation: multiply(FACING, frameOf(node).rotation), swing })
  }
  return joints
}

/** Positions of the joints in the T-pose, with the hips as in the file. */
function tPose(joints: ReadonlyMap<string, Joint>): Map<string, Vec3> {
  const placed = new Map<string, Vec3>()
  for (const { bone, at } of joints.values()) {
    const parent = joints.get(above(bone, (b) => joints.has(b)) ?? '')
    const from = parent && placed.get(parent.bone)
    placed.set(bone, parent && from ? add(from, rotate(parent.swing, sub(at, parent.at))) : at)
  }
  return placed
}

/** Height of an ankle above its foot's sole, metres; the larger of both feet, in the T-pose. */
function lowest(
  samples: readonly SurfaceSample[],
  joints: ReadonlyMap<string, Joint>,
  placed: ReadonlyMap<string, Vec3>,
): number {
  const feet = (['leftFoot', 'rightFoot'] as const).flatMap((bone) => {
    const [joint, at] = [joints.get(bone), placed.get(bone)]
    return joint && at ? [{ joint, at, sole: Infinity }] : []
  })
  const footOf = (node: Node): (typeof feet)[number] | undefined => {
    for (let n: Node | null = node; n; n = n.getParentNode()) {
      const foot = feet.find(({ joint }) => joint.node === n)
      if (foot) return foot
    }
    return undefined
  }
  const known = new Map<Node, (typeof feet)[number] | undefined>()
  for (const { point, carrier } of samples) {
    if (!known.has(carrier)) known.set(carrier, footOf(carrier))
    const foot = known.get(carrier)
    if (foot) foot.sole = Math.min(foot.sole, point.y)
  }
  return Math.min(...feet.map(({ joint, at, sole }) => at.y + Math.min(0, sole - joint.at.y)))
}

/**
 * The position of a bone that the rig lacks: for the neck the head's, for others the ancestor's. Such bones have no
 * length and still rotate what is there (packages/retarget.ts implements the other half of this rule).
 */
function placeOf(bone: string, placed: ReadonlyMap<string, Vec3>): Vec3 {
  const own = placed.get(bone) ?? (bone === 'neck' ? placed.get('head') : undefined)
  return own ?? placed.get(above(bone, (b) => placed.has(b)) ?? 'hips') ?? ZERO
}

const round = (x: number): number => Math.fround(quantised(x))
const roundVec = (v: Vec3): Vec3 => {
  const q = quantisedVec(v)
  return { x: Math.fround(q.x), y: Math.fround(q.y), z: Math.fround(q.z) }
}

/**
 * The body of a humanoid rig, and the rotation of each of its nodes in the T-pose (PackageJoint.rest). `capsules`:
 * scene space, file's rest pose.
 */
export function humanoidBody(
  humanoid: ReadonlyMap<string, Node>,
  capsules: readonly PlacedCapsule[],
  samples: readonly SurfaceSample[],
  warn: Warn,
): { readonly body: AvatarBody; readonly rest: ReadonlyMap<Node, Quat> } {
  const joints = jointsOf(humanoid)
  const placed = tPose(joints)
  for (const warning of facingWarnings(humanoid)) warn(warning)
  const hips = placed.get('hips') ?? ZERO
  const root = vec(hips.x, lowest(samples, joints, placed), hips.z)
  const offsets = BONES.map((bone, i) => {
    const parent = BONES[BONE_PARENTS[i] ?? -1]
    return roundVec(sub(placeOf(bone, placed), parent === undefined ? root : placeOf(parent, placed)))
  })
  const bodyCapsules = capsules.flatMap(({ bone, a, b, r }): BoneCapsule[] => {
    const joint = joints.get(bone)
    const index = (BONES as readonly string[]).indexOf(bone)
    if (!joint || index < 0) return []
    const local = (p: Vec3): Vec3 => roundVec(rotate(joint.swing, sub(faced(p), joint.at)))
    return [{ bone: index, a: local(a), b: local(b), radius: Math.max(round(r), Math.fround(RANGES.boneRadius.min)) }]
  })
  const rest = new Map(
    [...joints.values()].map(({ node, swing, rotation }) => [node, normalise(multiply(swing, rotation))]),
  )
  return { body: { name: 'avatar', offsets, capsules: bodyCapsules }, rest }
}

/** Height of the default body above the ground, metres: DEFAULT_BODY is a person of 1.7 m. */
const DEFAULT_HEIGHT = 1.7
const HEIGHT_MIN = 0.2

/** The body of a rig without a humanoid: the default body's bones at its height, with all capsules on the hips. */
export function fixedBody(capsules: readonly PlacedCapsule[], height: number): AvatarBody {
  const offsets = DEFAULT_BODY.offsets.map((offset) =>
    roundVec(scaled(offset, Math.max(height, HEIGHT_MIN) / DEFAULT_HEIGHT)),
  )
  const hips = offsets[0] ?? ZERO
  const local = (p: Vec3): Vec3 => roundVec(sub(faced(p), hips))
  return {
    name: 'avatar',
    offsets,
    capsules: capsules.map(({ a, b, r }) => ({
      bone: 0,
      a: local(a),
      b: local(b),
      radius: Math.max(round(r), Math.fround(RANGES.boneRadius.min)),
    })),
  }
}
