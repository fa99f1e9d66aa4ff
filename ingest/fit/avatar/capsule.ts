/**
 * Fits one capsule to weighted points: an axis, the ends of the points along it, and a radius that contains most
 * points.
 */
import { abs, add, cross, dot, length, lerp, scaled, sqrt, sub, unit, vec } from '../../../sim/maths/maths.ts'
import type { Vec3 } from '../../../sim/index.ts'

export interface Capsule {
  readonly a: Vec3
  readonly b: Vec3
  readonly r: number
}

interface WeightedPoints {
  readonly points: readonly Vec3[]
  readonly weights: readonly number[]
}

/** Shares of the weight that the ends leave out, and that the radius contains. */
const ENDS = 0.02
const WITHIN = 0.7
/** Another axis than the bone's must make the capsule this much smaller. */
const BETTER = 0.9

/** Weighted percentiles: the values below which these increasing shares of the weight lie. */
function percentiles(values: readonly number[], weights: readonly number[], ...shares: readonly number[]): number[] {
  const order = Uint32Array.from(values, (_, i) => i).toSorted((i, j) => (values[i] ?? 0) - (values[j] ?? 0) || i - j)
  const total = weights.reduce((sum, w) => sum + w, 0)
  const found: number[] = []
  let sum = 0
  for (const i of order) {
    sum += weights[i] ?? 0
    while (found.length < shares.length && sum >= total * (shares[found.length] ?? 1)) found.push(values[i] ?? 0)
  }
  while (found.length < shares.length) found.push(values[order.at(-1) ?? 0] ?? 0)
  return found
}

function centroid({ points, weights }: WeightedPoints): Vec3 {
  const sum = weights.reduce((s, w) => s + w, 0)
  return scaled(
    points.reduce((s, p, i) => add(s, scaled(p, weights[i] ?? 0)), vec(0, 0, 0)),
    sum > 0 ? 1 / sum : 0,
  )
}

/** The direction of largest spread: power iteration on the covariance. */
function mainAxis({ points, weights }: WeightedPoints, centre: Vec3): Vec3 {
  let [xx, xy, xz, yy, yz, zz] = [0, 0, 0, 0, 0, 0]
  points.forEach((p, i) => {
    const [d, w] = [sub(p, centre), weights[i] ?? 0]
    xx += w * d.x * d.x
    xy += w * d.x * d.y
    xz += w * d.x * d.z
    yy += w * d.y * d.y
    yz += w * d.y * d.z
    zz += w * d.z * d.z
  })
  let axis = unit(vec(0.577, 0.571, 0.583), vec(0, 1, 0))
  for (let k = 0; k < 60; k++) {
    const next = vec(
      xx * axis.x + xy * axis.y + xz * axis.z,
      xy * axis.x + yy * axis.y + yz * axis.z,
      xz * axis.x + yz * axis.y + zz * axis.z,
    )
    const size = length(next)
    if (!(size > 0)) return axis
    axis = scaled(next, 1 / size)
  }
  return axis
}

/** Two unit vectors perpendicular to an axis. */
export function across(axis: Vec3): readonly [Vec3, Vec3] {
  const u = unit(cross(axis, abs(axis.x) < 0.9 ? vec(1, 0, 0) : vec(0, 1, 0)), vec(0, 0, 1))
  return [u, cross(axis, u)]
}

const capsuleVolume = ({ a, b, r }: Capsule): number => 3.141592653589793 * r * r * (length(sub(b, a)) + (4 / 3) * r)

function along(axis: Vec3, group: WeightedPoints, centre: Vec3): Capsule {
  const { points, weights } = group
  const [u, v] = across(axis)
  const measured = points.map((p) => {
    const d = sub(p, centre)
    return vec(dot(d, u), dot(d, v), dot(d, axis))
  })
  const middle = (values: readonly number[]): number => {
    const [low = 0, high = 0] = percentiles(values, weights, 0.1, 0.9)
    return (low + high) / 2
  }
  const [mu, mv] = [middle(measured.map((m) => m.x)), middle(measured.map((m) => m.y))]
  const line = add(add(centre, scaled(u, mu)), scaled(v, mv))
  const heights = measured.map((m) => m.z)
  const [low = 0, high = 0] = percentiles(heights, weights, ENDS, 1 - ENDS)
  const distances = measured.map((m) => sqrt((m.x - mu) * (m.x - mu) + (m.y - mv) * (m.y - mv)))
  let [r = 0] = percentiles(distances, weights, WITHIN)
  const mid = (low + high) / 2
  for (let pass = 0; pass < 4; pass++) {
    const half = Math.max(0, (high - low) / 2 - r)
    const beyond = measured.map((m, i) => {
      const past = Math.max(0, abs(m.z - mid) - half)
      return sqrt(past * past + (distances[i] ?? 0) * (distances[i] ?? 0))
    })
    const [held = 0] = percentiles(beyond, weights, WITHIN)
    r = (held + r) / 2
  }
  const half = Math.max(0, (high - low) / 2 - r)
  return { a: add(line, scaled(axis, mid - half)), b: add(line, scaled(axis, mid + half)), r }
}

/** The capsule of a group: along the bone, if it has a direction, or along the largest spread, whichever is smaller. */
export function fitCapsule(group: WeightedPoints, bone: Vec3 | null): Capsule {
  const centre = centroid(group)
  const spread = along(mainAxis(group, centre), group, centre)
  if (!bone) return spread
  const boned = along(bone, group, centre)
  return capsuleVolume(spread) < BETTER * capsuleVolume(boned) ? spread : boned
}

/** Distance of a point from a capsule's surface, metres; negative inside. */
export function distanceTo({ a, b, r }: Capsule, p: Vec3): number {
  const ab = sub(b, a)
  const square = dot(ab, ab)
  const t = square > 0 ? Math.min(1, Math.max(0, dot(sub(p, a), ab) / square)) : 0
  return length(sub(p, lerp(a, b, t))) - r
}
