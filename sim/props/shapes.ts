/** Converts prop specs to Rapier's colliders: checks, scaling, collision groups. */
import { computedDesc, RAPIER, type ColliderDesc } from '../engine.ts'
import { propRadius } from './extent.ts'
import { isFiniteNumber, length, scaled } from '../maths/maths.ts'
import { inRange, RANGES } from '../limits/ranges.ts'
import { leastExtent, massOf, needleness, solidOf } from './solid.ts'
import type { Collider, PropSpec, Quat, RejectReason, Shape, Vec3 } from '../types.ts'

const GROUP = { world: 1, dynamic: 2, bone: 4, capsule: 8 } as const
/** Rapier's format: memberships in the high half, filter in the low one. */
const groups = (member: number, filter: number): number => ((member << 16) | filter) >>> 0

/** Collision groups: membership and filter. */
export const Groups = {
  world: groups(GROUP.world, GROUP.dynamic | GROUP.capsule),
  dynamic: groups(GROUP.dynamic, GROUP.world | GROUP.dynamic | GROUP.bone | GROUP.capsule),
  /** A held or just released prop: avatars' bodies do not push it. */
  held: groups(GROUP.dynamic, GROUP.world | GROUP.dynamic),
  bone: groups(GROUP.bone, GROUP.dynamic),
  capsule: groups(GROUP.capsule, GROUP.dynamic),
  /** Groups that stop a walking avatar. */
  walking: groups(GROUP.capsule, GROUP.world),
} as const

export const COLLIDERS_MAX = 16
export const CONVEX_POINTS_MAX = 64
/** Vertices of a static mesh: a reasonable size for a realm file. */
export const TRIMESH_VERTICES_MAX = 65_536
export const SCALE_MIN = RANGES.scale.min
export const SCALE_MAX = RANGES.scale.max

export const isFiniteVec = (v: Vec3): boolean => isFiniteNumber(v.x) && isFiniteNumber(v.y) && isFiniteNumber(v.z)

/** True for a quaternion whose length is 1 within what 32-bit floats and quantisation lose. */
export const isUnitQuat = (q: Quat): boolean => inRange('quaternion', q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w)

/** True for a valid position: finite, and where 32-bit floats still resolve a millimetre. */
export const isPosition = ({ x, y, z }: Vec3): boolean =>
  inRange('position', x) && inRange('position', y) && inRange('position', z)

function checkTrimesh(vertices: readonly number[], indices: readonly number[]): RejectReason | null {
  const count = vertices.length / 3
  const isMesh =
    Number.isInteger(count) &&
    count >= 3 &&
    count <= TRIMESH_VERTICES_MAX &&
    indices.length % 3 === 0 &&
    indices.length >= 3 &&
    indices.length <= 6 * TRIMESH_VERTICES_MAX &&
    vertices.every((x) => inRange('point', x)) &&
    indices.every((i) => Number.isInteger(i) && i >= 0 && i < count)
  if (!isMesh) return 'invalid-value'
  return needleness(vertices, indices) <= NEEDLENESS_MAX ? null : 'degenerate-shape'
}

/** Largest ratio of a mesh triangle's longest edge to its height. A triangle without height has no normal. */
export const NEEDLENESS_MAX = 1e5

function checkNumbers(shape: Shape): RejectReason | null {
  const areExtents = (...extents: readonly number[]): RejectReason | null =>
    extents.every((x) => inRange('shapeExtent', x)) ? null : 'size-out-of-range'
  switch (shape.type) {
    case 'box':
      return areExtents(shape.halfExtents.x, shape.halfExtents.y, shape.halfExtents.z)
    case 'sphere':
      return areExtents(shape.radius)
    case 'capsule':
      return areExtents(shape.radius, shape.halfHeight)
    case 'convex': {
      const { points } = shape
      if (points.length % 3 !== 0 || points.length < 12 || points.length > 3 * CONVEX_POINTS_MAX) return 'invalid-value'
      return points.every((x) => inRange('point', x)) ? null : 'invalid-value'
    }
    case 'trimesh':
      return checkTrimesh(shape.vertices, shape.indices)
  }
}

/** Returns why a shape is invalid at every scale, or null. */
function checkShape(shape: Shape): RejectReason | null {
  const reason = checkNumbers(shape)
  if (reason) return reason
  const solid = solidOf(shape)
  return !solid || (solid.least > 0 && inRange('slenderness', solid.most / solid.least)) ? null : 'degenerate-shape'
}

/** Returns why a prop with this spec is invalid at every scale, or null. */
export function checkProp(spec: PropSpec): RejectReason | null {
  if (spec.colliders.length < 1 || spec.colliders.length > COLLIDERS_MAX) return 'invalid-value'
  if (
    !inRange('density', spec.density) ||
    !inRange('friction', spec.friction) ||
    !inRange('restitution', spec.restitution)
  )
    return 'invalid-value'
  if (!Number.isInteger(spec.color) || !inRange('color', spec.color)) return 'invalid-value'
  for (const collider of spec.colliders) {
    if (collider.shape.type === 'trimesh' && spec.motion !== 'static') return 'trimesh-not-static'
    if (!inRange('colliderOffset', length(collider.position)) || !isUnitQuat(collider.rotation)) return 'invalid-value'
    const reason = checkShape(collider.shape)
    if (reason) return reason
  }
  return null
}

/** Returns why a prop cannot have this scale, or null. The spec has been checked. */
export function checkScale(spec: PropSpec, scale: number): RejectReason | null {
  if (!isFiniteNumber(scale)) return 'invalid-value'
  if (!inRange('scale', scale) || !inRange('scaledRadius', propRadius(spec.colliders) * scale))
    return 'scale-out-of-range'
  const least = leastExtent(spec)
  if (least !== Infinity && !inRange('scaledExtent', least * scale)) return 'size-out-of-range'
  return spec.motion !== 'dynamic' || inRange('mass', massOf(spec, scale)) ? null : 'mass-out-of-range'
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
      return computedDesc(new RAPIER.ConvexPolyhedron(flat(shape.points)))
    case 'trimesh':
      return computedDesc(new RAPIER.TriMesh(flat(shape.vertices), Uint32Array.from(shape.indices)))
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

/** Collider descriptions at a scale, or null if the engine finds no hull. The spec has been checked. */
export function colliderDescs(spec: PropSpec, scale: number): ColliderDesc[] | null {
  const descs: ColliderDesc[] = []
  for (const collider of spec.colliders) {
    const desc = colliderDesc(spec, collider, scale)
    if (!desc) {
      // The engine's memory is not collected as garbage.
      for (const { shape } of descs) shape.intoRaw().free()
      return null
    }
    descs.push(desc)
  }
  return descs
}
