/**
 * How avatars go: on free flat ground by the few lines of steering.ts; only near obstacles does an avatar ask Rapier's
 * character controller, which costs a hundred times as much.
 */
import { add, fround, scaled, vec } from './maths.ts'
import { capsuleCentre } from './avatars.ts'
import { Groups, isFiniteVec } from './shapes.ts'
import { moveFreely, obstacleReach, overGround, settle, steer } from './steering.ts'
import { Permission, type Vec3 } from './types.ts'
import type { Avatar, Prop, Realm } from './state.ts'

/** Colliders of the props that an avatar may walk into. */
function collidersNear({ position: p }: Avatar, obstacles: readonly Prop[]): number {
  let count = 0
  for (const { motion: m, radius, spec } of obstacles) {
    const dx = (m[0] ?? 0) - p.x
    const dz = (m[2] ?? 0) - p.z
    const reach = obstacleReach(radius)
    if (dx * dx + dz * dz < reach * reach) count += spec.colliders.length
  }
  return count
}

/** Colliders that the character controller may look at in one tick, all avatars together: about 4 ms. */
const WALK_COLLIDERS_MAX = 8_000

function moveAround(realm: Realm, avatar: Avatar, step: Vec3): { to: Vec3; grounded: boolean } {
  // A little downwards, so that the controller finds the ground that the avatar stands on.
  const wish = avatar.grounded && step.y === 0 ? vec(step.x, -0.02, step.z) : step
  if (step.y > 0) realm.controller.disableSnapToGround()
  realm.controller.computeColliderMovement(avatar.capsuleCollider, wish, undefined, Groups.walking)
  if (step.y > 0) realm.controller.enableSnapToGround(0.2)
  const moved = realm.controller.computedMovement()
  if (!isFiniteVec(moved)) return { to: avatar.position, grounded: avatar.grounded }
  const to = add(avatar.position, moved)
  return { to: to.y < 0 && avatar.position.y >= 0 && overGround(realm.definition, to) ? vec(to.x, 0, to.z) : to, grounded: realm.controller.computedGrounded() }
}

function stepAvatar(realm: Realm, avatar: Avatar, isNear: boolean): void {
  const { definition } = realm
  const { tickRate, gravity } = definition
  avatar.flying = avatar.intent.fly && (avatar.permissions & Permission.fly) !== 0
  const { velocity, jumped } = steer(avatar.velocity, avatar.yaw, avatar.intent, avatar.grounded, avatar.flying, gravity.y, tickRate)
  if (jumped) avatar.intent.jump = false
  const step = scaled(velocity, 1 / tickRate)
  const { to, grounded } = isNear ? moveAround(realm, avatar, step) : moveFreely(definition, avatar.position, step)
  const { position, ...motion } = settle(velocity, to, grounded, avatar.flying)
  avatar.grounded = motion.grounded
  avatar.velocity = motion.velocity
  if (position.x === avatar.position.x && position.y === avatar.position.y && position.z === avatar.position.z) return
  avatar.position = position
  avatar.capsule.setNextKinematicTranslation(vec(position.x, fround(position.y + capsuleCentre(avatar.body)), position.z))
}

/** Avatars in a crowd of obstacles that take their step in a later tick: each gets its turn. */
function waiting(realm: Realm, near: ReadonlyMap<Avatar, number>): ReadonlySet<Avatar> {
  const crowded = [...near].filter(([, count]) => count > 0)
  const waits = new Set<Avatar>()
  let sum = 0
  for (let i = 0; i < crowded.length; i++) {
    const [avatar, count] = crowded[(i + realm.tick) % crowded.length] as [Avatar, number]
    sum += count
    if (i > 0 && sum > WALK_COLLIDERS_MAX) waits.add(avatar)
  }
  return waits
}

/** The phase: every avatar goes where its player's last `move` says. */
export function stepLocomotion(realm: Realm): void {
  const obstacles = [...realm.props.values()].filter((p) => p.spec.motion !== 'dynamic')
  const near = new Map<Avatar, number>()
  let sum = 0
  for (const avatar of realm.avatars.values()) {
    const count = collidersNear(avatar, obstacles)
    near.set(avatar, count)
    sum += count
  }
  const waits = sum > WALK_COLLIDERS_MAX ? waiting(realm, near) : null
  for (const [avatar, count] of near) if (!waits?.has(avatar)) stepAvatar(realm, avatar, count > 0)
}
