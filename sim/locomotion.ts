/**
 * Walking, jumping and flying. On free flat ground an avatar moves by its own few lines; only near obstacles does it ask
 * Rapier's character controller, which costs a hundred times as much. `steer` is pure, so that a client can predict with it.
 */
import { add, clamp, cos, fround, froundVec, limited, scaled, sin, vec } from './maths.ts'
import { capsuleCentre, CAPSULE_RADIUS } from './avatars.ts'
import { Groups } from './shapes.ts'
import { Permission, type Vec3 } from './types.ts'
import type { Avatar, Intent, Prop, Realm } from './state.ts'

/** m/s */
export const WALK_SPEED = 2
export const RUN_SPEED = 4.5
const FLY_SPEED = 6
const JUMP_SPEED = 4.2
const FALL_SPEED_MAX = 40
/** Share of the difference to the wished velocity that is made up in a tick: on the ground, in the air. */
const GRIP = 0.25
const AIR_GRIP = 0.04
/** Gap to an obstacle, beyond both radii, within which the controller is asked: a tick at full speed and some. */
const NEAR = 0.6

export interface Steered {
  readonly velocity: Vec3
  readonly jumped: boolean
}

/** The velocity of the next tick from an intent. */
export function steer(velocity: Vec3, yaw: number, intent: Intent, grounded: boolean, flying: boolean, gravityY: number, tickRate: number): Steered {
  const wish = limited(vec(intent.x, 0, intent.z), 1)
  const speed = flying ? FLY_SPEED : intent.run ? RUN_SPEED : WALK_SPEED
  const [s, c] = [sin(yaw), cos(yaw)]
  const goalX = (wish.x * c + wish.z * s) * speed
  const goalZ = (wish.z * c - wish.x * s) * speed
  const grip = grounded || flying ? GRIP : AIR_GRIP
  const jumped = intent.jump && grounded && !flying
  const y = flying
    ? velocity.y + (clamp(intent.y, -1, 1) * FLY_SPEED - velocity.y) * GRIP
    : jumped ? JUMP_SPEED
    : grounded ? 0
    : clamp(velocity.y + gravityY / tickRate, -FALL_SPEED_MAX, FALL_SPEED_MAX)
  return {
    velocity: froundVec(vec(velocity.x + (goalX - velocity.x) * grip, y, velocity.z + (goalZ - velocity.z) * grip)),
    jumped,
  }
}

const isNear = ({ position: p }: Avatar, obstacles: readonly Prop[]): boolean =>
  obstacles.some(({ motion: m, radius }) => {
    const dx = (m[0] ?? 0) - p.x
    const dz = (m[2] ?? 0) - p.z
    const reach = radius + CAPSULE_RADIUS + NEAR
    return dx * dx + dz * dz < reach * reach
  })

function overGround(realm: Realm, { x, z }: Vec3): boolean {
  const { ground } = realm.definition
  return x >= -ground.x && x <= ground.x && z >= -ground.z && z <= ground.z
}

/** Flat ground and nothing else: where the step ends, and whether on the ground. */
function moveFreely(realm: Realm, from: Vec3, step: Vec3): { to: Vec3; grounded: boolean } {
  const to = add(from, step)
  const lands = from.y >= 0 && to.y <= 0 && overGround(realm, to)
  return { to: lands ? vec(to.x, 0, to.z) : to, grounded: lands }
}

function moveAround(realm: Realm, avatar: Avatar, step: Vec3): { to: Vec3; grounded: boolean } {
  // A little downwards, so that the controller finds the ground that the avatar stands on.
  const wish = avatar.grounded && step.y === 0 ? vec(step.x, -0.02, step.z) : step
  if (step.y > 0) realm.controller.disableSnapToGround()
  realm.controller.computeColliderMovement(avatar.capsuleCollider, wish, undefined, Groups.walking)
  if (step.y > 0) realm.controller.enableSnapToGround(0.2)
  const moved = realm.controller.computedMovement()
  const to = add(avatar.position, moved)
  return { to: to.y < 0 && avatar.position.y >= 0 && overGround(realm, to) ? vec(to.x, 0, to.z) : to, grounded: realm.controller.computedGrounded() }
}

function stepAvatar(realm: Realm, avatar: Avatar, obstacles: readonly Prop[]): void {
  const { tickRate, gravity } = realm.definition
  avatar.flying = avatar.intent.fly && (avatar.permissions & Permission.fly) !== 0
  const { velocity, jumped } = steer(avatar.velocity, avatar.yaw, avatar.intent, avatar.grounded, avatar.flying, gravity.y, tickRate)
  if (jumped) avatar.intent.jump = false
  const step = scaled(velocity, 1 / tickRate)
  const { to, grounded } = isNear(avatar, obstacles) ? moveAround(realm, avatar, step) : moveFreely(realm, avatar.position, step)
  const landed = grounded && velocity.y <= 0 && !avatar.flying
  avatar.grounded = landed
  avatar.velocity = landed ? vec(velocity.x, 0, velocity.z) : velocity
  const position = froundVec(to)
  if (position.x === avatar.position.x && position.y === avatar.position.y && position.z === avatar.position.z) return
  avatar.position = position
  const body = realm.definition.bodies[avatar.body]
  avatar.capsule.setNextKinematicTranslation(vec(position.x, fround(position.y + (body ? capsuleCentre(body) : 1)), position.z))
}

/** The phase: every avatar goes where its player's last `move` says. */
export function stepLocomotion(realm: Realm): void {
  const obstacles = [...realm.props.values()].filter((p) => p.spec.motion !== 'dynamic')
  for (const avatar of realm.avatars.values()) stepAvatar(realm, avatar, obstacles)
}
