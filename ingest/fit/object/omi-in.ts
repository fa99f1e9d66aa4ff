/** Where a file says its physics: OMI_physics_shape and OMI_physics_body, or the archived OMI_collider, brought to the same form. */
import { isObject } from '../../../sim/json.ts'
import type { Mesh, Node } from '@gltf-transform/core'
import type { OmiPhysics } from '../../types.ts'

const inside = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((v, key) => (isObject(v) ? v[key] : undefined), value)
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The shape as one of the newer extension; the archived one writes lengths beside the type, full heights, and hulls. */
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

/** The archived extension on a node, as a collider or trigger of the newer one. */
function archivedBody(collider: unknown, shapes: readonly unknown[]): unknown {
  const index = inside(collider, 'collider')
  const isTrigger = typeof index === 'number' && inside(shapes[index], 'isTrigger') === true
  return isTrigger ? { trigger: { shape: index } } : { collider: { shape: index } }
}

/**
 * What a file says of its physics. `json`: as uploaded; `nodes`, `meshes`: the document's, in the file's order, as they
 * were read. Nothing in it is checked but its place.
 */
export function readOmi(json: unknown, nodes: readonly Node[], meshes: readonly Mesh[]): OmiPhysics {
  const newer = list(inside(json, 'extensions', 'OMI_physics_shape', 'shapes'))
  const archived = list(inside(json, 'extensions', 'OMI_collider', 'colliders')).map(fromArchived)
  const shapes = newer.length > 0 ? newer : archived
  const bodies = new Map<Node, unknown>()
  list(inside(json, 'nodes')).forEach((said, i) => {
    const node = nodes[i]
    const body = inside(said, 'extensions', 'OMI_physics_body')
    const collider = newer.length > 0 ? undefined : inside(said, 'extensions', 'OMI_collider')
    if (node && body !== undefined) bodies.set(node, body)
    else if (node && collider !== undefined) bodies.set(node, archivedBody(collider, archived))
  })
  return { shapes, bodies, meshes, materials: list(inside(json, 'extensions', 'OMI_physics_body', 'physicsMaterials')) }
}

/** Meshes that shapes name, which no node may draw. */
export const shapeMeshes = ({ shapes, meshes }: OmiPhysics): Mesh[] =>
  shapes.flatMap((shape) => ['convex', 'trimesh'].flatMap((type) => meshes[Number(inside(shape, type, 'mesh'))] ?? []))
