/**
 * Exports colliders for programs that know OMI_physics_shape and OMI_physics_body but not our manifest, which has
 * priority here. Exports boxes, spheres, hulls and meshes. A capsule is exported as the hull of its domes, because its
 * height is the distance of the domes' centres in the specification, and the total height in Godot.
 */
import type { Collider, PropSpec, Quat, Vec3 } from '../../../sim/index.ts'
import { cos, PI, sin, vec } from '../../../sim/maths/maths.ts'
import { HullMaker } from './hulls.ts'

export interface OmiMirror {
  /** For the document's `extensions.OMI_physics_shape`. A shape's `mesh` counts from `firstMesh`. */
  readonly shapes: readonly Readonly<Record<string, unknown>>[]
  /** Meshes of the shapes, to be appended to the document's: flat positions and triples of indices. */
  readonly meshes: readonly { readonly positions: readonly number[]; readonly indices: readonly number[] }[]
  /** A child of the object's root for each collider, with this OMI_physics_body. */
  readonly nodes: readonly {
    readonly translation: Vec3
    readonly rotation: Quat
    readonly body: Readonly<Record<string, unknown>>
  }[]
  /** OMI_physics_body of the object's root. */
  readonly root: Readonly<Record<string, unknown>>
}

/** Points on each ring of a capsule's domes. */
const RING = 8

function capsulePoints(halfHeight: number, radius: number): Vec3[] {
  const rings = [0, 0.5, 1].flatMap((angle) =>
    Array.from({ length: RING }, (_, i): Vec3 =>
      vec(
        radius * cos(angle) * cos((2 * PI * i) / RING),
        radius * sin(angle),
        radius * cos(angle) * sin((2 * PI * i) / RING),
      ),
    ),
  )
  const dome = [...rings, vec(0, radius, 0)]
  return dome.flatMap(({ x, y, z }) => [vec(x, halfHeight + y, z), vec(x, -halfHeight - y, z)])
}

const points = (flat: readonly number[]): Vec3[] =>
  Array.from({ length: flat.length / 3 }, (_, i) => vec(flat[3 * i] ?? 0, flat[3 * i + 1] ?? 0, flat[3 * i + 2] ?? 0))

/** See OmiMirror. `firstMesh` is the document's number of meshes. */
export async function omiMirror(
  colliders: readonly Collider[],
  motion: PropSpec['motion'],
  firstMesh: number,
): Promise<OmiMirror> {
  const hulls = await HullMaker.load()
  const meshes: { positions: number[]; indices: number[] }[] = []
  const addMesh = (positions: readonly number[], indices: readonly number[]): number =>
    firstMesh + meshes.push({ positions: [...positions], indices: [...indices] }) - 1
  const hullMesh = (of: readonly Vec3[]): number => {
    const made = hulls.faces(of)
    return addMesh(made?.points.flatMap(({ x, y, z }) => [x, y, z]) ?? [], made?.triangles ?? [])
  }
  try {
    const shapes = colliders.map(({ shape }): Readonly<Record<string, unknown>> => {
      switch (shape.type) {
        case 'box':
          return {
            type: 'box',
            box: { size: [2 * shape.halfExtents.x, 2 * shape.halfExtents.y, 2 * shape.halfExtents.z] },
          }
        case 'sphere':
          return { type: 'sphere', sphere: { radius: shape.radius } }
        case 'capsule':
          return { type: 'convex', convex: { mesh: hullMesh(capsulePoints(shape.halfHeight, shape.radius)) } }
        case 'convex':
          return { type: 'convex', convex: { mesh: hullMesh(points(shape.points)) } }
        case 'trimesh':
          return { type: 'trimesh', trimesh: { mesh: addMesh(shape.vertices, shape.indices) } }
      }
    })
    const nodes = colliders.map(({ position, rotation }, shape) => ({
      translation: position,
      rotation,
      body: { collider: { shape } },
    }))
    return { shapes, meshes, nodes, root: { motion: { type: motion } } }
  } finally {
    hulls.free()
  }
}
