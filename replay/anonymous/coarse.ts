/**
 * Coarse numbers in place of exact ones. Head and hand motion identifies people (Nair et al., "Unique Identification of
 * 50,000+ Virtual Reality Users from Head & Hand Motion Data", arXiv 2302.08927), so no motion of a hand or a head is kept
 * in fine steps of space or time.
 */
import { add, distance, fround, froundVec, limited, normalise, PI, round, sub } from '../../sim/maths/maths.ts'
import type { Quat, Vec3 } from '../../sim/index.ts'

/** Ticks between two motions of a player's hands, or two steers of a walk: a quarter of a second. */
export const STRIDE_TICKS = 15
/** Grid of the places to which held props are moved, metres. */
const GRID_METRES = 0.25
/** Steps of each component of a rotation: about 30 degrees. */
const ROTATION_STEP = 0.25
/** Steps of a heading: 45 degrees. */
const YAW_STEP = PI / 4
const SCALE_STEP = 0.05

const to = (value: number, step: number): number => round(value / step) * step

export const coarseYaw = (yaw: number): number => fround(to(yaw, YAW_STEP))

export const coarsePlace = ({ x, y, z }: Vec3): Vec3 =>
  froundVec({ x: to(x, GRID_METRES), y: to(y, GRID_METRES), z: to(z, GRID_METRES) })

/** A place on the grid, or as far towards it as a player reaches from `head`. */
export function coarseReach(place: Vec3, head: Vec3, reachMetres: number): Vec3 {
  const coarse = coarsePlace(place)
  return distance(coarse, head) <= reachMetres ? coarse : froundVec(add(head, limited(sub(coarse, head), reachMetres)))
}

export function coarseRotation({ x, y, z, w }: Quat): Quat {
  const [a, b, c, d] = [to(x, ROTATION_STEP), to(y, ROTATION_STEP), to(z, ROTATION_STEP), to(w, ROTATION_STEP)]
  const turned = normalise({ x: a, y: b, z: c, w: d })
  return { x: fround(turned.x), y: fround(turned.y), z: fround(turned.z), w: fround(turned.w) }
}

export const coarseScale = (scale: number): number => fround(Math.max(SCALE_STEP, to(scale, SCALE_STEP)))
