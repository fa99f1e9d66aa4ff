/**
 * Bones push things. Moved colliders teleport through props; only kinematic bodies push, and 18 for each avatar in the
 * realm cost too much. So an avatar has bone bodies only while something that moves is near it: a rule that reads the
 * state alone, in the order of ids, with caps.
 */
import { RAPIER, type RigidBody } from './engine.ts'
import { add, fromTo, length, lerp, multiply, rotate, sub, unit, vec, yawRotation } from './maths.ts'
import { evaluatePose } from './pose.ts'
import { Groups } from './shapes.ts'
import { solveSkeleton } from './skeleton.ts'
import type { Avatar, Prop, Realm } from './state.ts'
import type { AvatarBody, Quat, Vec3 } from './types.ts'

/** Avatars with bone bodies at once, and how many may get them in one tick: caps on the cost. */
export const BONED_AVATARS_MAX = 24
const BONED_PER_TICK_MAX = 4
/** How near (from the avatar's middle to the prop's surface) a moving prop must be, metres: an arm and a stride. */
const NEAR = 1.4
/** How long bone bodies stay after the last moving prop has gone. */
const IDLE_TICKS = 30
const MIDDLE = 0.9
const UP = vec(0, 1, 0)

interface Placement {
  readonly position: Vec3
  readonly rotation: Quat
}

/** World transforms of a body's capsules for an avatar's pose now. */
function placements(avatar: Avatar, body: AvatarBody, tick: number): Placement[] {
  const bones = solveSkeleton(body, avatar.track && evaluatePose(avatar.track, tick))
  const turn = yawRotation(avatar.yaw)
  return body.capsules.map(({ bone, a, b }) => {
    const joint = bones[bone]
    if (!joint) return { position: avatar.position, rotation: turn }
    const rotation = multiply(turn, joint.rotation)
    const origin = add(avatar.position, rotate(turn, joint.position))
    return {
      position: add(origin, rotate(rotation, lerp(a, b, 0.5))),
      rotation: multiply(rotation, fromTo(UP, unit(sub(b, a), UP))),
    }
  })
}

function createBones(realm: Realm, avatar: Avatar, body: AvatarBody): RigidBody[] {
  return placements(avatar, body, realm.tick).map(({ position, rotation }, i) => {
    const desc = RAPIER.RigidBodyDesc.kinematicPositionBased().setTranslation(position.x, position.y, position.z).setRotation(rotation)
    const bone = realm.world.createRigidBody(desc)
    const capsule = body.capsules[i]
    const shape = capsule
      ? RAPIER.ColliderDesc.capsule(length(sub(capsule.b, capsule.a)) / 2, capsule.radius)
      : RAPIER.ColliderDesc.ball(0.05)
    realm.world.createCollider(shape.setCollisionGroups(Groups.bone), bone)
    return bone
  })
}

function moveBones(realm: Realm, avatar: Avatar, body: AvatarBody, bones: readonly RigidBody[]): void {
  placements(avatar, body, realm.tick).forEach(({ position, rotation }, i) => {
    bones[i]?.setNextKinematicTranslation(position)
    bones[i]?.setNextKinematicRotation(rotation)
  })
}

export function dropBones(realm: Realm, avatar: Avatar): void {
  for (const bone of avatar.bones ?? []) realm.world.removeRigidBody(bone)
  avatar.bones = null
  avatar.boneIdleTicks = 0
}

function isNear(avatar: Avatar, moving: readonly Prop[]): boolean {
  const { x, y, z } = avatar.position
  for (const { motion: m, radius } of moving) {
    const dx = (m[0] ?? 0) - x
    const dy = (m[1] ?? 0) - y - MIDDLE
    const dz = (m[2] ?? 0) - z
    const reach = NEAR + radius
    if (dx * dx + dy * dy + dz * dz < reach * reach) return true
  }
  return false
}

/** The phase: gives and takes bone bodies, and moves those that there are with the pose. */
export function stepBones(realm: Realm): void {
  const moving = [...realm.props.values()].filter((p) => p.spec.motion !== 'static' && (!p.asleep || p.hold))
  let boned = 0
  for (const avatar of realm.avatars.values()) if (avatar.bones) boned++
  let given = 0
  for (const avatar of realm.avatars.values()) {
    const body = realm.definition.bodies[avatar.body]
    if (!body) continue
    const near = isNear(avatar, moving)
    if (avatar.bones) {
      avatar.boneIdleTicks = near ? 0 : avatar.boneIdleTicks + 1
      if (avatar.boneIdleTicks > IDLE_TICKS) dropBones(realm, avatar)
      else moveBones(realm, avatar, body, avatar.bones)
    } else if (near && boned + given < BONED_AVATARS_MAX && given < BONED_PER_TICK_MAX) {
      avatar.bones = createBones(realm, avatar, body)
      given++
    }
  }
}
