/**
 * Walks avatars. On free flat ground, the few lines of steering.ts suffice. Only near obstacles does an avatar use
 * Rapier's character controller, which costs a hundred times as much.
 */
import { add, fround, scaled, vec } from '../maths/maths.ts'
import { capsuleCentre } from './avatars.ts'
import { walkingTurns } from '../limits/walking-budget.ts'
import { Groups, isFiniteVec } from '../props/shapes.ts'
import { moveFreely, obstacleReach, overGround, settle, steer } from './steering.ts'
import { DOWN_METRES, SNAP_METRES } from './walker.ts'
import { Permission, type Vec3 } from '../types.ts'
import type { RapierCollider } from '../engine.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'

/** True if an obstacle is close enough that the character controller is needed. */
const isNear = ({ position: p }: Avatar, obstacles: readonly Prop[]): boolean =>
  obstacles.some(({ motion: m, radius }) => {
    const dx = (m[0] ?? 0) - p.x
    const dz = (m[2] ?? 0) - p.z
    const reach = obstacleReach(radius)
    return dx * dx + dz * dz < reach * reach
  })

/** What an avatar passes through, as handles of bodies; null for nothing. */
type Passed = ReadonlySet<number> | null

/** Moves by the character controller. Null if the engine's answer is not finite. */
function controlled(realm: Realm, avatar: Avatar, wish: Vec3, passed: Passed): Vec3 | null {
  const stops = passed ? (c: RapierCollider): boolean => !passed.has(c.parent()?.handle ?? NaN) : undefined
  realm.controller.computeColliderMovement(avatar.capsuleCollider, wish, undefined, Groups.walking, stops)
  const moved = realm.controller.computedMovement()
  return isFiniteVec(moved) ? moved : null
}

/**
 * True if the controller stopped an avatar on level ground. Where the normal of such ground is rounded to a length
 * below 1, the controller treats the step as a slide down a slope, and drops it.
 */
function isHeldByLevelGround({ controller }: Realm, step: Vec3, moved: Vec3): boolean {
  const square = step.x * step.x + step.z * step.z
  if (4 * (moved.x * moved.x + moved.z * moved.z) >= square) return false
  for (let i = 0; i < controller.numComputedCollisions(); i++) {
    const normal = controller.computedCollision(i)?.normal1
    if (normal && normal.x === 0 && normal.z === 0 && normal.y > 0 && normal.y < 1) return true
  }
  return false
}

function moveAround(realm: Realm, avatar: Avatar, step: Vec3, passed: Passed): { to: Vec3; grounded: boolean } {
  const walks = avatar.grounded && step.y === 0
  if (step.y > 0) realm.controller.disableSnapToGround()
  let moved = controlled(realm, avatar, walks ? vec(step.x, -DOWN_METRES, step.z) : step, passed)
  if (walks && moved && isHeldByLevelGround(realm, step, moved)) moved = controlled(realm, avatar, step, passed)
  if (step.y > 0) realm.controller.enableSnapToGround(SNAP_METRES)
  if (!moved) return { to: avatar.position, grounded: avatar.grounded }
  const to = add(avatar.position, moved)
  return {
    to: to.y < 0 && avatar.position.y >= 0 && overGround(realm.definition, to) ? vec(to.x, 0, to.z) : to,
    grounded: realm.controller.computedGrounded(),
  }
}

function stepAvatar(realm: Realm, avatar: Avatar, obstacles: readonly Prop[], passed: Passed): void {
  const { definition } = realm
  const { tickRate, gravity } = definition
  avatar.flying = avatar.intent.fly && (avatar.permissions & Permission.fly) !== 0
  const { velocity, jumped } = steer(
    avatar.velocity,
    avatar.yaw,
    avatar.intent,
    avatar.grounded,
    avatar.flying,
    gravity.y,
    tickRate,
  )
  if (jumped) avatar.intent.jump = false
  const step = scaled(velocity, 1 / tickRate)
  const { to, grounded } = isNear(avatar, obstacles)
    ? moveAround(realm, avatar, step, passed)
    : moveFreely(definition, avatar.position, step)
  const { position, ...motion } = settle(velocity, to, grounded, avatar.flying)
  avatar.grounded = motion.grounded
  avatar.velocity = motion.velocity
  if (position.x === avatar.position.x && position.y === avatar.position.y && position.z === avatar.position.z) return
  avatar.position = position
  avatar.capsule.setNextKinematicTranslation(
    vec(position.x, fround(position.y + capsuleCentre(avatar.body)), position.z),
  )
}

/** The phase: every avatar moves as its player's last `move` says. */
export function stepLocomotion(realm: Realm): void {
  const obstacles = [...realm.props.values()].filter((p) => p.spec.motion !== 'dynamic')
  const { waiting, passing } = walkingTurns(realm, obstacles)
  const own = passing.size > 0 ? obstacles.filter(({ share }) => share === 0) : obstacles
  const passed =
    passing.size > 0 ? new Set(obstacles.filter(({ share }) => share !== 0).map((p) => p.body.handle)) : null
  for (const avatar of realm.avatars.values()) {
    if (passing.has(avatar)) stepAvatar(realm, avatar, own, passed)
    else if (!waiting.has(avatar)) stepAvatar(realm, avatar, obstacles, null)
  }
}
