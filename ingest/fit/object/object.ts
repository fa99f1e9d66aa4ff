/**
 * Fits an object's colliders: those of the file (OMI_physics_shape and OMI_physics_body; else nodes with the suffixes
 * of Godot's importer), else shapes fitted to its meshes: primitives, hulls, compounds of hulls.
 */
import type { Document, Node } from '@gltf-transform/core'
import { COLLIDERS_MAX, type Collider, type Vec3 } from '../../../sim/index.ts'
import { propRadius } from '../../../sim/props/extent.ts'
import { clamp, IDENTITY } from '../../../sim/maths/maths.ts'
import { RANGES } from '../../../sim/limits/ranges.ts'
import { massOf } from '../../../sim/props/solid.ts'
import type { FitObject, ObjectFit, OmiPhysics, Warn } from '../../types.ts'
import { colorOf } from './color.ts'
import { decompose, exactHull, hullCollider, volumeOfCollider, type FoundColliders } from './colliders.ts'
import { frameOf } from '../node-frame.ts'
import { BALL_RADIUS_METRES } from '../../limits.ts'
import { HullMaker } from './hulls.ts'
import { omiColliders } from './omi.ts'
import { boxCollider, placed, recognised } from './primitives.ts'
import { voxelise } from './voxelise.ts'
import { checkSpawnable, warnOfBuilders, type Places } from './spawnable.ts'
import { suffixColliders } from './godot-suffixes.ts'
import { boundsOf, nodesOf, surfaceOf, type Surface } from '../surface.ts'
import { isThin, thickened } from './thicken.ts'
import { plural } from '../../../http-contract/plural.ts'

/** kg/m³ of objects without a mass: between wood (500) and water (1000). */
export const DENSITY_DEFAULT = 700
const FRICTION_DEFAULT = 0.6
const RESTITUTION_DEFAULT = 0.1
/** Factor that keeps a mass at the edge of its range within it after rounding to 32 bits. */
const MARGIN = 1.000001
/** A mesh that fills this share of its convex hull gets its hull. */
const HULL_FILL = 0.9
const CELLS = 64

/** The scene's axes. */
const SCENE = { position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY }

interface Part {
  readonly node: Node
  readonly surface: Surface
}

const used = ({ points, triangles }: Surface): Vec3[] => [...new Set(triangles)].flatMap((i) => points[i] ?? [])

function enclosed(surface: Surface): number {
  const solid = voxelise(surface, CELLS)
  return solid.count * solid.cell * solid.cell * solid.cell
}

/**
 * A single collider if it suffices: a primitive, a hull, a box around a sheet; null if the part is hollow or branched.
 */
function simple(hulls: HullMaker, { node, surface }: Part): Collider | null {
  const points = used(surface)
  const frame = frameOf(node)
  const hull = hulls.hull(points)
  if (!hull) return boxCollider(points, frame)
  const volume = enclosed(surface)
  const primitive = recognised(points, frame, volume)
  if (primitive) return primitive
  const exact = exactHull(hulls, hull)
  // A part this thin has no cells to decompose: it becomes one box or hull, thickened.
  const isSheet = !exact || isThin(exact)
  return isSheet || volume >= HULL_FILL * hull.volume ? hullCollider(hulls, hull, points, frame) : null
}

/** False if all points coincide, or if there are none. */
function hasExtent(points: readonly Vec3[]): boolean {
  const { min, max } = boundsOf(points)
  return max.x > min.x || max.y > min.y || max.z > min.z
}

/**
 * The collider of an object without triangles: a box around its points and lines, or a ball on the ground if they have
 * no extent.
 */
function standIn(points: readonly Vec3[]): Collider {
  const radius = Math.fround(BALL_RADIUS_METRES)
  return hasExtent(points)
    ? boxCollider(points, SCENE)
    : placed({ type: 'sphere', radius }, { x: 0, y: radius, z: 0 }, SCENE.rotation)
}

/** Fits colliders to the meshes: a part for each node with a mesh, or all as one part if there are too many. */
function fitted(hulls: HullMaker, document: Document): FoundColliders {
  const nodes = nodesOf(document).filter((node) => node.getMesh())
  const [first] = nodes
  const all = nodes
    .map((node): Part => ({ node, surface: surfaceOf([node]) }))
    .filter(({ surface }) => surface.triangles.length > 0 && hasExtent(surface.points))
  if (!first || all.length === 0) return { colliders: [standIn(surfaceOf(nodes).points)], motion: 'dynamic' }
  const parts = all.length <= COLLIDERS_MAX ? all : [{ node: first, surface: surfaceOf(nodes) }]
  const ones = parts.map((part) => simple(hulls, part))
  const hollow = ones.filter((one) => one === null).length
  const each = Math.floor((COLLIDERS_MAX - (parts.length - hollow)) / Math.max(hollow, 1))
  return {
    colliders: parts.flatMap(({ surface }, i) => ones[i] ?? decompose(hulls, surface, Math.max(each, 1))),
    motion: 'dynamic',
  }
}

/** Properties of a prop that do not matter while its colliders are measured. */
const UNSAID = { name: '', density: 1, friction: 0, restitution: 0, color: 0 } as const

/** kg/m³. A mass from the file is kept. Otherwise the usual density applies, or the nearest possible one. */
function densityOf(hulls: HullMaker, { colliders, mass, massAt, motion }: FoundColliders, warn: Warn): number {
  const volume = colliders.reduce((sum, collider) => sum + volumeOfCollider(hulls, collider), 0)
  const usual = mass !== undefined && volume > 0 ? mass / volume : DENSITY_DEFAULT
  if (massAt !== undefined) return Math.fround(usual)
  const counted = massOf({ ...UNSAID, motion, colliders }, 1)
  const [lightest, heaviest] =
    motion === 'dynamic' && counted > 0
      ? [(RANGES.mass.min / counted) * MARGIN, RANGES.mass.max / counted / MARGIN]
      : [0, Infinity]
  const density = Math.fround(clamp(clamp(usual, lightest, heaviest), RANGES.density.min, RANGES.density.max))
  if (density !== Math.fround(usual))
    warn({
      rule: 'DENSITY_CHOSEN',
      where: '',
      message: `the object has ${density} instead of ${usual} kg/m³, so that a realm can hold its mass`,
    })
  return density
}

/** Thickens and enlarges colliders from meshes as far as necessary, with a warning. */
function largeEnough(hulls: HullMaker, { colliders, stated }: FoundColliders, warn: Warn): readonly Collider[] {
  const isFixed = (collider: Collider): boolean => stated?.has(collider) === true
  const thick = colliders.map((collider) => (isFixed(collider) ? collider : thickened(hulls, collider)))
  const thin = thick.filter((collider, i) => collider !== colliders[i]).length
  if (thin > 0)
    warn({
      rule: 'COLLIDER_THICKENED',
      where: '',
      message: `${thin} of ${plural(thick.length, 'collider')} ${thin === 1 ? 'is' : 'are'} thicker than the mesh: each is at least ${2 * RANGES.scaledExtent.min} m thick, and a ${RANGES.slenderness.max}th of its length`,
    })
  const radius = Math.fround(RANGES.scaledRadius.min)
  const [first] = thick
  if (!first || isFixed(first) || propRadius(thick) >= radius) return thick
  return [{ ...first, shape: { type: 'sphere', radius } }]
}

/** The place of each collider in the file; for a fitted one, its number. */
const placesOf = ({ colliders, stated, massAt }: FoundColliders): Places => ({
  colliders: colliders.map((collider, i) => stated?.get(collider) ?? `collider ${i}`),
  mass: massAt ?? '',
})

/** See FitObject in ingest/types.ts. */
export const fitObject = (async (document: Document, omi: OmiPhysics, warn: Warn): Promise<ObjectFit> => {
  const hulls = await HullMaker.load()
  try {
    const found = omiColliders(hulls, omi, warn) ?? suffixColliders(hulls, document, warn) ?? fitted(hulls, document)
    const colliders = largeEnough(hulls, found, warn)
    const prop = {
      motion: found.motion,
      density: densityOf(hulls, { ...found, colliders }, warn),
      friction: Math.fround(found.friction ?? FRICTION_DEFAULT),
      restitution: Math.fround(found.restitution ?? RESTITUTION_DEFAULT),
      color: colorOf(document),
    }
    const [spec, places] = [{ name: 'object', colliders, ...prop }, placesOf(found)]
    checkSpawnable(spec, places)
    warnOfBuilders(spec, places, warn)
    return { colliders, prop }
  } finally {
    hulls.free()
  }
}) satisfies FitObject
