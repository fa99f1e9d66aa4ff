/**
 * The distance between an upright segment and the convex hull of a few points, by the algorithm of Gilbert, Johnson and
 * Keerthi (1988): it walks through simplices of the difference of both sets to the point nearest to the origin.
 * Nearest points of simplices: Ericson, "Real-Time Collision Detection" (2005), 5.1.
 */
import { add, cross, dot, scaled, sub, vec } from '../../../../sim/maths/maths.ts'
import type { Vec3 } from '../../../../sim/types.ts'

/** The way from an obstacle to the segment: its length in metres, and its direction. */
export interface Gap {
  readonly metres: number
  readonly normal: Vec3
}

/** Rounds until the nearest point is good enough; six are usual. */
const ROUNDS_MAX = 24
/** The search ends when a round brings it nearer by less than this share. */
const ENOUGH = 1e-6
/** Sets that are nearer than this overlap, metres. */
const TOUCHING = 1e-6

/** The nearest point to the origin, and the corners of the simplex that it needs. */
interface Nearest {
  readonly point: Vec3
  readonly corners: readonly Vec3[]
}

function ofSegment(a: Vec3, b: Vec3): Nearest {
  const along = sub(b, a)
  const square = dot(along, along)
  const share = square > 0 ? -dot(a, along) / square : 0
  if (share <= 0) return { point: a, corners: [a] }
  if (share >= 1) return { point: b, corners: [b] }
  return { point: add(a, scaled(along, share)), corners: [a, b] }
}

const nearer = (a: Nearest, b: Nearest): Nearest => (dot(b.point, b.point) < dot(a.point, a.point) ? b : a)

function ofTriangle(a: Vec3, b: Vec3, c: Vec3): Nearest {
  const normal = cross(sub(b, a), sub(c, a))
  const square = dot(normal, normal)
  const isInside =
    square > 0 &&
    dot(cross(sub(b, a), normal), a) >= 0 &&
    dot(cross(sub(c, b), normal), b) >= 0 &&
    dot(cross(sub(a, c), normal), c) >= 0
  if (isInside) return { point: scaled(normal, dot(a, normal) / square), corners: [a, b, c] }
  return nearer(nearer(ofSegment(a, b), ofSegment(b, c)), ofSegment(c, a))
}

/** Null if the origin is inside. */
function ofTetrahedron([a, b, c, d]: readonly [Vec3, Vec3, Vec3, Vec3]): Nearest | null {
  let found: Nearest | null = null
  for (const [p, q, r, opposite] of [
    [a, b, c, d],
    [a, c, d, b],
    [a, d, b, c],
    [b, d, c, a],
  ] as const) {
    const normal = cross(sub(q, p), sub(r, p))
    // The origin is on the other side of the face than the fourth corner.
    if (dot(p, normal) * dot(sub(opposite, p), normal) < 0) continue
    const nearest = ofTriangle(p, q, r)
    found = found === null ? nearest : nearer(found, nearest)
  }
  return found
}

function nearestOf(corners: readonly Vec3[]): Nearest | null {
  const [a, b, c, d] = corners
  if (a === undefined || b === undefined) return a === undefined ? null : { point: a, corners }
  if (c === undefined) return ofSegment(a, b)
  return d === undefined ? ofTriangle(a, b, c) : ofTetrahedron([a, b, c, d])
}

function furthest(points: readonly Vec3[], along: Vec3): Vec3 {
  let found = vec(0, 0, 0)
  let most = -Infinity
  for (const point of points) {
    const reach = dot(point, along)
    if (reach > most) [found, most] = [point, reach]
  }
  return found
}

/**
 * The gap between the hull of `points` and the segment from `low` up to `high`. Null if it is longer than `metresMax`, or
 * if both overlap.
 */
export function gapToHull(points: readonly Vec3[], low: Vec3, high: Vec3, metresMax: number): Gap | null {
  let nearest: Nearest | null = { point: sub(low, furthest(points, sub(low, high))), corners: [] }
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { point }: Nearest = nearest
    const square = dot(point, point)
    if (square < TOUCHING * TOUCHING) return null
    const corner = sub(point.y < 0 ? high : low, furthest(points, point))
    const reach = dot(corner, point)
    if (reach > 0 && reach * reach > metresMax * metresMax * square) return null
    if (square - reach <= ENOUGH * square) break
    nearest = nearestOf([...nearest.corners, corner])
    if (nearest === null) return null
  }
  const metres = Math.sqrt(dot(nearest.point, nearest.point))
  return metres < TOUCHING || metres > metresMax ? null : { metres, normal: scaled(nearest.point, 1 / metres) }
}
