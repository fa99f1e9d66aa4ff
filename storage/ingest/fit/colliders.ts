/** Colliders of hulls and meshes, in the form that the simulation takes. */
import type { Collider, Motion } from '../../../sim/index.ts'
import { IDENTITY } from '../../../sim/maths.ts'
import { checkProp } from '../../../sim/shapes.ts'
import type { Vec3 } from '../../../sim/types.ts'
import { quantised } from './frame.ts'
import type { Hull, HullMaker } from './hulls.ts'
import { boxCollider, placed } from './primitives.ts'
import type { Surface } from './surface.ts'

/** What the colliders of a source are, before density and colour. */
export interface Found {
  readonly colliders: readonly Collider[]
  readonly motion: Motion
  /** kg, where the file says it. */
  readonly mass?: number
  readonly friction?: number
  readonly restitution?: number
}

/** Whether the simulation takes a collider: checkProp on a prop of it alone. */
export const isTaken = (collider: Collider): boolean =>
  checkProp({ name: 'part', motion: collider.shape.type === 'trimesh' ? 'static' : 'dynamic', colliders: [collider], density: 1000, friction: 0.5, restitution: 0, color: 0 }) === null

/** A collider of a hull, or a box around it where it is too flat for one. */
export function hullCollider(hulls: HullMaker, hull: Hull | null, points: readonly Vec3[], frame = { position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY }): Collider {
  const reduced = hull && hulls.reduced(hull)
  const collider = reduced && placed({ type: 'convex', points: reduced.points.flatMap(({ x, y, z }) => [x, y, z]) }, { x: 0, y: 0, z: 0 }, IDENTITY)
  return collider && isTaken(collider) ? collider : boxCollider(points, frame)
}

/** A mesh in hulls, each of which the simulation takes. */
export function decompose(hulls: HullMaker, { points, triangles }: Surface, countMax: number): Collider[] {
  const parts = hulls.decomposed(points, triangles, countMax)
  const colliders = parts.map((hull) => hullCollider(hulls, hull, hull.points))
  return colliders.length > 0 ? colliders : [hullCollider(hulls, hulls.hull(points), points)]
}

/** A static mesh as it stands in the scene, to 0.1 mm. */
export function trimeshCollider({ points, triangles }: Surface): Collider {
  const round = (x: number): number => Math.fround(quantised(x))
  return placed({ type: 'trimesh', vertices: points.flatMap(({ x, y, z }) => [round(x), round(y), round(z)]), indices: [...triangles] }, { x: 0, y: 0, z: 0 }, IDENTITY)
}
