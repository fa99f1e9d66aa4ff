/** Colliders of props as the prediction walks around them: convex parts in world space. */
import { add, rotate, multiply, scaled, sub, vec, dot } from '../../../../sim/maths/maths.ts'
import { outline } from '../../../../sim/props/extent.ts'
import type { Collider, Quat, RealmDefinition, Shape, Vec3 } from '../../../../sim/types.ts'
import { gapToHull, type Gap } from './hull-distance.ts'

/** Triangles of a prop's meshes that the prediction knows. More would cost a frame milliseconds. */
export const TRIANGLES_MAX = 512
/** Height of the tilt vector below which a box counts as upright: half a millimetre on 5 m. */
const UPRIGHT = 1e-4
/** Half thickness of the ground, metres: only its top matters. */
const GROUND_METRES = 5

/** A box whose sides are upright: its gaps need no search. */
interface UprightBox {
  readonly centre: Vec3
  readonly half: Vec3
  /** Directions of its local x and z, horizontal. */
  readonly right: Vec3
  readonly back: Vec3
}

/** A convex part of an obstacle. */
export interface Solid {
  /** Its axis-aligned box, with the margin. */
  readonly low: Vec3
  readonly high: Vec3
  /** Its surface is this far outside the hull of its points, metres. */
  readonly margin: number
  readonly points: readonly Vec3[]
  readonly box: UprightBox | null
}

/** Where a prop is. */
export interface Placed {
  readonly position: Vec3
  readonly rotation: Quat
  readonly scale: number
}

function solidOf(points: readonly Vec3[], margin: number, box: UprightBox | null = null): Solid {
  const along = (pick: (...values: number[]) => number, axis: keyof Vec3): number =>
    pick(...points.map((point) => point[axis]))
  const low = vec(along(Math.min, 'x') - margin, along(Math.min, 'y') - margin, along(Math.min, 'z') - margin)
  const high = vec(along(Math.max, 'x') + margin, along(Math.max, 'y') + margin, along(Math.max, 'z') + margin)
  return { low, high, margin, points, box }
}

function uprightBox(shape: Shape, centre: Vec3, rotation: Quat, scale: number): UprightBox | null {
  if (shape.type !== 'box') return null
  const up = rotate(rotation, vec(0, 1, 0))
  if (Math.abs(up.x) > UPRIGHT || Math.abs(up.z) > UPRIGHT) return null
  const [right, back] = [rotate(rotation, vec(1, 0, 0)), rotate(rotation, vec(0, 0, 1))]
  return { centre, half: scaled(shape.halfExtents, scale), right, back }
}

function solidsOfCollider({ shape, position, rotation }: Collider, placed: Placed): Solid[] {
  const whole = multiply(placed.rotation, rotation)
  const centre = add(placed.position, rotate(placed.rotation, scaled(position, placed.scale)))
  const { points, margin } = outline(shape)
  const world = points.map((point) => add(centre, rotate(whole, scaled(point, placed.scale))))
  if (shape.type !== 'trimesh')
    return [solidOf(world, margin * placed.scale, uprightBox(shape, centre, whole, placed.scale))]
  return Array.from({ length: shape.indices.length / 3 }, (_, i) =>
    solidOf(
      shape.indices.slice(3 * i, 3 * i + 3).map((index) => world[index] ?? centre),
      0,
    ),
  )
}

/** Parts of a prop's colliders; null if its meshes have more than TRIANGLES_MAX triangles together. */
export function solidsOf(colliders: readonly Collider[], placed: Placed): Solid[] | null {
  const triangles = colliders.reduce(
    (sum, { shape }) => sum + (shape.type === 'trimesh' ? shape.indices.length / 3 : 0),
    0,
  )
  return triangles > TRIANGLES_MAX ? null : colliders.flatMap((collider) => solidsOfCollider(collider, placed))
}

/** The ground plane of a realm. */
export function groundOf({ ground }: Pick<RealmDefinition, 'ground'>): Solid {
  const halfExtents = vec(ground.x, GROUND_METRES, ground.z)
  const rotation = { x: 0, y: 0, z: 0, w: 1 }
  const position = vec(0, -GROUND_METRES, 0)
  const [solid] = solidsOfCollider({ shape: { type: 'box', halfExtents }, position, rotation }, NOWHERE)
  if (solid === undefined) throw new Error('a box is one solid')
  return solid
}

const NOWHERE: Placed = { position: vec(0, 0, 0), rotation: { x: 0, y: 0, z: 0, w: 1 }, scale: 1 }

/** How much of `x` is outside -half to half. */
const beyond = (x: number, half: number): number => (x > half ? x - half : x < -half ? x + half : 0)

function gapToBox({ centre, half, right, back }: UprightBox, low: Vec3, high: Vec3, metresMax: number): Gap | null {
  const from = sub(low, centre)
  const [x, z] = [beyond(dot(from, right), half.x), beyond(dot(from, back), half.z)]
  const y = from.y > half.y ? from.y - half.y : high.y - centre.y < -half.y ? high.y - centre.y + half.y : 0
  const metres = Math.sqrt(x * x + y * y + z * z)
  if (metres === 0 || metres > metresMax) return null
  const way = add(add(scaled(right, x), scaled(back, z)), vec(0, y, 0))
  return { metres, normal: scaled(way, 1 / metres) }
}

/**
 * The gap between a solid and the upright segment from `low` to `high`; null if it is longer than `metresMax`, or if the
 * segment is in the solid.
 */
export function gapTo({ box, points, margin }: Solid, low: Vec3, high: Vec3, metresMax: number): Gap | null {
  const gap = box ? gapToBox(box, low, high, metresMax) : gapToHull(points, low, high, metresMax + margin)
  return gap === null || margin === 0 ? gap : { metres: gap.metres - margin, normal: gap.normal }
}
