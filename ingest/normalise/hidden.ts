/**
 * Removes the meshes of hidden nodes. Source: KHR_node_visibility, which hides a node and everything below it; Godot
 * writes it for nodes that are not visible.
 */
import { extensionOf, listOf, objectsOf, without, type JsonObject } from '../json.ts'
import type { Warn } from '../types.ts'

/** Nodes that are hidden, or below a hidden one. The nodes are a tree of bounded depth. */
function hiddenNodes(nodes: readonly JsonObject[]): ReadonlySet<unknown> {
  const hidden = new Set<unknown>()
  const hide = (index: unknown): void => {
    if (hidden.has(index)) return
    hidden.add(index)
    for (const child of listOf(nodes[Number(index)]?.['children'])) hide(child)
  }
  for (const [i, node] of nodes.entries()) if (extensionOf(node, 'KHR_node_visibility')?.['visible'] === false) hide(i)
  return hidden
}

/** The nodes without the meshes of hidden ones. The nodes themselves stay: they may be joints, or have colliders. */
export function withoutHidden(json: JsonObject, warn: Warn): JsonObject[] {
  const nodes = objectsOf(json, 'nodes')
  const hidden = hiddenNodes(nodes)
  const meshes = nodes.flatMap((node, i) => (hidden.has(i) && node['mesh'] !== undefined ? [i] : []))
  if (meshes.length === 0) return nodes
  warn({
    rule: 'HIDDEN_DROPPED',
    where: `/nodes/${meshes[0]}`,
    message: `${meshes.length === 1 ? 'A hidden mesh is' : `${meshes.length} hidden meshes are`} left out: neither drawn nor fitted. Make hidden parts visible and export again if you want them.`,
  })
  return nodes.map((node, i) => (hidden.has(i) ? without(without(without(node, 'mesh'), 'skin'), 'weights') : node))
}
