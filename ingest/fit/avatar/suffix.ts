/**
 * Colliders by the ends of nodes' names, as Godot's importer has them: `-col` (mesh), `-convcol` (hull) beside what is
 * seen, `-colonly` and `-convcolonly` for nodes that are not seen. Source: Godot manual, "Node type customization using
 * name suffixes".
 */
import type { Document, Node } from '@gltf-transform/core'
import type { Warn } from '../../types.ts'
import { hullCollider, trimeshCollider, type Found } from '../object/colliders.ts'
import type { HullMaker } from '../object/hulls.ts'
import { nodesOf, surfaceOf } from '../surface.ts'

/** The ending, whatever number an exporter or the ingest put behind it. */
const SUFFIX = /[-_$](conv)?col(only)?(?:[._-]?\d+)?$/i

const suffixOf = (node: Node): { readonly isHull: boolean; readonly isOnly: boolean } | null => {
  const match = SUFFIX.exec(node.getName())
  return match && { isHull: match[1] !== undefined, isOnly: match[2] !== undefined }
}

/** Nodes with a mesh that is a collider and not to be seen: the ingest takes their meshes out. */
export const collisionOnlyNodes = (document: Document): Node[] =>
  nodesOf(document).filter((node) => node.getMesh() && suffixOf(node)?.isOnly === true)

/** Colliders of nodes so named, or null where there are none. A mesh cannot move: with one the object is static. */
export function suffixColliders(hulls: HullMaker, document: Document, warn: Warn): Found | null {
  const named = nodesOf(document).flatMap((node) => {
    const suffix = node.getMesh() ? suffixOf(node) : null
    if (!suffix) return []
    const surface = surfaceOf([node])
    return surface.triangles.length > 0 ? [{ node, surface, ...suffix }] : []
  })
  if (named.length === 0) return null
  const isStatic = named.some(({ isHull }) => !isHull)
  if (isStatic) {
    const where = named.find(({ isHull }) => !isHull)?.node.getName() ?? ''
    warn({
      rule: 'COLLIDER_STATIC',
      where,
      message:
        'a node whose name ends in -col or -colonly is a mesh collider, which cannot move: the object is static; use -convcol to have it movable',
    })
  }
  const colliders = named.map(({ surface, isHull }) =>
    isHull ? hullCollider(hulls, hulls.hull(surface.points), surface.points) : trimeshCollider(surface),
  )
  return { colliders, motion: isStatic ? 'static' : 'dynamic' }
}
