/** Checks that nodes form trees of bounded depth: a cycle would never end, and a deep tree would overflow the stack. */
import { refuseUpload } from './advice.ts'
import { countOf, listOf, objectsOf, type JsonObject } from '../json.ts'
import { CHECK_LIMITS } from '../limits.ts'

const NO_PARENT = -1

/** Parent of each node. The validator reports missing children. Throws Rejected if a node has two parents. */
function parentsOf(nodes: readonly JsonObject[]): Int32Array {
  const parents = new Int32Array(nodes.length).fill(NO_PARENT)
  for (const [i, node] of nodes.entries()) {
    for (const [k, value] of listOf(node['children']).entries()) {
      const child = countOf(value)
      if (child === null || child >= nodes.length) continue
      if (child === i) refuseUpload('NODE_LOOP', `/nodes/${i}`, 'This node is its own child.', i)
      const parent = parents[child] ?? NO_PARENT
      if (parent !== NO_PARENT)
        refuseUpload(
          'NODE_PARENT_OVERRIDE',
          `/nodes/${i}/children/${k}`,
          `Node ${child} has two parents, ${parent} and ${i}; nodes must form a tree.`,
          child,
        )
      parents[child] = i
    }
  }
  return parents
}

/** Throws Rejected. */
export function checkNodes(json: JsonObject): void {
  const nodes = objectsOf(json, 'nodes')
  const parents = parentsOf(nodes)
  const depths = new Int32Array(nodes.length)
  for (let i = 0; i < nodes.length; i++) {
    const path: number[] = []
    let at = i
    while (at !== NO_PARENT && depths[at] === 0) {
      path.push(at)
      // A path longer than the number of nodes contains a cycle.
      if (path.length > nodes.length)
        refuseUpload('NODE_LOOP', `/nodes/${i}`, 'This node is among its own descendants.', i)
      at = parents[at] ?? NO_PARENT
    }
    let depth = at === NO_PARENT ? 0 : (depths[at] ?? 0)
    for (const node of path.toReversed()) {
      depth += 1
      if (depth > CHECK_LIMITS.nodeDepth)
        refuseUpload(
          'NODE_DEPTH',
          `/nodes/${node}`,
          `Nodes are nested deeper than ${CHECK_LIMITS.nodeDepth} levels.`,
          depth,
          CHECK_LIMITS.nodeDepth,
        )
      depths[node] = depth
    }
  }
}
