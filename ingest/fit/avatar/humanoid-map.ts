/** Reads a map from bones to nodes that a person wrote: by the node's name, its path, or its index. */
import { isObject, listOf, type JsonObject } from '../../json.ts'
import { clipped } from '../../text.ts'
import { Rejected, type Rejection } from '../../types.ts'

/** Nodes that a message lists. */
const LISTED_MAX = 5

interface Tree {
  readonly names: readonly (string | null)[]
  readonly parents: ReadonlyMap<unknown, number>
}

function treeOf(json: unknown): Tree {
  const nodes = isObject(json) ? listOf(json['nodes']) : []
  const parents = new Map<unknown, number>()
  for (const [i, node] of nodes.entries())
    if (isObject(node)) for (const child of listOf(node['children'])) parents.set(child, i)
  return {
    names: nodes.map((node) => (isObject(node) && typeof node['name'] === 'string' ? node['name'] : null)),
    parents,
  }
}

/** The names from the root to a node, e.g. "Armature/Hips/Spine". Ends at a loop. */
function pathOf({ names, parents }: Tree, index: number): string {
  const path: string[] = []
  const seen = new Set<number>()
  for (let at: number | undefined = index; at !== undefined && !seen.has(at); at = parents.get(at)) {
    seen.add(at)
    path.unshift(names[at] ?? '')
  }
  return path.join('/')
}

/** Nodes that an entry may mean: those of the name; else those whose path ends so; else the one of an index "#12". */
function candidates(tree: Tree, entry: string): number[] {
  const where = (fits: (index: number) => boolean): number[] => [...tree.names.keys()].filter(fits)
  const named = where((i) => tree.names[i] === entry)
  if (named.length > 0) return named
  const below = entry.includes('/') ? where((i) => `/${pathOf(tree, i)}`.endsWith(`/${entry.replace(/^\//, '')}`)) : []
  if (below.length > 0) return below
  const index = /^#(\d{1,6})$/.exec(entry)?.[1]
  return index !== undefined && Number(index) < tree.names.length ? [Number(index)] : []
}

function adviceFor(tree: Tree, entry: string, found: readonly number[]): string {
  const quoted = JSON.stringify(clipped(entry))
  if (found.length === 0)
    return `no node is called ${quoted}. Write the node's name as in the file, its path ("Armature/Hips"), or its index ("#12").`
  const paths = found.map((i) => pathOf(tree, i))
  const isClear = new Set(paths).size === paths.length
  const listed = found
    .slice(0, LISTED_MAX)
    .map((i, k) => (isClear ? JSON.stringify(clipped(paths[k] ?? '')) : `"#${i}" (${clipped(paths[k] ?? '')})`))
  return `${found.length} nodes are called ${quoted}. Write ${listed.slice(0, -1).join(', ')} or ${listed.at(-1) ?? ''} instead${found.length > LISTED_MAX ? ', or one of the others' : ''}.`
}

/** Index of the node by bone. `where`: the place of the map. Throws Rejected with every wrong entry. */
export function nodesOfMap(json: unknown, map: JsonObject, where: string): Map<string, number> {
  const tree = treeOf(json)
  const found = new Map<string, number>()
  const faults: Rejection[] = []
  for (const bone of Object.keys(map).toSorted()) {
    const entry = map[bone]
    const at = typeof entry === 'string' ? candidates(tree, entry) : []
    const [first] = at
    if (first !== undefined && at.length === 1) {
      found.set(bone, first)
      continue
    }
    faults.push({
      rule: 'HUMANOID_NODE',
      where: `${where}/${bone}`,
      value: typeof entry === 'string' ? clipped(entry) : null,
      limit: 'the name, path or index of one node',
      message: `The map names ${typeof entry === 'string' ? JSON.stringify(clipped(entry)) : 'no node'} as ${bone}, but ${typeof entry === 'string' ? adviceFor(tree, entry, at) : 'an entry is a text: the name of a node.'}`,
    })
  }
  if (faults.length > 0) throw new Rejected(...faults)
  return found
}
