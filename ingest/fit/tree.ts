/** Questions about a node tree. */
import type { Node } from '@gltf-transform/core'

/** True if `above` is an ancestor of `node`. */
export function isAbove(above: Node, node: Node): boolean {
  return node !== above && nearestNode(node.getParentNode(), new Set([above])) === above
}

/** The node itself or its nearest ancestor that is one of `among`. */
export function nearestNode(node: Node | null, among: ReadonlySet<Node>): Node | null {
  for (let n = node; n; n = n.getParentNode()) if (among.has(n)) return n
  return null
}
