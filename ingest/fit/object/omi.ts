/**
 * Reads colliders that a file contains. Sources: OMI_physics_shape and OMI_physics_body (omigroup/gltf-extensions). All
 * values are as uploaded, so each is checked.
 */
import { isObject, type JsonObject } from '../../../sim/json.ts'
import type { Mesh, Node } from '@gltf-transform/core'
import type { Collider, Motion, Shape, Vec3 } from '../../../sim/index.ts'
import { COLLIDERS_MAX } from '../../../sim/index.ts'
import { boundsOf } from '../../../sim/props/extent.ts'
import { cos, length, PI, sin, vec } from '../../../sim/maths/maths.ts'
import { inRange, RANGES } from '../../../sim/limits/ranges.ts'
import { Rejected, type OmiPhysics, type Warn } from '../../types.ts'
import { decompose, exactHull, hullCollider, trimeshCollider, type FoundColliders } from './colliders.ts'
import { frameOf, outOfFrame, transformed } from '../node-frame.ts'
import { HullMaker } from './hulls.ts'
import { boxCollider, placed } from './primitives.ts'
import type { Surface } from '../surface.ts'

const part = (value: unknown, key: string): JsonObject => {
  const found = isObject(value) ? value[key] : undefined
  return isObject(found) ? found : {}
}
const inside = (value: unknown, key: string): unknown => (isObject(value) ? value[key] : undefined)

function refuse(where: string, value: unknown, message: string, limit: string | null = null): never {
  throw new Rejected({
    rule: 'OMI_PHYSICS',
    where,
    value: typeof value === 'number' || typeof value === 'string' ? value : null,
    limit,
    message,
  })
}

/** Largest length in a file, metres. Its value at the node's scale is checked later (spawnable.ts). */
const LENGTH_MAX = 1e4
const LENGTHS = `0 to ${LENGTH_MAX} m`
const isLength = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= LENGTH_MAX

/** A length of a shape, or the extension's default. */
function metres(from: JsonObject, key: string, otherwise: number, where: string): number {
  const value = from[key] ?? otherwise
  if (isLength(value)) return value
  return refuse(`${where}/${key}`, value, `${key} must be a number of metres of at least 0`, LENGTHS)
}

const corner = (where: string, value: unknown): readonly number[] => {
  const list: readonly unknown[] = value === undefined ? [1, 1, 1] : Array.isArray(value) ? value : []
  const size = list.map((x) =>
    isLength(x) ? x : refuse(where, x, 'size must be three numbers of metres of at least 0', LENGTHS),
  )
  return size.length === 3 ? size : refuse(where, null, 'size must be three numbers of metres of at least 0', LENGTHS)
}

/** A shorter node axis leaves no size to a collider. */
const SCALE_MIN = 1e-6

/** Segments of a cylinder's circles: two circles are a hull's points. */
const SEGMENTS = 32

/** Rim points of a cylinder, or of a capsule with two radii. */
function rim(y: number, radius: number, segments = SEGMENTS): Vec3[] {
  if (radius <= 0) return [vec(0, y, 0)]
  return Array.from({ length: segments }, (_, i) =>
    vec(radius * cos((2 * PI * i) / segments), y, radius * sin((2 * PI * i) / segments)),
  )
}

function dome(y: number, radius: number, up: 1 | -1): Vec3[] {
  return [0, 0.45, 0.9]
    .flatMap((angle) => rim(y + up * radius * sin(angle), radius * cos(angle), 16))
    .concat(vec(0, y + up * radius, 0))
}

interface OmiReader {
  readonly hulls: HullMaker
  readonly omi: OmiPhysics
  readonly motion: Motion
  readonly warn: Warn
}

function meshSurface({ omi }: OmiReader, index: unknown, node: Node, where: string): Surface {
  const mesh: Mesh | undefined = typeof index === 'number' ? omi.meshes[index] : undefined
  if (!mesh) return refuse(where, index, 'the shape names a mesh that the file does not have')
  const matrix = node.getWorldMatrix()
  const points: Vec3[] = []
  const triangles: number[] = []
  for (const primitive of mesh.listPrimitives()) {
    const [positions, indices, base] = [primitive.getAttribute('POSITION'), primitive.getIndices(), points.length]
    const count = positions?.getCount() ?? 0
    for (let i = 0; i < count; i++) {
      const [x = 0, y = 0, z = 0] = positions?.getElement(i, []) ?? []
      points.push(transformed(matrix, x, y, z))
    }
    if (primitive.getMode() !== 4) continue
    const corners = indices?.getCount() ?? count
    for (let i = 0; i + 2 < corners; i += 3)
      for (let k = 0; k < 3; k++) triangles.push(base + (indices?.getScalar(i + k) ?? i + k))
  }
  return points.length >= 3 && triangles.length >= 3
    ? { points, triangles, carriers: [], areas: new Float64Array() }
    : refuse(where, null, 'the shape needs a mesh of triangles')
}

/** Lengths of a node's axes: OMI shapes are scaled by their nodes. */
function scaleOf(node: Node): Vec3 {
  const m = node.getWorldMatrix()
  const axis = (c: number): number => length(vec(m[c] ?? 0, m[c + 1] ?? 0, m[c + 2] ?? 0))
  return vec(axis(0), axis(4), axis(8))
}

function meshColliders(
  reading: OmiReader,
  shape: JsonObject,
  type: 'convex' | 'trimesh',
  node: Node,
  where: string,
): Collider[] {
  const { hulls, motion, warn } = reading
  const surface = meshSurface(reading, part(shape, type)['mesh'], node, `${where}/${type}/mesh`)
  if (type === 'convex') return [hullCollider(hulls, hulls.hull(surface.points), surface.points)]
  if (motion === 'static') return [trimeshCollider(surface)]
  warn({
    rule: 'OMI_TRIMESH_MOVES',
    where,
    message: 'a trimesh cannot move: the object gets convex hulls instead; make it static to keep the mesh',
  })
  return decompose(hulls, surface, COLLIDERS_MAX)
}

/** A hull of local points, placed like the node; a box, which is too thin to be accepted, if they have no volume. */
function turnedHull({ hulls }: OmiReader, node: Node, points: readonly Vec3[]): Collider {
  const matrix = node.getWorldMatrix()
  const inScene = points.map(({ x, y, z }) => transformed(matrix, x, y, z))
  return exactHull(hulls, hulls.hull(inScene)) ?? boxCollider(inScene, frameOf(node))
}

function colliderOf(reading: OmiReader, shape: JsonObject, node: Node, where: string): Collider[] {
  const frame = frameOf(node)
  const scale = scaleOf(node)
  const one = (made: Shape): Collider[] => [placed(made, outOfFrame(frame, vec(0, 0, 0)), frame.rotation)]
  const isEven = Math.abs(scale.x - scale.y) + Math.abs(scale.y - scale.z) < 1e-3 * scale.x
  switch (shape['type']) {
    case 'box': {
      const [x = 1, y = 1, z = 1] = corner(`${where}/box/size`, part(shape, 'box')['size'])
      return one({
        type: 'box',
        halfExtents: vec(
          Math.fround((x * scale.x) / 2),
          Math.fround((y * scale.y) / 2),
          Math.fround((z * scale.z) / 2),
        ),
      })
    }
    case 'sphere': {
      const radius = metres(part(shape, 'sphere'), 'radius', 0.5, `${where}/sphere`)
      return one({ type: 'sphere', radius: Math.fround(radius * Math.max(scale.x, scale.y, scale.z)) })
    }
    case 'capsule': {
      const body = part(shape, 'capsule')
      const [height, top, bottom] = [
        metres(body, 'height', 1, `${where}/capsule`),
        metres(body, 'radiusTop', 0.5, `${where}/capsule`),
        metres(body, 'radiusBottom', 0.5, `${where}/capsule`),
      ]
      if (top !== bottom || !isEven || top === 0)
        return [turnedHull(reading, node, [...dome(height / 2, top, 1), ...dome(-height / 2, bottom, -1)])]
      const radius = Math.fround(top * scale.x)
      return one(
        height > 0
          ? { type: 'capsule', halfHeight: Math.fround((height * scale.x) / 2), radius }
          : { type: 'sphere', radius },
      )
    }
    case 'cylinder': {
      const body = part(shape, 'cylinder')
      const [height, top, bottom] = [
        metres(body, 'height', 2, `${where}/cylinder`),
        metres(body, 'radiusTop', 0.5, `${where}/cylinder`),
        metres(body, 'radiusBottom', 0.5, `${where}/cylinder`),
      ]
      return [turnedHull(reading, node, [...rim(height / 2, top), ...rim(-height / 2, bottom)])]
    }
    case 'convex':
    case 'trimesh':
      return meshColliders(reading, shape, shape['type'], node, where)
    default:
      return refuse(`${where}/type`, shape['type'], 'a shape must be box, sphere, capsule, cylinder, convex or trimesh')
  }
}

/** Shapes that are given by a mesh instead of numbers. */
const FROM_MESHES: ReadonlySet<unknown> = new Set(['convex', 'trimesh'])

const MOTIONS: readonly unknown[] = ['static', 'kinematic', 'dynamic']

type OmiBody = Pick<FoundColliders, 'motion' | 'mass' | 'massAt'>

/**
 * The motion of the object: an object is one body, so the first moving node decides. Without motion OMI's colliders are
 * static.
 */
function motionOf({ bodies }: OmiPhysics, warn: Warn): OmiBody {
  const moving = [...bodies].filter(([, body]) => isObject(inside(body, 'motion')))
  const [first] = moving
  if (!first) return { motion: 'static' }
  const [node, body] = first
  const { type = 'dynamic', mass = 1 } = part(body, 'motion')
  if (moving.length > 1)
    warn({
      rule: 'OMI_ONE_BODY',
      where: node.getName(),
      message: `the file has ${moving.length} bodies; but an object is one body: all move as "${node.getName()}" does`,
    })
  if (!MOTIONS.includes(type))
    return refuse(`${node.getName()}/motion/type`, type, 'motion must be static, kinematic or dynamic')
  if (type !== 'dynamic') return { motion: type as Motion }
  const where = `${node.getName()}/motion/mass`
  if (typeof mass !== 'number' || !inRange('mass', mass))
    return refuse(
      where,
      mass,
      'mass must be a number of kilograms within the range of a realm',
      `${RANGES.mass.min} to ${RANGES.mass.max} kg`,
    )
  return { motion: type, mass, ...(inside(inside(body, 'motion'), 'mass') === undefined ? {} : { massAt: where }) }
}

function surfaceMaterial(omi: OmiPhysics, index: unknown): Pick<FoundColliders, 'friction' | 'restitution'> {
  const material = typeof index === 'number' ? omi.materials?.[index] : undefined
  if (!isObject(material)) return {}
  const number = (key: string, otherwise: number, most: number): number => {
    const value = material[key] ?? otherwise
    return typeof value === 'number' && value >= 0 ? Math.min(value, most) : otherwise
  }
  return {
    friction: number('dynamicFriction', 0.6, RANGES.friction.max),
    restitution: number('restitution', 0, RANGES.restitution.max),
  }
}

/** The colliders in the file, or null without any. Triggers are skipped. Throws Rejected. */
export function omiColliders(hulls: HullMaker, omi: OmiPhysics, warn: Warn): FoundColliders | null {
  const body = motionOf(omi, warn)
  const reading: OmiReader = { hulls, omi, motion: body.motion, warn }
  const colliders: Collider[] = []
  const stated = new Map<Collider, string>()
  let material: unknown
  for (const [node, entry] of omi.bodies) {
    if (inside(entry, 'trigger') !== undefined)
      warn({ rule: 'OMI_TRIGGER', where: node.getName(), message: 'triggers are not supported: it is ignored' })
    const index = part(entry, 'collider')['shape']
    if (index === undefined || index === -1) continue
    const { x, y, z } = scaleOf(node)
    if (!(Math.min(x, y, z) > SCALE_MIN)) {
      warn({
        rule: 'OMI_NO_SIZE',
        where: node.getName(),
        message: 'the collider has no size, because its node is scaled to 0: it is ignored',
      })
      continue
    }
    const [shape, where] = [
      typeof index === 'number' ? omi.shapes[index] : undefined,
      `/extensions/OMI_physics_shape/shapes/${JSON.stringify(index)}`,
    ]
    if (!isObject(shape)) return refuse(where, index, `"${node.getName()}" names a shape that the file does not have`)
    const made = colliderOf(reading, shape, node, where)
    colliders.push(...made)
    if (!FROM_MESHES.has(shape['type'])) for (const collider of made) stated.set(collider, where)
    material ??= part(entry, 'collider')['physicsMaterial']
  }
  return colliders.length === 0 ? null : { colliders, stated, ...body, ...surfaceMaterial(omi, material) }
}

/** The box around the file's own colliders in their present places; null without any. Throws Rejected. */
export async function omiBounds(omi: OmiPhysics): Promise<{ readonly min: Vec3; readonly max: Vec3 } | null> {
  const hulls = await HullMaker.load()
  try {
    const found = omiColliders(hulls, omi, () => {})
    if (!found) return null
    const { low, high } = boundsOf(found.colliders)
    return { min: low, max: high }
  } finally {
    hulls.free()
  }
}
