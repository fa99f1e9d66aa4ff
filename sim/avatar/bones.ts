/**
 * Bones push props. A collider that is moved directly teleports through props; only kinematic bodies push, and 18 of
 * them for each avatar would cost too much. So a bone has a body only while it is close to a dynamic prop. The rule
 * reads only the state, in the order of ids, and is capped.
 */
import { defined } from '../assert.ts'
import { RAPIER, type RigidBody } from '../engine.ts'
import {
  add,
  fromTo,
  length,
  lerp,
  max,
  min,
  multiply,
  rotate,
  ScratchQuat,
  ScratchVec,
  setQuat,
  setVec,
  sub,
  unit,
  vec,
  yawRotation,
} from '../maths/maths.ts'
import { evaluatePose, PoseMixer, type JointTransform } from './pose.ts'
import { Groups } from '../props/shapes.ts'
import { newBones, solveSkeleton } from './skeleton.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'
import type { AvatarBody, BoneCapsule, Quat, Vec3 } from '../types.ts'

/** Caps on the cost: bone bodies in existence, and bone bodies created in one tick. */
const BONE_BODIES_MAX = 192
const BONE_BODIES_PER_TICK_MAX = 48
/**
 * Distance from an avatar's middle to a prop's surface within which its bones are checked, metres: an arm and a stride
 * at scale 1. A smaller avatar checks as far.
 */
const NEAR = 1.2
/** Gap between a bone and a prop, metres, below which the bone gets a body: what a fast hand covers in a few ticks. */
const ENTER = 0.3
/** Gap beyond which the bone loses its body again, metres. */
const LEAVE = 0.5
/**
 * Ticks between two checks of an avatar without bone bodies; avatars take turns. Solving a skeleton costs more than
 * moving it.
 */
const CHECK_TICKS = 4
/** Height of an avatar's middle at scale 1, metres. */
const MIDDLE = 0.9
const UP = vec(0, 1, 0)

interface Placement {
  readonly position: Vec3
  readonly rotation: Quat
}

interface CapsulePlace extends Placement {
  /** Radius of the sphere around the capsule's centre that contains it. */
  readonly reach: number
}

/** The place of each capsule in its bone, cached by body because all avatars of a body share it. */
const inBones = new WeakMap<AvatarBody, readonly CapsulePlace[]>()

function capsulePlaces(body: AvatarBody): readonly CapsulePlace[] {
  const known = inBones.get(body)
  if (known) return known
  const places = body.capsules.map(({ a, b, radius }) => {
    const axis = sub(b, a)
    return { position: lerp(a, b, 0.5), rotation: fromTo(UP, unit(axis, UP)), reach: length(axis) / 2 + radius }
  })
  inBones.set(body, places)
  return places
}

/** Overwritten for each avatar. */
const mixer = new PoseMixer()
const scratch = newBones()
const placed = { position: new ScratchVec(), rotation: new ScratchQuat() }

/** Sets `placed` to a capsule's place in the world in its avatar's current pose. */
function setPlacement(avatar: Avatar, turn: Quat, joint: JointTransform, place: Placement): void {
  setVec(
    placed.position,
    add(avatar.position, rotate(turn, add(joint.position, rotate(joint.rotation, place.position)))),
  )
  setQuat(placed.rotation, multiply(multiply(turn, joint.rotation), place.rotation))
}

function createBone(realm: Realm, capsule: BoneCapsule, { position, rotation }: Placement): RigidBody {
  const desc = RAPIER.RigidBodyDesc.kinematicPositionBased()
    .setTranslation(position.x, position.y, position.z)
    .setRotation(rotation)
  const bone = realm.world.createRigidBody(desc)
  const shape = RAPIER.ColliderDesc.capsule(length(sub(capsule.b, capsule.a)) / 2, capsule.radius)
  realm.world.createCollider(shape.setCollisionGroups(Groups.bone), bone)
  return bone
}

/** Removes all bone bodies of an avatar. */
export function dropBones(realm: Realm, avatar: Avatar): void {
  avatar.bones?.forEach((bone) => {
    if (bone) realm.world.removeRigidBody(bone)
  })
  avatar.bones = null
}

function squaredDistance(m: Float32Array, { x, y, z }: Vec3): number {
  const dx = (m[0] ?? 0) - x
  const dy = (m[1] ?? 0) - y
  const dz = (m[2] ?? 0) - z
  return dx * dx + dy * dy + dz * dz
}

function propsNear(avatar: Avatar, movable: readonly Prop[]): Prop[] {
  const middle = vec(avatar.position.x, avatar.position.y + MIDDLE * avatar.scale, avatar.position.z)
  const near = NEAR * max(avatar.scale, 1)
  return movable.filter(({ motion, radius }) => squaredDistance(motion, middle) < (near + radius) * (near + radius))
}

/** True if a ball of radius `reach` around a point comes within `gap` of a prop. */
const isWithin = (point: Vec3, reach: number, gap: number, near: readonly Prop[]): boolean =>
  near.some(({ motion, radius }) => squaredDistance(motion, point) < (reach + radius + gap) * (reach + radius + gap))

/** Creates, moves and removes the bone bodies of one avatar. Returns how many it created, at most `free`. */
function stepAvatar(realm: Realm, avatar: Avatar, near: readonly Prop[], free: number): number {
  const { body } = avatar
  const places = capsulePlaces(body)
  const bodies: (RigidBody | null)[] = avatar.bones ?? body.capsules.map(() => null)
  const joints = solveSkeleton(body, avatar.track && evaluatePose(avatar.track, realm.tick, mixer), scratch)
  const turn = yawRotation(avatar.yaw)
  let made = 0
  for (let i = 0; i < body.capsules.length; i++) {
    const capsule = defined(body.capsules[i], 'a body has no holes among its capsules')
    const place = defined(places[i], 'every capsule has a place in its bone')
    const bone = bodies[i]
    setPlacement(avatar, turn, defined(joints[capsule.bone], 'every capsule follows a bone of the skeleton'), place)
    if (!bone) {
      if (made >= free || !isWithin(placed.position, place.reach, ENTER, near)) continue
      bodies[i] = createBone(realm, capsule, placed)
      made++
    } else if (isWithin(placed.position, place.reach, LEAVE, near)) {
      bone.setNextKinematicTranslation(placed.position)
      bone.setNextKinematicRotation(placed.rotation)
    } else {
      realm.world.removeRigidBody(bone)
      bodies[i] = null
    }
  }
  avatar.bones = bodies.some((bone) => bone !== null) ? bodies : null
  return made
}

const countBodies = (avatar: Avatar): number => avatar.bones?.reduce((n, bone) => (bone ? n + 1 : n), 0) ?? 0

/** The phase: bones near dynamic props get bodies that follow the pose; all others lose theirs. */
export function stepBones(realm: Realm): void {
  const movable = [...realm.props.values()].filter((p) => p.spec.motion === 'dynamic' && p.frozen === null)
  let bodies = 0
  for (const avatar of realm.avatars.values()) bodies += countBodies(avatar)
  let made = 0
  for (const avatar of realm.avatars.values()) {
    if (!avatar.bones && (realm.tick + avatar.id) % CHECK_TICKS !== 0) continue
    const near = propsNear(avatar, movable)
    const free = min(BONE_BODIES_PER_TICK_MAX - made, BONE_BODIES_MAX - bodies)
    if (near.length === 0) dropBones(realm, avatar)
    else if (avatar.bones || free > 0) {
      const before = countBodies(avatar)
      made += stepAvatar(realm, avatar, near, max(free, 0))
      bodies += countBodies(avatar) - before
    }
  }
}
