/** Makes the simulation's colliders from hulls and meshes. */
import type { Collider, Motion } from '../../../sim/index.ts'
import { IDENTITY } from '../../../sim/maths/maths.ts'
import { NEEDLENESS_MAX } from '../../../sim/props/shapes.ts'
import { needleness, solidOf } from '../../../sim/props/solid.ts'
import type { Vec3 } from '../../../sim/types.ts'
import { quantised } from '../node-frame.ts'
import { volumeOf, type Hull, type HullMaker } from './hulls.ts'
import { boxCollider, placed } from './primitives.ts'
import type { Surface } from '../surface.ts'
import { isThin, pointsOf, thickened } from './thicken.ts'

/** A thin part becomes a box if the box is at most this many times as large as its hull. */
const BOX_VOLUMES = 1.1

/** Colliders from one source, before density and colour. */
export interface FoundColliders {
  readonly colliders: readonly Collider[]
  readonly motion: Motion
  /**
   * The place in the file of each collider that is given by numbers and stays unchanged. The others come from meshes
   * and may be thickened.
   */
  readonly stated?: ReadonlyMap<Collider, string>
  /** kg, from the file or its format's default. */
  readonly mass?: number
  /** The place of the mass in the file; undefined for a default. */
  readonly massAt?: string
  readonly friction?: number
  readonly restitution?: number
}

/** A collider of exactly this hull, or null if it is too flat to be one. */
export function exactHull(hulls: HullMaker, hull: Hull | null): Collider | null {
  const reduced = hull && hulls.reduced(hull)
  return (
    reduced &&
    placed(
      { type: 'convex', points: reduced.points.flatMap(({ x, y, z }) => [x, y, z]) },
      { x: 0, y: 0, z: 0 },
      IDENTITY,
    )
  )
}

/** A collider of a hull, or a box around it if it is too flat. It may still have to be thickened. */
export function hullCollider(
  hulls: HullMaker,
  hull: Hull | null,
  points: readonly Vec3[],
  frame = { position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY },
): Collider {
  const [collider, box] = [exactHull(hulls, hull), boxCollider(points, frame)]
  if (!collider) return box
  const volume = (one: Collider): number => volumeOfCollider(hulls, thickened(hulls, one))
  return !isThin(collider) || BOX_VOLUMES * volume(collider) < volume(box) ? collider : box
}

/** Decomposes a mesh into hulls. */
export function decompose(hulls: HullMaker, { points, triangles }: Surface, countMax: number): Collider[] {
  const parts = hulls.decomposed(points, triangles, countMax)
  const colliders = parts.map((hull) => hullCollider(hulls, hull, hull.points))
  return colliders.length > 0 ? colliders : [hullCollider(hulls, hulls.hull(points), points)]
}

/** A static mesh in scene coordinates, rounded to 0.1 mm, without triangles that have no area. */
export function trimeshCollider({ points, triangles }: Surface): Collider {
  const round = (x: number): number => Math.fround(quantised(x))
  const vertices = points.flatMap(({ x, y, z }) => [round(x), round(y), round(z)])
  const indices: number[] = []
  for (let i = 0; i + 2 < triangles.length; i += 3) {
    const corners = triangles.slice(i, i + 3)
    if (needleness(vertices, corners) <= NEEDLENESS_MAX) indices.push(...corners)
  }
  return placed({ type: 'trimesh', vertices, indices }, { x: 0, y: 0, z: 0 }, IDENTITY)
}

/** m³ at scale 1. */
export function volumeOfCollider(hulls: HullMaker, { shape }: Collider): number {
  switch (shape.type) {
    case 'box':
    case 'sphere':
    case 'capsule':
      return solidOf(shape)?.volume ?? 0
    case 'convex':
      return hulls.hull(pointsOf(shape.points))?.volume ?? 0
    case 'trimesh':
      return Math.abs(volumeOf(pointsOf(shape.vertices), shape.indices))
  }
}
