/** Meshes of the shapes that are not round: hulls and static meshes. */
import { BufferGeometry, Float32BufferAttribute, Vector3 } from 'three'
import { ConvexGeometry } from 'three/addons/geometries/ConvexGeometry.js'
import type { Shape } from '../../sim/types.ts'

export type FacetedShape = Extract<Shape, { type: 'convex' | 'trimesh' }>

/** Points of a flat x y z list; an incomplete last point is ignored. */
function pointsOf(flat: readonly number[]): Vector3[] {
  const out: Vector3[] = []
  for (let i = 0; i + 2 < flat.length; i += 3) out.push(new Vector3(flat[i], flat[i + 1], flat[i + 2]))
  return out
}

/** Triangles of a shape with flat normals, at scale 1. Empty if the points have no hull. */
export function facetedGeometry(shape: FacetedShape): BufferGeometry {
  if (shape.type === 'convex') {
    try {
      return new ConvexGeometry(pointsOf(shape.points))
    } catch {
      // three cannot build this hull. The server refuses such points; a missing mesh must not break the page.
      return new BufferGeometry()
    }
  }
  const indexed = new BufferGeometry()
  indexed.setAttribute('position', new Float32BufferAttribute([...shape.vertices], 3))
  indexed.setIndex([...shape.indices])
  const flat = indexed.toNonIndexed()
  flat.computeVertexNormals()
  return flat
}

/** One geometry for each distinct shape. */
export class GeometryCache {
  readonly #byShape = new WeakMap<FacetedShape, BufferGeometry>()
  readonly #byKey = new Map<string, BufferGeometry>()

  get(shape: FacetedShape): BufferGeometry {
    const known = this.#byShape.get(shape)
    if (known) return known
    const key =
      shape.type === 'convex' ? `c${shape.points.join()}` : `t${shape.vertices.join()};${shape.indices.join()}`
    let geometry = this.#byKey.get(key)
    if (!geometry) this.#byKey.set(key, (geometry = facetedGeometry(shape)))
    this.#byShape.set(shape, geometry)
    return geometry
  }
}
