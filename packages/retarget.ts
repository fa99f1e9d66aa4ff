/**
 * Retargets the simulation's bones to a package's node tree, to show an avatar in its pose. The Godot addon does the
 * same in GDScript. The model is below the avatar's root, rotated by 180 degrees about Y (its front is +Z, the avatar's
 * -Z). Everything here is in root space.
 */
import { add, conjugate, multiply, rotate, sub } from '../sim/maths/maths.ts'
import type { JointTransform } from '../sim/avatar/pose.ts'
import { BONES, type Bone, type Quat, type Vec3 } from '../sim/types.ts'
import type { PackageJoint } from './manifest.ts'

/** A node of the runtime GLB at rest. */
export interface RestNode {
  readonly name: string
  /** Name of the parent node; null at the top of the scene. */
  readonly parent: string | null
  readonly translation: Vec3
  readonly rotation: Quat
  readonly scale: Vec3
}

/** The pose to set: local rotations by node name, and the position of the hips' node in its parent. */
export interface NodePose {
  readonly rotations: ReadonlyMap<string, Quat>
  readonly hips: { readonly name: string; readonly translation: Vec3 } | null
}

interface Placed {
  readonly position: Vec3
  readonly rotation: Quat
  readonly scale: Vec3
}

const TOP: Placed = {
  position: { x: 0, y: 0, z: 0 },
  rotation: { x: 0, y: 1, z: 0, w: 0 },
  scale: { x: 1, y: 1, z: 1 },
}

/** Trunk bones that a rig may lack. They have no length in the body, and rotate what the bone before them carries. */
const FOLDED: Readonly<Partial<Record<Bone, Bone>>> = { spine: 'chest', chest: 'upperChest' }

/** The bone that rotates the node of `bone`: itself, or the last of the following bones that the rig lacks. */
function driverOf(bone: Bone, has: ReadonlySet<string>): number {
  let last = bone
  for (let next = FOLDED[last]; next && !has.has(next); next = FOLDED[last]) last = next
  return BONES.indexOf(last)
}

const times = (a: Vec3, b: Vec3): Vec3 => ({ x: a.x * b.x, y: a.y * b.y, z: a.z * b.z })
const over = (a: Vec3, b: Vec3): Vec3 => ({ x: a.x / b.x, y: a.y / b.y, z: a.z / b.z })

interface Driven {
  readonly bone: number
  readonly rest: Quat
  readonly isHips: boolean
}

function drivenJoints(skeleton: readonly PackageJoint[]): Map<string, Driven> {
  const has = new Set(skeleton.flatMap(({ humanoid }) => (humanoid === undefined ? [] : [humanoid])))
  const driven = new Map<string, Driven>()
  for (const { joint, humanoid, rest } of skeleton) {
    const bone = BONES.find((name) => name === humanoid)
    if (bone && rest) driven.set(joint, { bone: driverOf(bone, has), rest, isHips: bone === 'hips' })
  }
  return driven
}

/**
 * The pose of a package's nodes for the 18 bones of `solveSkeleton` (root space). `nodes` holds all nodes, parents
 * before children. Nodes that the result does not name stay as in the file. A package without a humanoid gets no
 * rotations.
 */
export function poseNodes(
  skeleton: readonly PackageJoint[],
  nodes: readonly RestNode[],
  bones: readonly JointTransform[],
): NodePose {
  const driven = drivenJoints(skeleton)
  const placed = new Map<string, Placed>()
  const rotations = new Map<string, Quat>()
  let hips: NodePose['hips'] = null
  for (const node of nodes) {
    const above = (node.parent === null ? undefined : placed.get(node.parent)) ?? TOP
    const scale = times(above.scale, node.scale)
    const joint = driven.get(node.name)
    const bone = joint && bones[joint.bone]
    const rotation = bone ? multiply(bone.rotation, joint.rest) : multiply(above.rotation, node.rotation)
    const position =
      bone && joint.isHips
        ? bone.position
        : add(above.position, rotate(above.rotation, times(above.scale, node.translation)))
    if (bone) rotations.set(node.name, multiply(conjugate(above.rotation), rotation))
    if (bone && joint.isHips)
      hips = {
        name: node.name,
        translation: over(rotate(conjugate(above.rotation), sub(position, above.position)), above.scale),
      }
    placed.set(node.name, { position, rotation, scale })
  }
  return { rotations, hips }
}

/** Computes the nodes' places in root space with a pose, as a scene graph would. */
export function placeNodes(
  nodes: readonly RestNode[],
  { rotations, hips }: NodePose,
): ReadonlyMap<string, { readonly position: Vec3; readonly rotation: Quat }> {
  const placed = new Map<string, Placed>()
  for (const node of nodes) {
    const above = (node.parent === null ? undefined : placed.get(node.parent)) ?? TOP
    const translation = hips?.name === node.name ? hips.translation : node.translation
    const rotation = multiply(above.rotation, rotations.get(node.name) ?? node.rotation)
    placed.set(node.name, {
      position: add(above.position, rotate(above.rotation, times(above.scale, translation))),
      rotation,
      scale: times(above.scale, node.scale),
    })
  }
  return placed
}
