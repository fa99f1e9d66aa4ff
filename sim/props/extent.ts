/** Extents of shapes and props: radii, boxes, and the bounds of a realm. */
import { abs, add, IDENTITY, length, max, min, rotate, sqrt, vec } from '../maths/maths.ts'
import type { Collider, PropSpec, RealmDefinition, Shape, Vec3 } from '../types.ts'

/** True for a point inside an axis-aligned box or on its surface. */
export const inBounds = ({ min: low, max: high }: RealmDefinition['bounds'], { x, y, z }: Vec3): boolean =>
  x >= low.x && x <= high.x && y >= low.y && y <= high.y && z >= low.z && z <= high.z

/** Radius of a shape around its own origin at scale 1. */
function shapeRadius(shape: Shape): number {
  switch (shape.type) {
    case 'box':
      return length(shape.halfExtents)
    case 'sphere':
      return shape.radius
    case 'capsule':
      return shape.halfHeight + shape.radius
    case 'convex':
    case 'trimesh': {
      const flat = shape.type === 'convex' ? shape.points : shape.vertices
      let most = 0
      for (let i = 0; i + 2 < flat.length; i += 3) {
        const [x = 0, y = 0, z = 0] = [flat[i], flat[i + 1], flat[i + 2]]
        most = max(most, x * x + y * y + z * z)
      }
      return sqrt(most)
    }
  }
}

/** Radius of the sphere around a prop's origin that contains all its colliders, at scale 1. */
export const propRadius = (colliders: readonly Collider[]): number =>
  colliders.reduce((most, { shape, position }) => max(most, length(position) + shapeRadius(shape)), 0)

/** Points whose convex hull, grown by `margin`, contains a shape. */
export function outline(shape: Shape): { readonly points: readonly Vec3[]; readonly margin: number } {
  switch (shape.type) {
    case 'box': {
      const { x, y, z } = shape.halfExtents
      return {
        points: [-1, 1].flatMap((i) => [-1, 1].flatMap((j) => [vec(i * x, j * y, -z), vec(i * x, j * y, z)])),
        margin: 0,
      }
    }
    case 'sphere':
      return { points: [vec(0, 0, 0)], margin: shape.radius }
    case 'capsule':
      return { points: [vec(0, -shape.halfHeight, 0), vec(0, shape.halfHeight, 0)], margin: shape.radius }
    case 'convex':
    case 'trimesh': {
      const flat = shape.type === 'convex' ? shape.points : shape.vertices
      return {
        points: Array.from({ length: flat.length / 3 }, (_, i) =>
          vec(flat[3 * i] ?? 0, flat[3 * i + 1] ?? 0, flat[3 * i + 2] ?? 0),
        ),
        margin: 0,
      }
    }
  }
}

/** Axis-aligned box of colliders in their places. Without colliders it runs from Infinity to -Infinity. */
export function boundsOf(colliders: readonly Collider[]): { readonly low: Vec3; readonly high: Vec3 } {
  let [low, high] = [vec(Infinity, Infinity, Infinity), vec(-Infinity, -Infinity, -Infinity)]
  for (const { shape, position, rotation } of colliders) {
    const { points, margin } = outline(shape)
    for (const point of points) {
      const { x, y, z } = add(position, rotate(rotation, point))
      low = vec(min(low.x, x - margin), min(low.y, y - margin), min(low.z, z - margin))
      high = vec(max(high.x, x + margin), max(high.y, y + margin), max(high.z, z + margin))
    }
  }
  return { low, high }
}

/** Least half extent of a flat prop's box, metres: a box needs a volume. */
const FLAT = 1e-3

/** The spec with one box around all its colliders. A client that has the prop's mesh needs no more. */
export function boxOf(spec: PropSpec): PropSpec {
  const { low, high } = boundsOf(spec.colliders)
  const half = (from: number, to: number): number => max(abs(to - from) / 2, FLAT)
  const position = vec((low.x + high.x) / 2, (low.y + high.y) / 2, (low.z + high.z) / 2)
  const halfExtents = vec(half(low.x, high.x), half(low.y, high.y), half(low.z, high.z))
  return { ...spec, colliders: [{ shape: { type: 'box', halfExtents }, position, rotation: IDENTITY }] }
}
