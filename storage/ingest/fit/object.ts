/**
 * An object's colliders: what the file says (OMI_physics_shape and OMI_physics_body; else nodes whose names end as
 * Godot's importer has it), else what fits its meshes: primitives, hulls, compounds of hulls.
 */
import type { Document, Node } from '@gltf-transform/core'
import { COLLIDERS_MAX, type Collider, type Vec3 } from '../../../sim/index.ts'
import { IDENTITY } from '../../../sim/maths.ts'
import { checkProp } from '../../../sim/shapes.ts'
import { Rejected, type FitObject, type ObjectFit, type OmiPhysics, type Warn } from '../types.ts'
import { colorOf } from './color.ts'
import { decompose, hullCollider, isTaken, type Found } from './colliders.ts'
import { frameOf } from './frame.ts'
import { BALL_RADIUS_METRES } from '../limits.ts'
import { HullMaker, volumeOf } from './hulls.ts'
import { omiColliders } from './omi.ts'
import { boxCollider, placed, recognised } from './primitives.ts'
import { solidOf } from './solid.ts'
import { suffixColliders } from './suffix.ts'
import { boundsOf, nodesOf, surfaceOf, type Surface } from './surface.ts'

/** kg/m³ of what does not say its mass: between wood (500) and water (1000). */
export const DENSITY_DEFAULT = 700
export const FRICTION_DEFAULT = 0.6
export const RESTITUTION_DEFAULT = 0.1
const DENSITY = { min: 0.01, max: 50_000 } as const
/** A mesh that fills this much of its convex hull is its hull. */
const HULL_FILL = 0.9
const CELLS = 64

/** The scene's own directions. */
const SCENE = { position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY }

interface Part {
  readonly node: Node
  readonly surface: Surface
}

const used = ({ points, triangles }: Surface): Vec3[] => [...new Set(triangles)].flatMap((i) => points[i] ?? [])

function enclosed(surface: Surface): number {
  const solid = solidOf(surface, CELLS)
  return solid.count * solid.cell * solid.cell * solid.cell
}

/** One collider where one is enough: a primitive, a hull, a box around a sheet; null where the part is hollow or branched. */
function simple(hulls: HullMaker, { node, surface }: Part): Collider | null {
  const points = used(surface)
  const frame = frameOf(node)
  const hull = hulls.hull(points)
  if (!hull) return boxCollider(points, frame)
  const volume = enclosed(surface)
  const primitive = recognised(points, frame, volume)
  if (primitive && isTaken(primitive)) return primitive
  const collider = hullCollider(hulls, hull, points, frame)
  return volume >= HULL_FILL * hull.volume || collider.shape.type === 'box' ? collider : null
}

/** Not all in one point, or none at all. */
function hasExtent(points: readonly Vec3[]): boolean {
  const { min, max } = boundsOf(points)
  return max.x > min.x || max.y > min.y || max.z > min.z
}

/** For what has no triangles: a box around its points and lines, or a ball on the ground where it has none with an extent. */
function standIn(points: readonly Vec3[]): Collider {
  const radius = Math.fround(BALL_RADIUS_METRES)
  return hasExtent(points) ? boxCollider(points, SCENE) : placed({ type: 'sphere', radius }, { x: 0, y: radius, z: 0 }, SCENE.rotation)
}

/** Colliders that fit the meshes: a part for each node with a mesh, or all in one where these are too many. */
function fitted(hulls: HullMaker, document: Document): Found {
  const nodes = nodesOf(document).filter((node) => node.getMesh())
  const [first] = nodes
  const all = nodes.map((node): Part => ({ node, surface: surfaceOf([node]) })).filter(({ surface }) => surface.triangles.length > 0 && hasExtent(surface.points))
  if (!first || all.length === 0) return { colliders: [standIn(surfaceOf(nodes).points)], motion: 'dynamic' }
  const parts = all.length <= COLLIDERS_MAX ? all : [{ node: first, surface: surfaceOf(nodes) }]
  const ones = parts.map((part) => simple(hulls, part))
  const hollow = ones.filter((one) => one === null).length
  const each = Math.floor((COLLIDERS_MAX - (parts.length - hollow)) / Math.max(hollow, 1))
  return { colliders: parts.flatMap(({ surface }, i) => ones[i] ?? decompose(hulls, surface, Math.max(each, 1))), motion: 'dynamic' }
}

/** m³ at scale 1. */
function colliderVolume(hulls: HullMaker, { shape }: Collider): number {
  switch (shape.type) {
    case 'box':
      return 8 * shape.halfExtents.x * shape.halfExtents.y * shape.halfExtents.z
    case 'sphere':
      return 4.18879020478639 * shape.radius * shape.radius * shape.radius
    case 'capsule':
      return 3.141592653589793 * shape.radius * shape.radius * (2 * shape.halfHeight + (4 / 3) * shape.radius)
    case 'convex':
    case 'trimesh': {
      const flat = shape.type === 'convex' ? shape.points : shape.vertices
      const points = Array.from({ length: flat.length / 3 }, (_, i) => ({ x: flat[3 * i] ?? 0, y: flat[3 * i + 1] ?? 0, z: flat[3 * i + 2] ?? 0 }))
      return shape.type === 'convex' ? (hulls.hull(points)?.volume ?? 0) : Math.abs(volumeOf(points, shape.indices))
    }
  }
}

function densityOf(hulls: HullMaker, { colliders, mass }: Found): number {
  const volume = colliders.reduce((sum, collider) => sum + colliderVolume(hulls, collider), 0)
  if (mass === undefined || !(volume > 0)) return DENSITY_DEFAULT
  return Math.fround(Math.min(Math.max(mass / volume, DENSITY.min), DENSITY.max))
}

/** A name for what the simulation refused, in a modeller's words. */
function refuse(colliders: readonly Collider[], reason: string): never {
  const count = colliders.length
  if (count > COLLIDERS_MAX) {
    throw new Rejected({ rule: 'COLLIDERS_MAX', where: '', value: count, limit: COLLIDERS_MAX, message: `the object has ${count} colliders; ${COLLIDERS_MAX} are allowed: merge some, or leave them out and let them be fitted` })
  }
  const at = colliders.findIndex((collider) => !isTaken(collider))
  throw new Rejected({ rule: 'COLLIDER_INVALID', where: `collider ${at}`, value: colliders[at]?.shape.type ?? reason, limit: null, message: `a collider cannot be used (${reason}): its size must lie between 0.1 mm and 100 m, and a hull must have a volume` })
}

/** See FitObject in storage/ingest/types.ts. */
export const fitObject = (async (document: Document, omi: OmiPhysics, warn: Warn): Promise<ObjectFit> => {
  const hulls = await HullMaker.make()
  try {
    const found = omiColliders(hulls, omi, warn) ?? suffixColliders(hulls, document, warn) ?? fitted(hulls, document)
    const prop = {
      motion: found.motion,
      density: densityOf(hulls, found),
      friction: Math.fround(found.friction ?? FRICTION_DEFAULT),
      restitution: Math.fround(found.restitution ?? RESTITUTION_DEFAULT),
      color: colorOf(document),
    }
    const reason = checkProp({ name: 'object', colliders: found.colliders, ...prop })
    if (reason) refuse(found.colliders, reason)
    return { colliders: found.colliders, prop }
  } finally {
    hulls.free()
  }
}) satisfies FitObject
