/** How far things reach. */
import { length, max, sqrt } from './maths.ts'
import type { PropSpec, Shape } from './types.ts'

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

/** Radius around a prop's origin that holds all its colliders, at scale 1. */
export const propRadius = (spec: PropSpec): number =>
  spec.colliders.reduce((most, { shape, position }) => max(most, length(position) + shapeRadius(shape)), 0)
