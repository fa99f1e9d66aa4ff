/** From prop specs to Rapier's colliders: checks, scaling, collision groups. */
import { RAPIER, type ColliderDesc } from './engine.ts'
import { abs, cross, dot, isFiniteNumber, length, scaled, sub } from './maths.ts'
import type { Collider, PropSpec, Quat, RejectReason, Shape, Vec3 } from './types.ts'

const GROUP = { world: 1, dynamic: 2, bone: 4, capsule: 8 } as const
/** Rapier's format: memberships in the high half, filter in the low one. */
const groups = (member: number, filter: number): number => ((member << 16) | filter) >>> 0

/** Who collides with whom. */
export const Groups = {
  world: groups(GROUP.world, GROUP.dynamic | GROUP.capsule),
  dynamic: groups(GROUP.dynamic, GROUP.world | GROUP.dynamic | GROUP.bone | GROUP.capsule),
  /** A held or just released prop: bodies of people do not push it. */
  held: groups(GROUP.dynamic, GROUP.world | GROUP.dynamic),
  bone: groups(GROUP.bone, GROUP.dynamic),
  capsule: groups(GROUP.capsule, GROUP.dynamic),
  /** What stops a walking avatar. */
  walking: groups(GROUP.capsule, GROUP.world),
} as const

export const COLLIDERS_MAX = 16
export const CONVEX_POINTS_MAX = 64
/** Vertices of a static mesh: what a realm file may reasonably hold. */
export const TRIMESH_VERTICES_MAX = 65_536
export const SCALE_MIN = 0.05
export const SCALE_MAX = 20
/** Radius of a whole prop at its scale, metres: smaller ones the solver cannot hold, larger ones fill the realm. */
export const RADIUS_MIN = 0.002
export const RADIUS_MAX = 100
const DENSITY_MAX = 100_000

const positive = (x: number): boolean => isFiniteNumber(x) && x > 0 && x <= RADIUS_MAX
const within = (x: number, lo: number, hi: number): boolean => isFiniteNumber(x) && x >= lo && x <= hi
export const isFiniteVec = (v: Vec3): boolean => isFiniteNumber(v.x) && isFiniteNumber(v.y) && isFiniteNumber(v.z)

/** True for a quaternion whose length is 1 within what 32-bit floats and quantisation lose. */
export function isUnitQuat(q: Quat): boolean {
  const l = q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w
  return isFiniteNumber(l) && abs(l - 1) < 0.01
}

/** Points that span a volume: a tetrahedron of at least a thousandth of the extent cubed. */
function spansVolume(flat: readonly number[]): boolean {
  const points: Vec3[] = []
  for (let i = 0; i + 2 < flat.length; i += 3) points.push({ x: flat[i] ?? 0, y: flat[i + 1] ?? 0, z: flat[i + 2] ?? 0 })
  const origin = points[0]
  if (!origin) return false
  const farthest = (measure: (p: Vec3) => number): Vec3 =>
    points.reduce((best, p) => (measure(p) > measure(best) ? p : best), origin)
  const u = sub(farthest((p) => length(sub(p, origin))), origin)
  const extent = length(u)
  if (!(extent > 1e-3)) return false
  const v = sub(farthest((p) => length(cross(u, sub(p, origin)))), origin)
  const normal = cross(u, v)
  const w = sub(farthest((p) => abs(dot(normal, sub(p, origin)))), origin)
  return abs(dot(normal, w)) > 1e-3 * extent * extent * extent
}

function checkTrimesh(vertices: readonly number[], indices: readonly number[]): boolean {
  const count = vertices.length / 3
  return (
    Number.isInteger(count) && count >= 3 && count <= TRIMESH_VERTICES_MAX &&
    indices.length % 3 === 0 && indices.length >= 3 && indices.length <= 6 * TRIMESH_VERTICES_MAX &&
    vertices.every((x) => within(x, -RADIUS_MAX, RADIUS_MAX)) && indices.every((i) => Number.isInteger(i) && i >= 0 && i < count)
  )
}

function checkShape(shape: Shape): RejectReason | null {
  switch (shape.type) {
    case 'box':
      return positive(shape.halfExtents.x) && positive(shape.halfExtents.y) && positive(shape.halfExtents.z) ? null : 'invalid-value'
    case 'sphere':
      return positive(shape.radius) ? null : 'invalid-value'
    case 'capsule':
      return positive(shape.radius) && positive(shape.halfHeight) ? null : 'invalid-value'
    case 'convex': {
      const { points } = shape
      if (points.length % 3 !== 0 || points.length < 12 || points.length > 3 * CONVEX_POINTS_MAX) return 'invalid-value'
      if (!points.every((x) => within(x, -RADIUS_MAX, RADIUS_MAX))) return 'invalid-value'
      return spansVolume(points) ? null : 'degenerate-shape'
    }
    case 'trimesh':
      return checkTrimesh(shape.vertices, shape.indices) ? null : 'invalid-value'
  }
}

/** Why a prop of this make cannot be, or null. */
export function checkProp(spec: PropSpec): RejectReason | null {
  if (spec.colliders.length < 1 || spec.colliders.length > COLLIDERS_MAX) return 'invalid-value'
  if (!within(spec.density, 1e-3, DENSITY_MAX) || !within(spec.friction, 0, 10) || !within(spec.restitution, 0, 1)) return 'invalid-value'
  for (const collider of spec.colliders) {
    if (collider.shape.type === 'trimesh' && spec.motion !== 'static') return 'trimesh-not-static'
    if (!isFiniteVec(collider.position) || length(collider.position) > RADIUS_MAX || !isUnitQuat(collider.rotation)) return 'invalid-value'
    const reason = checkShape(collider.shape)
    if (reason) return reason
  }
  return null
}

function shapeDesc(shape: Shape, s: number): ColliderDesc | null {
  const flat = (numbers: readonly number[]): Float32Array => Float32Array.from(numbers, (x) => x * s)
  switch (shape.type) {
    case 'box':
      return RAPIER.ColliderDesc.cuboid(shape.halfExtents.x * s, shape.halfExtents.y * s, shape.halfExtents.z * s)
    case 'sphere':
      return RAPIER.ColliderDesc.ball(shape.radius * s)
    case 'capsule':
      return RAPIER.ColliderDesc.capsule(shape.halfHeight * s, shape.radius * s)
    case 'convex':
      return RAPIER.ColliderDesc.convexHull(flat(shape.points))
    case 'trimesh':
      return RAPIER.ColliderDesc.trimesh(flat(shape.vertices), Uint32Array.from(shape.indices))
  }
}

function colliderDesc(spec: PropSpec, { shape, position, rotation }: Collider, s: number): ColliderDesc | null {
  const desc = shapeDesc(shape, s)
  const p = scaled(position, s)
  return (
    desc
      ?.setTranslation(p.x, p.y, p.z)
      .setRotation(rotation)
      .setDensity(spec.density)
      .setFriction(spec.friction)
      .setRestitution(spec.restitution)
      .setCollisionGroups(spec.motion === 'dynamic' ? Groups.dynamic : Groups.world) ?? null
  )
}

/** Descriptions of all colliders at a scale, or null where the engine finds no hull. The spec is checked already. */
export function colliderDescs(spec: PropSpec, scale: number): ColliderDesc[] | null {
  const descs: ColliderDesc[] = []
  for (const collider of spec.colliders) {
    const desc = colliderDesc(spec, collider, scale)
    if (!desc) return null
    descs.push(desc)
  }
  return descs
}

