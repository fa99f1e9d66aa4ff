/** Thickness, width and mass of colliders. A collider without volume makes the physics engine divide by zero. */
import { abs, cross, dot, length, max, min, PI, sub } from '../maths/maths.ts'
import type { PropSpec, Shape, Vec3 } from '../types.ts'

/** A shape at scale 1: half widths in metres, volume in cubic metres. */
export interface Solid {
  readonly least: number
  readonly most: number
  readonly volume: number
}

const flatPoint = (flat: readonly number[], i: number): Vec3 => ({
  x: flat[i] ?? 0,
  y: flat[i + 1] ?? 0,
  z: flat[i + 2] ?? 0,
})

/**
 * Estimates a hull by a tetrahedron of far points: from the first point to the farthest, then the farthest from that
 * line, then from that plane. The hull is at most twice as thick as the tetrahedron's height, and contains its volume.
 */
function hullSolid(flat: readonly number[]): Solid {
  const points: Vec3[] = []
  for (let i = 0; i + 2 < flat.length; i += 3) points.push(flatPoint(flat, i))
  const origin = flatPoint(flat, 0)
  const farthest = (measure: (p: Vec3) => number): Vec3 =>
    points.reduce((best, p) => (measure(p) > measure(best) ? p : best), origin)
  const u = sub(
    farthest((p) => length(sub(p, origin))),
    origin,
  )
  const v = sub(
    farthest((p) => length(cross(u, sub(p, origin)))),
    origin,
  )
  const normal = cross(u, v)
  const area = length(normal)
  const w = sub(
    farthest((p) => abs(dot(normal, sub(p, origin)))),
    origin,
  )
  const span = length(u)
  if (!(span > 0) || !(area > 0)) return { least: 0, most: span / 2, volume: 0 }
  const determinant = abs(dot(normal, w))
  return { least: min(area / span, determinant / area) / 2, most: span / 2, volume: determinant / 6 }
}

/** Returns null for a mesh, because a mesh is a surface. */
function shapeSolid(shape: Shape): Solid | null {
  switch (shape.type) {
    case 'box': {
      const { x, y, z } = shape.halfExtents
      return { least: min(x, min(y, z)), most: max(x, max(y, z)), volume: 8 * x * y * z }
    }
    case 'sphere':
      return {
        least: shape.radius,
        most: shape.radius,
        volume: (4 / 3) * PI * shape.radius * shape.radius * shape.radius,
      }
    case 'capsule': {
      const { radius: r, halfHeight } = shape
      return { least: r, most: r + halfHeight, volume: PI * r * r * (2 * halfHeight + (4 / 3) * r) }
    }
    case 'convex':
      return hullSolid(shape.points)
    case 'trimesh':
      return null
  }
}

const known = new WeakMap<Shape, Solid | null>()

/** The solid of a shape, cached. */
export function solidOf(shape: Shape): Solid | null {
  let solid = known.get(shape)
  if (solid === undefined) {
    solid = shapeSolid(shape)
    known.set(shape, solid)
  }
  return solid
}

/**
 * Mass of a prop at a scale, kg. As in the engine, overlapping colliders count twice. A hull's mass is a lower bound.
 */
export function massOf(spec: PropSpec, scale: number): number {
  const volume = spec.colliders.reduce((sum, { shape }) => sum + (solidOf(shape)?.volume ?? 0), 0)
  return volume * spec.density * scale * scale * scale
}

/** Least half width of a prop's colliders at scale 1, metres; Infinity if all are meshes. */
export const leastExtent = (spec: PropSpec): number =>
  spec.colliders.reduce((least, { shape }) => min(least, solidOf(shape)?.least ?? Infinity), Infinity)

/** The largest ratio of a mesh triangle's longest edge to its height; Infinity for a triangle without area. */
export function needleness(vertices: readonly number[], indices: readonly number[]): number {
  let worst = 0
  for (let i = 0; i + 2 < indices.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => flatPoint(vertices, 3 * (indices[i + k] ?? 0))) as [Vec3, Vec3, Vec3]
    const [u, v, w] = [sub(b, a), sub(c, a), sub(c, b)]
    const longest = max(dot(u, u), max(dot(v, v), dot(w, w)))
    const area = length(cross(u, v))
    worst = max(worst, area > 0 ? longest / area : Infinity)
  }
  return worst
}
