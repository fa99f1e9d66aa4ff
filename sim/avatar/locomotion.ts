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

function moveAround(realm: Realm, avatar: Avatar, step: Vec3, passed: Passed): { to: Vec3; grounded: boolean } {
  const wish = avatar.grounded && step.y === 0 ? vec(step.x, -DOWN_METRES, step.z) : step
  if (step.y > 0) realm.controller.disableSnapToGround()
  const stops = passed ? (c: RapierCollider): boolean => !passed.has(c.parent()?.handle ?? NaN) : undefined
  realm.controller.computeColliderMovement(avatar.capsuleCollider, wish, undefined, Groups.walking, stops)
  if (step.y > 0) realm.controller.enableSnapToGround(SNAP_METRES)
  const moved = realm.controller.computedMovement()
  if (!isFiniteVec(moved)) return { to: avatar.position, grounded: avatar.grounded }
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
