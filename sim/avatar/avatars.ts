/** Creates and removes avatars, and moves their root capsules. */
import { assert } from '../assert.ts'
import { RAPIER, type ColliderDesc, type RigidBody, type World } from '../engine.ts'
import { add, fround, froundVec, vec } from '../maths/maths.ts'
import { POSE_FLOATS } from './pose.ts'
import { inRange } from '../limits/ranges.ts'
import { nextUnit } from '../maths/random.ts'
import { Groups } from '../props/shapes.ts'
import { CAPSULE_RADIUS, CONTROLLER_OFFSET, walkerHalfHeight } from './walker.ts'
import { checkBody } from '../props/packages.ts'
import { scaledBody } from './scaled-body.ts'
import { restHeadHeight } from './skeleton.ts'
import { dropBones } from './bones.ts'
import { releaseAll } from '../props/holds.ts'
import { updateLeftBehind } from '../props/left-behind.ts'
import type { Avatar, Realm } from '../state/state.ts'
import type { AvatarBody, BodyChoice, PlayerId, RejectReason, ShareNumber, UserNumber, Vec3 } from '../types.ts'

/**
 * Half height of a body's root capsule without its caps. The capsule reaches from the ground to just above the head
 * bone.
 */
export const capsuleHalfHeight = (body: AvatarBody): number => walkerHalfHeight(restHeadHeight(body))

/** Height of the capsule's centre above the root. */
export const capsuleCentre = (body: AvatarBody): number => capsuleHalfHeight(body) + CAPSULE_RADIUS + CONTROLLER_OFFSET

/** A random point within the spawn's radius, by rejection sampling. */
function spawnPoint(realm: Realm): Vec3 {
  const { position, radius } = realm.definition.spawn
  for (let tries = 0; tries < 32; tries++) {
    const [x, z] = [nextUnit(realm.random) * 2 - 1, nextUnit(realm.random) * 2 - 1]
    if (x * x + z * z <= 1) return froundVec(add(position, vec(x * radius, 0, z * radius)))
  }
  return froundVec(position)
}

interface AvatarInit {
  readonly id: number
  readonly player: PlayerId
  readonly user: UserNumber
  readonly share: ShareNumber
  readonly name: string
  readonly bodyChoice: BodyChoice
  readonly scale: number
  readonly body: AvatarBody
  readonly permissions: number
}

/** An avatar around its capsule, with all other fields at their initial values. */
export const newAvatar = (init: AvatarInit, capsule: Avatar['capsule']): Avatar => ({
  ...init,
  position: vec(0, 0, 0),
  yaw: 0,
  velocity: vec(0, 0, 0),
  grounded: true,
  flying: false,
  intent: { x: 0, y: 0, z: 0, jump: false, run: false, fly: false },
  moveSequence: 0,
  track: null,
  trackFloats: new Float32Array(2 * POSE_FLOATS),
  boneMask: 0,
  capsule,
  capsuleCollider: capsule.collider(0),
  bones: null,
})

const capsuleDesc = (body: AvatarBody): ColliderDesc =>
  RAPIER.ColliderDesc.capsule(capsuleHalfHeight(body), CAPSULE_RADIUS).setCollisionGroups(Groups.capsule)

export function createAvatar(realm: Realm, init: Omit<AvatarInit, 'id'>): Avatar {
  assert(!realm.players.has(init.player), 'a player has at most one avatar')
  const avatar = newAvatar({ id: realm.nextElement++, ...init }, createCapsule(realm.world, init.body))
  realm.avatars.set(avatar.id, avatar)
  realm.players.set(avatar.player, avatar)
  toSpawn(realm, avatar)
  updateLeftBehind(realm, avatar)
  return avatar
}

function createCapsule(world: World, body: AvatarBody): RigidBody {
  const capsule = world.createRigidBody(RAPIER.RigidBodyDesc.kinematicPositionBased())
  world.createCollider(capsuleDesc(body), capsule)
  return capsule
}

/** Puts an avatar's capsule into another physics world, without bone bodies. */
export function addBody(world: World, avatar: Avatar): void {
  avatar.capsule = createCapsule(world, avatar.body)
  avatar.capsuleCollider = avatar.capsule.collider(0)
  avatar.bones = null
  placeCapsule(avatar)
}

export function removeAvatar(realm: Realm, avatar: Avatar): void {
  assert(realm.players.get(avatar.player) === avatar, 'an avatar that is removed is in the realm')
  releaseAll(realm, avatar.player)
  dropBones(realm, avatar)
  realm.world.removeRigidBody(avatar.capsule)
  realm.avatars.delete(avatar.id)
  realm.players.delete(avatar.player)
  updateLeftBehind(realm, avatar)
}

/** Teleports an avatar: at rest, with empty hands, and without touching anything in between. */
export function placeAvatar(realm: Realm, avatar: Avatar, position: Vec3, yaw: number): void {
  releaseAll(realm, avatar.player)
  dropBones(realm, avatar)
  avatar.position = froundVec(position)
  avatar.yaw = fround(yaw)
  avatar.velocity = vec(0, 0, 0)
  avatar.grounded = false
  placeCapsule(avatar)
}

/** Moves the capsule to its avatar's position. */
function placeCapsule({ capsule, position, body }: Avatar): void {
  const centre = add(position, vec(0, capsuleCentre(body), 0))
  capsule.setTranslation(centre, true)
  capsule.setNextKinematicTranslation(centre)
}

export const toSpawn = (realm: Realm, avatar: Avatar): void =>
  placeAvatar(realm, avatar, spawnPoint(realm), realm.definition.spawn.yaw)

/** Returns the body that a choice names at its own size, or the reason why it cannot be used. */
function bodyAtRest(
  { definition, packages }: Pick<Realm, 'definition' | 'packages'>,
  choice: BodyChoice,
): AvatarBody | RejectReason {
  if (typeof choice === 'number') return definition.bodies[choice] ?? 'unknown-body'
  const physics = packages.get(choice)?.physics
  if (!physics) return 'unknown-package'
  return physics.kind === 'avatar' ? physics.body : 'wrong-kind'
}

/** Returns the body that a choice names at a scale, or the reason why it cannot be used. */
export function bodyOf(
  realm: Pick<Realm, 'definition' | 'packages'>,
  choice: BodyChoice,
  scale: number,
): AvatarBody | RejectReason {
  const body = bodyAtRest(realm, choice)
  if (typeof body === 'string' || scale === 1) return body
  if (!inRange('avatarScale', scale)) return 'scale-out-of-range'
  const made = scaledBody(body, scale)
  return checkBody(made) === null ? made : 'size-out-of-range'
}

/**
 * Changes an avatar's body and its scale in place. The avatar keeps walking and holding what it holds. Bone bodies are
 * created again if a prop is near.
 */
export function setBody(realm: Realm, avatar: Avatar, choice: BodyChoice, scale: number): RejectReason | null {
  const body = bodyOf(realm, choice, scale)
  if (typeof body === 'string') return body
  dropBones(realm, avatar)
  avatar.bodyChoice = choice
  avatar.scale = scale
  avatar.body = body
  realm.world.removeCollider(avatar.capsuleCollider, true)
  avatar.capsuleCollider = realm.world.createCollider(capsuleDesc(body), avatar.capsule)
  placeCapsule(avatar)
  return null
}
