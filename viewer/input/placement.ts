/** Chooses the place of a new object: at the marker, or next to or above what is already there, so that nothing overlaps. Pure. */
import { add, rotate, scaled } from '../../sim/maths/maths.ts'
import type { Quat, Shape, Vec3 } from '../../sim/types.ts'
import type { ShownWorld } from '../app/world.ts'

/** An axis-aligned box. */
export interface Extent {
  readonly min: Vec3
  readonly max: Vec3
}

/** Gap between objects, metres. */
const GAP = 0.06
/** Largest distance from the marker, metres; beyond it the object goes on top. */
const BESIDE_MAX = 3
/** Half width, and height, of the room that a person takes, metres. */
const PERSON = { half: 0.32, height: 2 }
const AROUND = 8

/** Points whose hull contains the shape, about its own centre. */
function cornersOf(shape: Shape): readonly Vec3[] {
  const box = (x: number, y: number, z: number): readonly Vec3[] =>
    [-1, 1].flatMap((i) => [-1, 1].flatMap((j) => [-1, 1].map((k) => ({ x: i * x, y: j * y, z: k * z }))))
  if (shape.type === 'box') return box(shape.halfExtents.x, shape.halfExtents.y, shape.halfExtents.z)
  if (shape.type === 'sphere') return box(shape.radius, shape.radius, shape.radius)
  if (shape.type === 'capsule') return box(shape.radius, shape.halfHeight + shape.radius, shape.radius)
  const flat = shape.type === 'convex' ? shape.points : shape.vertices
  return Array.from({ length: Math.floor(flat.length / 3) }, (_, i) => ({
    x: flat[i * 3] ?? 0,
    y: flat[i * 3 + 1] ?? 0,
    z: flat[i * 3 + 2] ?? 0,
  }))
}

function extentOf(points: readonly Vec3[]): Extent {
  const over = (pick: (p: Vec3) => number, best: (a: number, b: number) => number): number =>
    points.map(pick).reduce((a, b) => best(a, b))
  return {
    min: { x: over((p) => p.x, Math.min), y: over((p) => p.y, Math.min), z: over((p) => p.z, Math.min) },
    max: { x: over((p) => p.x, Math.max), y: over((p) => p.y, Math.max), z: over((p) => p.z, Math.max) },
  }
}

/** The boxes of all colliders and people in a world. Colliders count separately, so there is room under a table. */
export function extentsIn({ props, avatars }: ShownWorld): readonly Extent[] {
  const things = props.flatMap(({ spec, position, rotation, scale }) =>
    spec.colliders.flatMap((collider) => {
      const place = (corner: Vec3): Vec3 =>
        add(position, rotate(rotation, scaled(add(collider.position, rotate(collider.rotation, corner)), scale)))
      const points = cornersOf(collider.shape).map(place)
      return points.length > 0 ? [extentOf(points)] : []
    }),
  )
  const people = avatars.map(({ position: { x, y, z } }): Extent => ({
    min: { x: x - PERSON.half, y, z: z - PERSON.half },
    max: { x: x + PERSON.half, y: y + PERSON.height, z: z + PERSON.half },
  }))
  return [...things, ...people]
}

const moved = ({ min, max }: Extent, by: Vec3): Extent => ({ min: add(min, by), max: add(max, by) })
const axes = ['x', 'y', 'z'] as const
const overlap = (a: Extent, b: Extent): boolean =>
  axes.every((axis) => a.min[axis] < b.max[axis] + GAP && b.min[axis] < a.max[axis] + GAP)

/** The origin of an object with the box `bounds`, so that it is on the ground at `marker` or as near to it as there is room. */
export function placeNear(
  marker: Vec3,
  bounds: Extent,
  taken: readonly Extent[],
): { readonly position: Vec3; readonly rotation: Quat } {
  const width = Math.max(bounds.max.x - bounds.min.x, bounds.max.z - bounds.min.z)
  const ground = { ...marker, y: marker.y - bounds.min.y }
  const free = (at: Vec3): boolean => !taken.some((other) => overlap(moved(bounds, at), other))
  const found = candidates(ground, Math.max(0.25, width + GAP * 2)).find(free) ?? onTop(ground, bounds, taken)
  const { x, y, z } = found
  return { position: { x: Math.fround(x), y: Math.fround(y), z: Math.fround(z) }, rotation: { x: 0, y: 0, z: 0, w: 1 } }
}

/** The marker, then rings around it. */
function candidates(marker: Vec3, step: number): readonly Vec3[] {
  const found = [marker]
  for (let ring = 1; ring * step <= Math.max(BESIDE_MAX, step); ring++) {
    for (let i = 0; i < AROUND * ring; i++) {
      const angle = (i / (AROUND * ring)) * 2 * Math.PI
      found.push({
        x: marker.x + Math.sin(angle) * ring * step,
        y: marker.y,
        z: marker.z + Math.cos(angle) * ring * step,
      })
    }
  }
  return found
}

/** Above everything at the marker: it falls gently. */
function onTop(ground: Vec3, bounds: Extent, taken: readonly Extent[]): Vec3 {
  const column = moved(bounds, ground)
  const under = taken.filter(
    ({ min, max }) =>
      min.x < column.max.x + GAP &&
      column.min.x < max.x + GAP &&
      min.z < column.max.z + GAP &&
      column.min.z < max.z + GAP,
  )
  const top = Math.max(0, ...under.map(({ max }) => max.y))
  return { ...ground, y: top + GAP - bounds.min.y }
}
