/**
 * Derives the armature of a node tree: the joints of skins and the humanoid nodes, each with the nearest joint above
 * it. The tree has priority (docs/decisions/0006-gltf-tree.md); the armature cannot be converted back.
 */
import type { Document, Node } from '@gltf-transform/core'
import type { Quat } from '../sim/index.ts'
import type { PackageJoint } from '../packages/manifest.ts'
import { jointsOf } from './fit/avatar/avatar.ts'
import { nodesOf } from './fit/surface.ts'

interface ArmatureNames {
  /** Node by VRM 1.0 bone name. */
  readonly humanoid?: ReadonlyMap<string, Node>
  readonly rest?: ReadonlyMap<Node, Quat>
  /** The node's name in the upload; without it, its current name. */
  readonly uploaded?: ReadonlyMap<Node, string>
}

/** Joints in the order of the tree; null if nothing is skinned and no humanoid is named. */
export function armatureOf(
  document: Document,
  { humanoid = new Map<string, Node>(), rest, uploaded }: ArmatureNames = {},
): PackageJoint[] | null {
  const bones = new Map([...humanoid].map(([bone, node]) => [node, bone]))
  const joints = new Set([...jointsOf(document), ...bones.keys()])
  if (joints.size === 0) return null
  return nodesOf(document)
    .filter((node) => joints.has(node))
    .map((node): PackageJoint => {
      let above = node.getParentNode()
      while (above && !joints.has(above)) above = above.getParentNode()
      const [bone, turned] = [bones.get(node), rest?.get(node)]
      return {
        joint: node.getName(),
        parent: above?.getName() ?? null,
        name: uploaded?.get(node) ?? node.getName(),
        ...(bone === undefined ? {} : { humanoid: bone }),
        ...(turned === undefined ? {} : { rest: turned }),
      }
    })
}
