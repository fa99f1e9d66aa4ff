/**
 * The map from humanoid bones to nodes: from VRM 1.0, from VRM 0.x, or from a map of names; never guessed from names.
 * Sources: VRMC_vrm-1.0 humanoid.md (bones, required bones, hierarchy), VRM 0.0 humanBones.
 */
import { isObject, type JsonObject } from '../../../sim/json.ts'
import type { Node } from '@gltf-transform/core'
import { BONE_PARENTS, BONES, type Bone } from '../../../sim/types.ts'
import { Rejected, type Rejection, type Warn } from '../../types.ts'
import { determinant } from '../node-frame.ts'

/** Bones that a humanoid must have; all others are optional. */
export const REQUIRED_BONES = [
  'hips',
  'spine',
  'head',
  'leftUpperArm',
  'leftLowerArm',
  'leftHand',
  'rightUpperArm',
  'rightLowerArm',
  'rightHand',
  'leftUpperLeg',
  'leftLowerLeg',
  'leftFoot',
  'rightUpperLeg',
  'rightLowerLeg',
  'rightFoot',
] as const satisfies readonly Bone[]

const FINGERS = ['Thumb', 'Index', 'Middle', 'Ring', 'Little'] as const
const PARTS = { Thumb: ['Metacarpal', 'Proximal', 'Distal'] } as const
const BOTH = ['left', 'right'] as const

/** Parents of the bones of VRM 1.0 beyond the simulation's 18. */
const EXTRA_PARENTS: ReadonlyMap<string, string> = new Map([
  ['jaw', 'head'],
  ...BOTH.flatMap((side): [string, string][] => [
    [`${side}Eye`, 'head'],
    [`${side}Shoulder`, 'upperChest'],
    [`${side}Toes`, `${side}Foot`],
    ...FINGERS.flatMap((finger) => {
      const parts = finger === 'Thumb' ? PARTS.Thumb : (['Proximal', 'Intermediate', 'Distal'] as const)
      return parts.map((part, i): [string, string] => [
        `${side}${finger}${part}`,
        i === 0 ? `${side}Hand` : `${side}${finger}${parts[i - 1] ?? ''}`,
      ])
    }),
  ]),
])

const indexOfBone = (bone: string): number => (BONES as readonly string[]).indexOf(bone)

/** A bone's parent; null for the hips and for an unknown name. */
export const parentOfBone = (bone: string): string | null =>
  EXTRA_PARENTS.get(bone) ?? BONES[BONE_PARENTS[indexOfBone(bone)] ?? -1] ?? null

const isBone = (name: string): boolean => indexOfBone(name) >= 0 || EXTRA_PARENTS.has(name)

/** VRM 0.x names the thumb's bones one segment lower than VRM 1.0. */
const fromVrm0 = (bone: string): string =>
  bone.replace(/ThumbProximal$/, 'ThumbMetacarpal').replace(/ThumbIntermediate$/, 'ThumbProximal')

const inside = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce((v, key) => (isObject(v) ? v[key] : undefined), value)

const fault = (
  rule: string,
  where: string,
  value: number | string | null,
  limit: number | string | null,
  message: string,
): Rejection => ({ rule, where, value, limit, message })

/** Converts names to indices of nodes. Refuses a name that no node or more than one has. */
function byName(json: unknown, names: JsonObject, where: string): Map<string, number> {
  const nodes = inside(json, 'nodes')
  const list: readonly unknown[] = Array.isArray(nodes) ? nodes : []
  const found = new Map<string, number>()
  for (const bone of Object.keys(names).toSorted()) {
    const name = names[bone]
    const at = list.flatMap((node, i) => (inside(node, 'name') === name ? [i] : []))
    const [first] = at
    if (typeof name !== 'string' || first === undefined || at.length > 1) {
      const what = `${at.length === 0 ? 'no node' : `${at.length} nodes`} called ${JSON.stringify(name)}`
      throw new Rejected(
        fault(
          'HUMANOID_NODE',
          `${where}/${bone}`,
          typeof name === 'string' ? name : null,
          'the name of one node',
          `the map has an entry for ${bone}, but there is ${what}: write the node's name as in the file`,
        ),
      )
    }
    found.set(bone, first)
  }
  return found
}

/**
 * Index of the node (in the uploaded file) by VRM 1.0 bone: from `names` {bone: node name} if given, otherwise from the
 * file: VRMC_vrm, VRM, or `asset.extras.otherworld.humanoid` {bone: node name}. Empty without any. Throws Rejected.
 */
export function readHumanoid(json: unknown, names?: Readonly<Record<string, string>>): ReadonlyMap<string, number> {
  if (names) return byName(json, names, 'humanoid')
  const vrm1 = inside(json, 'extensions', 'VRMC_vrm', 'humanoid', 'humanBones')
  const vrm0 = inside(json, 'extensions', 'VRM', 'humanoid', 'humanBones')
  const extras = inside(json, 'asset', 'extras', 'otherworld', 'humanoid')
  const entries: (readonly [unknown, unknown])[] = isObject(vrm1)
    ? Object.entries(vrm1).map(([bone, value]) => [bone, inside(value, 'node')])
    : Array.isArray(vrm0)
      ? vrm0.map((value) => [inside(value, 'bone'), inside(value, 'node')])
      : []
  if (entries.length === 0)
    return isObject(extras) ? byName(json, extras, '/asset/extras/otherworld/humanoid') : new Map()
  const found = new Map<string, number>()
  for (const [bone, node] of entries) {
    if (typeof bone === 'string' && typeof node === 'number' && Number.isInteger(node) && node >= 0)
      found.set(isObject(vrm1) ? bone : fromVrm0(bone), node)
  }
  return found
}

const isAbove = (above: Node, node: Node): boolean => {
  for (let n = node.getParentNode(); n; n = n.getParentNode()) if (n === above) return true
  return false
}

/**
 * Throws Rejected if the map is not a humanoid: required bones missing, a node used twice, children above parents, or
 * mirrored.
 */
export function checkHumanoid(humanoid: ReadonlyMap<string, Node>, warn: Warn): void {
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
  const users = new Map<Node, string>()
  for (const [bone, node] of humanoid) {
    const other = users.get(node)
    if (!isBone(bone))
      warn({ rule: 'HUMANOID_BONE_UNKNOWN', where: bone, message: `${bone} is not a bone of VRM 1.0; it is ignored` })
    else if (other)
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
          `${bone} ("${node.getName()}") must be below ${above} ("${parent.getName()}") in the node tree`,
        ),
      )
    }
  }
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
  if (faults.length > 0) throw new Rejected(...faults)
}
