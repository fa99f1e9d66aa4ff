/**
 * Reads colliders from the suffixes of nodes' names, as Godot's importer does: `-col` (mesh) and `-convcol` (hull)
 * beside the visible mesh; `-colonly` and `-convcolonly` for invisible nodes. Source: Godot manual, "Node type
 * customization using name suffixes".
 */
import type { Document, Node } from '@gltf-transform/core'
import type { Warn } from '../../types.ts'
import { hullCollider, trimeshCollider, type FoundColliders } from './colliders.ts'
import type { HullMaker } from './hulls.ts'
import { nodesOf, surfaceOf } from '../surface.ts'

/** The suffix, whatever number an exporter or the ingest has appended. */
const SUFFIX = /[-_$](conv)?col(only)?(?:[._-]?\d+)?$/i

const suffixOf = (node: Node): { readonly isHull: boolean; readonly isOnly: boolean } | null => {
  const match = SUFFIX.exec(node.getName())
  return match && { isHull: match[1] !== undefined, isOnly: match[2] !== undefined }
}

/** Nodes whose mesh is only a collider: the ingest removes their meshes. */
export const collisionOnlyNodes = (document: Document): Node[] =>
  nodesOf(document).filter((node) => node.getMesh() && suffixOf(node)?.isOnly === true)

/** Colliders of nodes with such suffixes, or null without any. A mesh cannot move, so with one the object is static. */
export function suffixColliders(hulls: HullMaker, document: Document, warn: Warn): FoundColliders | null {
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
