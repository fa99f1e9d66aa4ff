/**
 * Reads a file's physics: OMI_physics_shape and OMI_physics_body, or the archived OMI_collider, converted to the same
 * form.
 */
import { isObject } from '../../../sim/json.ts'
import type { Mesh, Node } from '@gltf-transform/core'
import type { OmiPhysics } from '../../types.ts'

const inside = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((v, key) => (isObject(v) ? v[key] : undefined), value)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/**
 * Converts an archived shape to the newer extension. The archived one has lengths beside the type, full heights, and
 * hulls.
 */
function fromArchived(collider: unknown): unknown {
  if (!isObject(collider)) return collider
  const { type, mesh, size, radius, height, isTrigger } = collider
  const shape =
    type === 'hull'
      ? { type: 'convex', convex: { mesh } }
      : type === 'mesh' || type === 'trimesh'
        ? { type: 'trimesh', trimesh: { mesh } }
        : { type }
  const round = { radiusTop: radius ?? 0.5, radiusBottom: radius ?? 0.5 }
  const mid =
    typeof height === 'number' && typeof (radius ?? 0.5) === 'number'
      ? Math.max(height - 2 * Number(radius ?? 0.5), 0)
      : 1
  return {
    ...shape,
    box: { size },
    sphere: radius === undefined ? {} : { radius },
    capsule: { height: mid, ...round },
    cylinder: { height: height ?? 2, ...round },
    isTrigger,
  }
}

/** Converts the archived extension of a node to a collider or trigger of the newer one. */
function archivedBody(collider: unknown, shapes: readonly unknown[]): unknown {
  const index = inside(collider, 'collider')
  const isTrigger = typeof index === 'number' && inside(shapes[index], 'isTrigger') === true
  return isTrigger ? { trigger: { shape: index } } : { collider: { shape: index } }
}

/**
 * The physics in a file. `json`: as uploaded; `nodes`, `meshes`: of the document, in the file's order, as they were
 * read. Only the places of values are checked.
 */
export function readOmi(json: unknown, nodes: readonly Node[], meshes: readonly Mesh[]): OmiPhysics {
  const newer = list(inside(json, 'extensions', 'OMI_physics_shape', 'shapes'))
  const archived = list(inside(json, 'extensions', 'OMI_collider', 'colliders')).map(fromArchived)
  const shapes = newer.length > 0 ? newer : archived
  const bodies = new Map<Node, unknown>()
  list(inside(json, 'nodes')).forEach((entry, i) => {
    const node = nodes[i]
    const body = inside(entry, 'extensions', 'OMI_physics_body')
    const collider = newer.length > 0 ? undefined : inside(entry, 'extensions', 'OMI_collider')
    if (node && body !== undefined) bodies.set(node, body)
    else if (node && collider !== undefined) bodies.set(node, archivedBody(collider, archived))
  })
  return { shapes, bodies, meshes, materials: list(inside(json, 'extensions', 'OMI_physics_body', 'physicsMaterials')) }
}

/** Meshes that shapes refer to, and that no node may draw. */
export const shapeMeshes = ({ shapes, meshes }: OmiPhysics): Mesh[] =>
  shapes.flatMap((shape) => ['convex', 'trimesh'].flatMap((type) => meshes[Number(inside(shape, type, 'mesh'))] ?? []))
