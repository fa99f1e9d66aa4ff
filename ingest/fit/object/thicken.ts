/** Thickens colliders from meshes to the simulation's minimum: sheets of paper, coins and needles are possible too. */
import type { Collider, Vec3 } from '../../../sim/index.ts'
import { add, IDENTITY, scaled, vec } from '../../../sim/maths/maths.ts'
import { inRange, RANGES } from '../../../sim/limits/ranges.ts'
import { solidOf } from '../../../sim/props/solid.ts'
import type { HullMaker } from './hulls.ts'
import { boxCollider, placed } from './primitives.ts'

/** Share of the greatest slenderness that is used: rounding to 0.1 mm and to 32-bit floats must not exceed it. */
const SLENDER_SHARE = 0.95
/** Largest growth of a hull, as a multiple of what it lacks: its least half width is a lower bound of the real one. */
const GROWTH_MAX = 16
const STEP = 1e-4
const CORNERS: readonly Vec3[] = [-1, 1].flatMap((x) => [-1, 1].flatMap((y) => [vec(x, y, -1), vec(x, y, 1)]))
const SCENE = { position: vec(0, 0, 0), rotation: IDENTITY }

/** Least half width of a collider with this longest one, in steps of 0.1 mm. */
const leastHalf = (most: number): number =>
  Math.fround(
    Math.max(RANGES.scaledExtent.min, Math.ceil(most / (SLENDER_SHARE * RANGES.slenderness.max) / STEP) * STEP),
  )

/** True if a collider is thinner than a prop at scale 1 may be. A mesh is a surface and never too thin. */
export function isThin({ shape }: Collider): boolean {
  const solid = solidOf(shape)
  return solid !== null && !(inRange('scaledExtent', solid.least) && inRange('slenderness', solid.most / solid.least))
}

export const pointsOf = (flat: readonly number[]): Vec3[] =>
  Array.from({ length: flat.length / 3 }, (_, i) => vec(flat[3 * i] ?? 0, flat[3 * i + 1] ?? 0, flat[3 * i + 2] ?? 0))

/** The hull of points, each expanded to a small cube: just as much thicker as necessary. */
function grownHull(hulls: HullMaker, collider: Collider, flat: readonly number[]): Collider {
  const points = pointsOf(flat)
  const solid = solidOf(collider.shape) ?? { least: 0, most: 0 }
  const lacking = Math.max(leastHalf(solid.most) - solid.least, STEP)
  for (let by = lacking; by <= GROWTH_MAX * lacking; by *= 2) {
    const whole = hulls.hull(points.flatMap((p) => CORNERS.map((corner) => add(p, scaled(corner, by)))))
    const hull = whole && hulls.reduced(whole)
    const grown =
      hull &&
      placed(
        { type: 'convex', points: hull.points.flatMap(({ x, y, z }) => [x, y, z]) },
        collider.position,
        collider.rotation,
      )
    if (grown && !isThin(grown)) return grown
  }
  return thickened(hulls, boxCollider(points, SCENE))
}

/** The collider, or a copy that is just thick enough. */
export function thickened(hulls: HullMaker, collider: Collider): Collider {
  if (!isThin(collider)) return collider
  const { shape } = collider
  const half = leastHalf(solidOf(shape)?.most ?? 0)
  switch (shape.type) {
    case 'box': {
      const { x, y, z } = shape.halfExtents
      return {
        ...collider,
        shape: { type: 'box', halfExtents: { x: Math.max(x, half), y: Math.max(y, half), z: Math.max(z, half) } },
      }
    }
    case 'sphere':
      return { ...collider, shape: { type: 'sphere', radius: Math.max(shape.radius, half) } }
    case 'capsule':
      return { ...collider, shape: { ...shape, radius: Math.max(shape.radius, half) } }
    case 'convex':
      return grownHull(hulls, collider, shape.points)
    case 'trimesh':
      return collider
  }
}
