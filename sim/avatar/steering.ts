/**
 * Walking, jumping and flying without obstacles. Pure, and without the physics engine, so that a client predicts its
 * own avatar with exactly the same steps.
 */
import { CAPSULE_RADIUS } from './walker.ts'
import { add, clamp, cos, froundVec, limited, scaled, sin, vec } from '../maths/maths.ts'
import type { RealmDefinition, Vec3 } from '../types.ts'
import type { Intent } from '../state/state.ts'

/** m/s */
export const WALK_SPEED = 2
export const RUN_SPEED = 4.5
const FLY_SPEED = 6
const JUMP_SPEED = 4.2
const FALL_SPEED_MAX = 40
/** Share of the difference to the wished velocity that is closed in a tick: on the ground, in the air. */
const GRIP = 0.25
const AIR_GRIP = 0.04
/**
 * Gap to an obstacle, beyond both radii, within which the controller is used, metres: a tick at full speed and a
 * margin.
 */
const NEAR = 0.6
/** Horizontal distance from the middle of an obstacle, below which it may block the avatar, metres. */
export const obstacleReach = (radius: number): number => radius + CAPSULE_RADIUS + NEAR

interface Steered {
  readonly velocity: Vec3
  readonly jumped: boolean
}

/** The velocity of the next tick from an intent. */
export function steer(
  velocity: Vec3,
  yaw: number,
  intent: Intent,
  grounded: boolean,
  flying: boolean,
  gravityY: number,
  tickRate: number,
): Steered {
  const wish = limited(vec(intent.x, 0, intent.z), 1)
  const speed = flying ? FLY_SPEED : intent.run ? RUN_SPEED : WALK_SPEED
  const [s, c] = [sin(yaw), cos(yaw)]
  const goalX = (wish.x * c + wish.z * s) * speed
  const goalZ = (wish.z * c - wish.x * s) * speed
  const grip = grounded || flying ? GRIP : AIR_GRIP
  const jumped = intent.jump && grounded && !flying
  const y = flying
    ? velocity.y + (clamp(intent.y, -1, 1) * FLY_SPEED - velocity.y) * GRIP
    : jumped
      ? JUMP_SPEED
      : grounded
        ? 0
        : clamp(velocity.y + gravityY / tickRate, -FALL_SPEED_MAX, FALL_SPEED_MAX)
  return {
    velocity: froundVec(vec(velocity.x + (goalX - velocity.x) * grip, y, velocity.z + (goalZ - velocity.z) * grip)),
    jumped,
  }
}

/** The parts of a realm that walking depends on. */
type Terrain = Pick<RealmDefinition, 'ground' | 'gravity' | 'tickRate'>

export function overGround({ ground }: Terrain, { x, z }: Vec3): boolean {
  return x >= -ground.x && x <= ground.x && z >= -ground.z && z <= ground.z
}

/** Moves over flat ground without obstacles. Returns the end of the step, and whether it is on the ground. */
export function moveFreely(terrain: Terrain, from: Vec3, step: Vec3): { to: Vec3; grounded: boolean } {
  const to = add(from, step)
  const lands = from.y >= 0 && to.y <= 0 && overGround(terrain, to)
  return { to: lands ? vec(to.x, 0, to.z) : to, grounded: lands }
}

/** How an avatar moves. */
export interface AvatarMotion {
  readonly position: Vec3
  readonly velocity: Vec3
  readonly grounded: boolean
}

/** The motion after a step with `velocity` that ended at `to`. */
export function settle(velocity: Vec3, to: Vec3, touches: boolean, flying: boolean): AvatarMotion {
  const grounded = touches && velocity.y <= 0 && !flying
  return { position: froundVec(to), velocity: grounded ? vec(velocity.x, 0, velocity.z) : velocity, grounded }
}

/** One tick of an avatar without obstacles. `jumped` is true if the step used up the intent's jump. */
export function stepFreely(
  terrain: Terrain,
  { position, velocity: before, grounded }: AvatarMotion,
  yaw: number,
  intent: Intent,
  flying: boolean,
): AvatarMotion & { readonly jumped: boolean } {
  const { velocity, jumped } = steer(before, yaw, intent, grounded, flying, terrain.gravity.y, terrain.tickRate)
  const moved = moveFreely(terrain, position, scaled(velocity, 1 / terrain.tickRate))
  return { ...settle(velocity, moved.to, moved.grounded, flying), jumped }
}
