/**
 * Walks a capsule around solids by the rules of the simulation's character controller (Rapier's
 * KinematicCharacterController, with the numbers of sim/avatar/walker.ts): it slides along walls and slopes, walks up
 * steps and follows the ground down. It agrees with the engine to about a millimetre. Its cost does not depend on the
 * realm, only on the solids near the avatar.
 */
import { add, cross, dot, length, scaled, sub, vec, ZERO } from '../../../../sim/maths/maths.ts'
import {
  CAPSULE_RADIUS,
  CLIMB_ANGLE,
  CONTROLLER_OFFSET,
  SLIDE_ANGLE,
  SNAP_METRES,
  STEP_HEIGHT,
  STEP_WIDTH,
} from '../../../../sim/avatar/walker.ts'
import type { Vec3 } from '../../../../sim/types.ts'
import { gapTo, type Solid } from './solids.ts'

const UP = vec(0, 1, 0)
/** The capsule's middle line stays this far from obstacles, metres. */
const KEPT_METRES = CAPSULE_RADIUS + CONTROLLER_OFFSET
/** Gap up to which ground below counts as touched, beyond the offset, metres. */
const TOUCHED_METRES = 0.05
/** Cosine of the steepest angle to the vertical at which something below is ground. */
const GROUND_COS = 1e-3
/** Shorter ways are not made, metres. */
const LEAST_METRES = 1e-5
/** Slides in one step. */
const SLIDES_MAX = 20
/** Push away from what was hit, so that the next slide does not hit it again, metres. */
const NUDGE_METRES = 1e-4
/** A cast ends this near to the kept gap, metres. */
const CAST_METRES = 1e-5
const CAST_ROUNDS_MAX = 16
/** A slide that climbs or falls by less is level, metres. */
const LEVEL_METRES = 1e-6
/** A cast along a surface does not hit it. */
const PARALLEL = 1e-5

/** A walking capsule. Its position is its root: the lowest point of the capsule is the offset above it. */
export interface Walker {
  readonly solids: readonly Solid[]
  /** Half height of the capsule without its caps, metres. */
  readonly halfHeight: number
}

interface Hit {
  /** Way until the hit, metres. */
  readonly metres: number
  /** Points from the obstacle to the capsule. */
  readonly normal: Vec3
}

interface Walk {
  /** The root's position. */
  at: Vec3
  /** The rest of the way. */
  rest: Vec3
}

const lowEnd = (at: Vec3): Vec3 => vec(at.x, at.y + KEPT_METRES, at.z)
const highEnd = (at: Vec3, { halfHeight }: Walker): Vec3 => vec(at.x, at.y + KEPT_METRES + 2 * halfHeight, at.z)
const level = (a: Vec3): Vec3 => vec(a.x, 0, a.z)
const direction = (a: Vec3): Vec3 | null => {
  const metres = length(a)
  return metres > LEAST_METRES ? scaled(a, 1 / metres) : null
}
const angleToUp = ({ y }: Vec3): number => Math.acos(Math.max(-1, Math.min(1, y)))

/** True if the capsule's box, swept along `way`, comes within `margin` of the solid's. */
function isInReach({ low, high }: Solid, from: Vec3, way: Vec3, { halfHeight }: Walker, margin: number): boolean {
  const top = from.y + 2 * (KEPT_METRES + halfHeight)
  return (
    Math.min(from.x, from.x + way.x) - margin <= high.x &&
    Math.max(from.x, from.x + way.x) + margin >= low.x &&
    Math.min(from.y, from.y + way.y) - margin <= high.y &&
    Math.max(top, top + way.y) + margin >= low.y &&
    Math.min(from.z, from.z + way.z) - margin <= high.z &&
    Math.max(from.z, from.z + way.z) + margin >= low.z
  )
}

/** The way to one solid by conservative advancement: the gap cannot close faster than its speed along the normal. */
function castAt(solid: Solid, walker: Walker, from: Vec3, along: Vec3, metresMax: number): Hit | null {
  let metres = 0
  for (let round = 0; round < CAST_ROUNDS_MAX; round += 1) {
    const at = add(from, scaled(along, metres))
    const gap = gapTo(solid, lowEnd(at), highEnd(at, walker), KEPT_METRES + metresMax - metres)
    if (gap === null) return null
    const speed = -dot(along, gap.normal)
    if (speed <= PARALLEL) return null
    const excess = gap.metres - KEPT_METRES
    if (excess <= CAST_METRES) return { metres, normal: gap.normal }
    metres += excess / speed
    if (metres > metresMax) return null
  }
  return null
}

function cast(walker: Walker, from: Vec3, along: Vec3, metresMax: number): Hit | null {
  let found: Hit | null = null
  for (const solid of walker.solids) {
    const limit: number = found?.metres ?? metresMax
    if (!isInReach(solid, from, scaled(along, limit), walker, KEPT_METRES)) continue
    found = castAt(solid, walker, from, along, limit) ?? found
  }
  return found
}

function isGrounded(walker: Walker, at: Vec3): boolean {
  const reach = KEPT_METRES + TOUCHED_METRES
  return walker.solids.some((solid) => {
    if (!isInReach(solid, at, ZERO, walker, reach)) return false
    const gap = gapTo(solid, lowEnd(at), highEnd(at, walker), reach)
    return gap !== null && gap.normal.y >= GROUND_COS
  })
}

/** The rest of a way after a hit: along the surface, and a little away from it. */
function slide({ normal }: Hit, rest: Vec3, wish: Vec3): Vec3 {
  const outward = scaled(normal, Math.max(0, dot(rest, normal)))
  const across = direction(cross(normal, UP)) ?? ZERO
  const climbOf = (way: Vec3): number => {
    const tangent = sub(way, scaled(normal, dot(way, normal)))
    return sub(tangent, scaled(across, dot(tangent, across))).y
  }
  const tangent = sub(rest, scaled(normal, dot(rest, normal)))
  const sideways = add(scaled(across, dot(tangent, across)), outward)
  const angle = angleToUp(normal)
  const isWall = angle >= CLIMB_ANGLE && normal.y >= 0
  const climb = climbOf(rest)
  const isHeld =
    (isWall && climb > LEVEL_METRES && wish.y <= 0) ||
    (angle <= SLIDE_ANGLE && climb < -LEVEL_METRES && climbOf(level(wish)) >= -LEVEL_METRES)
  return add(isHeld ? sideways : add(tangent, outward), scaled(normal, NUDGE_METRES))
}

/** Walks up a step that was hit. Returns false if there is none. */
function stepUp(walker: Walker, walk: Walk, { normal }: Hit): boolean {
  if (angleToUp(normal) < CLIMB_ANGLE || normal.y < 0) return false
  const along = direction(level(walk.rest))
  if (along === null) return false
  const height = STEP_HEIGHT + CONTROLLER_OFFSET
  const width = STEP_WIDTH + CONTROLLER_OFFSET
  if (cast(walker, walk.at, UP, height) !== null) return false
  const raised = add(walk.at, scaled(UP, height))
  if (cast(walker, raised, along, width) !== null) return false
  const landing = cast(walker, add(raised, scaled(along, width)), scaled(UP, -1), height)
  if (landing !== null && angleToUp(landing.normal) > CLIMB_ANGLE && climbs(walk.rest, landing.normal)) return false
  const lift = vec(0, height - (landing?.metres ?? height), 0)
  walk.rest = sub(walk.rest, lift)
  const forward = scaled(along, Math.min(dot(along, walk.rest), width))
  walk.rest = sub(walk.rest, forward)
  walk.at = add(walk.at, add(lift, forward))
  return true
}

/** True if the way leads upwards on a surface. */
function climbs(way: Vec3, normal: Vec3): boolean {
  const on = (part: Vec3): Vec3 => sub(part, scaled(normal, Math.min(0, dot(part, normal))))
  return on(vec(0, way.y, 0)).y + on(level(way)).y >= 0
}

/** Moves a walker's root from `from` along `wish`. Returns the end, and whether it is on the ground. */
export function walkAround(whole: Walker, from: Vec3, wish: Vec3): { readonly to: Vec3; readonly grounded: boolean } {
  const reach = KEPT_METRES + STEP_HEIGHT + CONTROLLER_OFFSET + length(wish)
  const walker = { ...whole, solids: whole.solids.filter((solid) => isInReach(solid, from, wish, whole, reach)) }
  const wasGrounded = isGrounded(walker, from)
  const walk: Walk = { at: from, rest: wish }
  for (let slides = 0; slides < SLIDES_MAX; slides += 1) {
    const along = direction(walk.rest)
    if (along === null) break
    const hit = cast(walker, walk.at, along, length(walk.rest))
    if (hit === null) {
      walk.at = add(walk.at, walk.rest)
      break
    }
    const made = scaled(along, hit.metres)
    walk.at = add(walk.at, made)
    walk.rest = sub(walk.rest, made)
    if (!stepUp(walker, walk, hit)) walk.rest = slide(hit, walk.rest, wish)
  }
  if (wasGrounded && wish.y <= 0 && walk.at.y - from.y < -LEAST_METRES) {
    const below = cast(walker, walk.at, scaled(UP, -1), SNAP_METRES)
    if (below !== null) return { to: sub(walk.at, vec(0, below.metres, 0)), grounded: true }
  }
  return { to: walk.at, grounded: isGrounded(walker, walk.at) }
}
