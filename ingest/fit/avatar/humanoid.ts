/**
 * The map from humanoid bones to nodes that a file or its uploader gives: VRM 1.0, VRM 0.x, or a map of names. Sources:
 * VRMC_vrm-1.0 humanoid.md (bones, required bones, hierarchy), VRM 0.0 humanBones.
 */
import { isObject, listOf } from '../../json.ts'
import type { Document, Node } from '@gltf-transform/core'
import { Rejected, type Rejection, type Warn } from '../../types.ts'
import { determinant } from '../node-frame.ts'
import { isAbove } from '../tree.ts'
import { isBone, parentOfBone, REQUIRED_BONES } from './bones.ts'
import { nodesOfMap } from './humanoid-map.ts'
import { deformingJoints } from './names/attach.ts'

/** VRM 0.x names the thumb's bones one segment lower than VRM 1.0. */
const fromVrm0 = (bone: string): string =>
  bone.replace(/ThumbProximal$/, 'ThumbMetacarpal').replace(/ThumbIntermediate$/, 'ThumbProximal')

const inside = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((v, key) => (isObject(v) ? v[key] : undefined), value)

const nodesIn = (json: unknown): readonly unknown[] => listOf(inside(json, 'nodes'))

const fault = (
  rule: string,
  where: string,
  value: number | string | null,
  limit: number | string | null,
  message: string,
): Rejection => ({ rule, where, value, limit, message })

/** For each node (by index) whether it is below another one. */
function belowOf(json: unknown): (node: number, above: number) => boolean {
  const parents = new Map<unknown, number>()
  for (const [i, node] of nodesIn(json).entries())
    for (const child of listOf(inside(node, 'children'))) parents.set(child, i)
  return (node, above) => {
    for (let at = parents.get(node); at !== undefined; at = parents.get(at)) if (at === above) return true
    return false
  }
}

const hangsFrom = (bone: string, above: string): boolean => {
  for (let at = parentOfBone(bone); at !== null; at = parentOfBone(at)) if (at === above) return true
  return false
}

/**
 * One node for each bone of VRM 0.x, whose list can name a bone twice: the node above the most bones that hang from it,
 * and among equals the last, as three-vrm reads it.
 */
function onePerBone(
  json: unknown,
  named: ReadonlyMap<string, readonly number[]>,
  warn: Warn,
): ReadonlyMap<string, number> {
  const isBelow = belowOf(json)
  const found = new Map<string, number>()
  for (const [bone, nodes] of named) {
    const below = (node: number): number =>
      [...named].filter(
        ([other, [only = -1, more]]) => more === undefined && hangsFrom(other, bone) && isBelow(only, node),
      ).length
    const node = nodes.reduce((best, next) => (below(next) >= below(best) ? next : best))
    found.set(bone, node)
    if (nodes.every((one) => one === node)) continue
    const titles = nodes.map((one) => JSON.stringify(inside(nodesIn(json)[one], 'name') ?? `node ${one}`))
    warn({
      rule: 'HUMANOID_BONE_TWICE',
      where: bone,
      message: `the VRM file names ${nodes.length} nodes as ${bone}: ${titles.join(', ')}. ${titles[nodes.lastIndexOf(node)]} is used, because most bones are below it. Choose one in the VRM exporter.`,
    })
  }
  return found
}

/**
 * Index of the node (in the uploaded file) by VRM 1.0 bone: from `names` {bone: node} if given, otherwise from the
 * file: VRMC_vrm, VRM, or `asset.extras.otherworld.humanoid` {bone: node name}. Empty without any. Throws Rejected.
 */
export function readHumanoid(
  json: unknown,
  names?: Readonly<Record<string, string>>,
  warn: Warn = () => undefined,
): ReadonlyMap<string, number> {
  if (names) return nodesOfMap(json, names, 'humanoid')
  const vrm1 = inside(json, 'extensions', 'VRMC_vrm', 'humanoid', 'humanBones')
  const vrm0 = inside(json, 'extensions', 'VRM', 'humanoid', 'humanBones')
  const extras = inside(json, 'asset', 'extras', 'otherworld', 'humanoid')
  const entries: (readonly [unknown, unknown])[] = isObject(vrm1)
    ? Object.entries(vrm1).map(([bone, value]) => [bone, inside(value, 'node')])
    : Array.isArray(vrm0)
      ? vrm0.map((value) => [inside(value, 'bone'), inside(value, 'node')])
      : []
  if (entries.length === 0)
    return isObject(extras) ? nodesOfMap(json, extras, '/asset/extras/otherworld/humanoid') : new Map()
  const found = new Map<string, number[]>()
  for (const [bone, node] of entries) {
    if (typeof bone !== 'string' || typeof node !== 'number' || !Number.isInteger(node) || node < 0) continue
    const name = isObject(vrm1) ? bone : fromVrm0(bone)
    found.set(name, [...(found.get(name) ?? []), node])
  }
  return onePerBone(json, found, warn)
}

/**
 * Why a map is not a humanoid: required bones missing, a node used twice, children above parents, or mirrored. Empty if
 * it is one.
 */
export function humanoidFaults(document: Document, humanoid: ReadonlyMap<string, Node>): readonly Rejection[] {
  return [
    ...missingBones(humanoid),
    ...sharedNodes(humanoid),
    ...wrongOrder(humanoid, deformingJoints(document)),
    ...mirrored(humanoid),
  ]
}

/** Throws Rejected if the map is not a humanoid. */
export function checkHumanoid(document: Document, humanoid: ReadonlyMap<string, Node>, warn: Warn): void {
  for (const bone of humanoid.keys())
    if (!isBone(bone))
      warn({ rule: 'HUMANOID_BONE_UNKNOWN', where: bone, message: `${bone} is not a bone of VRM 1.0; it is ignored` })
  const faults = humanoidFaults(document, humanoid)
  if (faults.length > 0) throw new Rejected(...faults)
}

function missingBones(humanoid: ReadonlyMap<string, Node>): Rejection[] {
  const faults: Rejection[] = []
  for (const bone of REQUIRED_BONES) {
    if (!humanoid.has(bone))
      faults.push(
        fault(
          'HUMANOID_BONE_MISSING',
          bone,
          null,
          'a node',
          `a humanoid needs ${bone}: name its node in the map, or in the VRM export`,
        ),
      )
  }
  return faults
}

function sharedNodes(humanoid: ReadonlyMap<string, Node>): Rejection[] {
  const faults: Rejection[] = []
  const users = new Map<Node, string>()
  for (const [bone, node] of humanoid) {
    const other = users.get(node)
    if (!isBone(bone)) continue
    if (other)
      faults.push(
        fault(
          'HUMANOID_NODE_TWICE',
          bone,
          node.getName(),
          'a node of its own',
          `${other} and ${bone} are the same node "${node.getName()}": give each bone a node of its own`,
        ),
      )
    else users.set(node, bone)
  }
  return faults
}

/** Advice if one of the nodes moves no vertices, although other joints do. */
function controlAdvice(nodes: readonly Node[], deforming: ReadonlySet<Node>): string {
  const [control] = deforming.size === 0 ? [] : nodes.filter((node) => !deforming.has(node))
  return control
    ? `. "${control.getName()}" moves no vertices, so it seems to be a control bone (such as a target of inverse kinematics): name the bone that moves the mesh instead`
    : ''
}

function wrongOrder(humanoid: ReadonlyMap<string, Node>, deforming: ReadonlySet<Node>): Rejection[] {
  const faults: Rejection[] = []
  for (const [bone, node] of humanoid) {
    let above = parentOfBone(bone)
    while (above && !humanoid.has(above)) above = parentOfBone(above)
    const parent = above && humanoid.get(above)
    if (above && parent && parent !== node && !isAbove(parent, node)) {
      faults.push(
        fault(
          'HUMANOID_ORDER',
          bone,
          node.getName(),
          parent.getName(),
          `${bone} ("${node.getName()}") must be below ${above} ("${parent.getName()}") in the node tree${controlAdvice([node, parent], deforming)}`,
        ),
      )
    }
  }
  return faults
}

function mirrored(humanoid: ReadonlyMap<string, Node>): Rejection[] {
  const faults: Rejection[] = []
  for (const [bone, node] of humanoid) {
    if (determinant(node.getWorldMatrix()) > 0) continue
    faults.push(
      fault(
        'HUMANOID_MIRRORED',
        bone,
        node.getName(),
        'a scale above zero',
        `"${node.getName()}" (${bone}) or a node above it has a negative or no scale, so its bones cannot be turned: apply the scale in the modelling program`,
      ),
    )
  }
  return faults
}
