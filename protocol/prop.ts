/** Converts PropSpec between the wire and sim/types.ts. */
import type { Collider, Motion, PropSpec, Shape } from '../sim/types.ts'
import { finite, integer, label, list, present, quat, vec3 } from './check.ts'
import type { otherworld } from './generated/otherworld.js'
import {
  COLLIDERS_MAX,
  HULL_POINTS_MAX,
  HULL_POINTS_MIN,
  LABEL_BYTES_MAX,
  SERVER_MESSAGE_BYTES_MAX,
  TRIMESH_TRIANGLES_MAX,
  TRIMESH_VERTICES_MAX,
} from './limits.ts'
import { Invalid } from './result.ts'
import { layout } from './scan.ts'

const MOTIONS: readonly Motion[] = ['static', 'dynamic', 'kinematic']

const CONVEX = layout({ 1: { name: 'points', bytesMax: HULL_POINTS_MAX * 12, repeatsMax: HULL_POINTS_MAX * 3 } })
const TRIMESH = layout({
  1: { name: 'vertices', bytesMax: TRIMESH_VERTICES_MAX * 12, repeatsMax: TRIMESH_VERTICES_MAX * 3 },
  2: { name: 'indices', bytesMax: TRIMESH_TRIANGLES_MAX * 15, repeatsMax: TRIMESH_TRIANGLES_MAX * 3 },
})
const COLLIDER = layout({
  4: { name: 'convex', bytesMax: HULL_POINTS_MAX * 16, layout: CONVEX },
  5: { name: 'trimesh', bytesMax: SERVER_MESSAGE_BYTES_MAX, layout: TRIMESH },
})
export const PROP_LAYOUT = layout({
  1: { name: 'name', bytesMax: LABEL_BYTES_MAX },
  3: { name: 'colliders', bytesMax: SERVER_MESSAGE_BYTES_MAX, repeatsMax: COLLIDERS_MAX, layout: COLLIDER },
})

function wireShape(shape: Shape): otherworld.Collider.$Properties {
  switch (shape.type) {
    case 'box':
      return { box: shape }
    case 'sphere':
      return { sphere: shape }
    case 'capsule':
      return { capsule: shape }
    case 'convex':
      return { convex: { points: [...shape.points] } }
    case 'trimesh':
      return { trimesh: { vertices: [...shape.vertices], indices: [...shape.indices] } }
  }
}

export function toWireProp(prop: PropSpec): otherworld.PropSpec.$Properties {
  const colliders = prop.colliders.map(({ shape, position, rotation }) => ({ ...wireShape(shape), position, rotation }))
  return { ...prop, motion: MOTIONS.indexOf(prop.motion), colliders }
}

const readFinite = (value: number): number => finite(value, '')

/** Flat coordinates of `min` to `max` points. */
function points(values: readonly number[] | null | undefined, where: string, min: number, max: number): number[] {
  const out = list(values, where, min * 3, max * 3, readFinite)
  if (out.length % 3 !== 0)
    throw new Invalid('out-of-range', where, `has ${out.length} numbers; expected three for each point`)
  return out
}

function readTrimesh({ vertices, indices }: otherworld.Trimesh.$Properties): Shape {
  const coordinates = points(vertices, 'shape.vertices', 3, TRIMESH_VERTICES_MAX)
  const corners = list(indices, 'shape.indices', 3, TRIMESH_TRIANGLES_MAX * 3, (index) =>
    integer(index, '', 0, coordinates.length / 3 - 1),
  )
  if (corners.length % 3 !== 0)
    throw new Invalid(
      'out-of-range',
      'shape.indices',
      `has ${corners.length} numbers; expected three for each triangle`,
    )
  return { type: 'trimesh', vertices: coordinates, indices: corners }
}

function readShape(wire: otherworld.Collider): Shape {
  switch (wire.shape) {
    case 'box':
      return { type: 'box', halfExtents: vec3(wire.box?.halfExtents, 'shape.halfExtents') }
    case 'sphere':
      return { type: 'sphere', radius: finite(wire.sphere?.radius, 'shape.radius') }
    case 'capsule':
      return {
        type: 'capsule',
        halfHeight: finite(wire.capsule?.halfHeight, 'shape.halfHeight'),
        radius: finite(wire.capsule?.radius, 'shape.radius'),
      }
    case 'convex':
      return { type: 'convex', points: points(wire.convex?.points, 'shape.points', HULL_POINTS_MIN, HULL_POINTS_MAX) }
    case 'trimesh':
      return readTrimesh(present(wire.trimesh, 'shape'))
    default:
      throw new Invalid('missing', 'shape', 'is missing or of a kind that this version does not know')
  }
}

function readCollider(wire: otherworld.Collider.$Properties): Collider {
  return {
    shape: readShape(wire as otherworld.Collider),
    position: vec3(wire.position, 'position'),
    rotation: quat(wire.rotation, 'rotation'),
  }
}

export function fromWireProp(wire: otherworld.PropSpec.$Properties): PropSpec {
  const motion = MOTIONS[wire.motion ?? 0]
  if (motion === undefined)
    throw new Invalid('out-of-range', 'motion', `is ${wire.motion}; expected 0 (static), 1 (dynamic) or 2 (kinematic)`)
  return {
    name: label(wire.name, 'name'),
    motion,
    colliders: list(wire.colliders, 'colliders', 1, COLLIDERS_MAX, readCollider),
    density: finite(wire.density, 'density'),
    friction: finite(wire.friction, 'friction'),
    restitution: finite(wire.restitution, 'restitution'),
    color: integer(wire.color, 'color', 0, 0xffffff),
  }
}
