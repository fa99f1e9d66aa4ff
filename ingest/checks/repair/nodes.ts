/** Repairs of scenes, nodes and skins. */
import { countOf, extensionOf, listOf, objectOf } from '../../json.ts'
import {
  declare,
  elementsOf,
  entriesOf,
  placeOf,
  removeMembers,
  type Draft,
  type Entry,
  type RepairStep,
} from './draft.ts'

/** Lists whose elements are references; a second one means nothing. */
const isReferenceList = (pointer: string): boolean =>
  /^\/(?:scenes\/\d+\/nodes|nodes\/\d+\/children|extensionsUsed|extensionsRequired)\/\d+$/.test(pointer)

/** Removes repeated references. The joints of a skin stay, because vertices count them. */
export const dropDuplicates: RepairStep = ({ json }, findings) => {
  for (const { where } of findings.filter((one) => isReferenceList(one.where))) {
    const list = placeOf(json, where)?.holder
    if (Array.isArray(list)) list.splice(0, list.length, ...new Set<unknown>(list))
  }
}

/**
 * Makes the nodes of scenes roots: a node below another node of the scene is left out of the list, any other is taken
 * from its parent, which the scene does not show. Loaders do the same.
 */
export const rootScenes: RepairStep = ({ json }) => {
  const nodes = entriesOf(json, 'nodes')
  const parentOf = (child: unknown): number => nodes.findIndex((node) => listOf(node['children']).includes(child))
  for (const scene of entriesOf(json, 'scenes')) {
    const listed = new Set(listOf(scene['nodes']))
    const isShown = (node: unknown): boolean => {
      for (let at = parentOf(node); at >= 0; at = parentOf(at)) if (listed.has(at)) return true
      return false
    }
    scene['nodes'] = [...listed].filter((node) => !isShown(node))
    for (const node of listOf(scene['nodes'])) {
      const parent = nodes[parentOf(node)]
      if (!parent) continue
      parent['children'] = listOf(parent['children']).filter((child) => child !== node)
      if (listOf(parent['children']).length === 0) delete parent['children']
    }
  }
}

/** Removes the hint which node is a skin's root. */
export const dropSkeletons: RepairStep = ({ json }) => {
  for (const skin of entriesOf(json, 'skins')) delete skin['skeleton']
}

/** Deviation from length 1 that counts as rounding or blending. */
const LENGTH_TOLERANCE = 0.1

/** A quaternion scaled to length 1; null if its length is not about 1. */
export function unitQuaternion(parts: readonly number[]): number[] | null {
  const length = Math.sqrt(parts.reduce((sum, part) => sum + part * part, 0))
  return Math.abs(length - 1) <= LENGTH_TOLERANCE ? parts.map((part) => part / length) : null
}

export const unitRotations: RepairStep = ({ json }) => {
  for (const node of entriesOf(json, 'nodes')) {
    const unit = unitQuaternion(listOf(node['rotation']).map(Number))
    if (unit) node['rotation'] = unit
  }
}

const targetsOf = (mesh: Entry | undefined): number =>
  listOf(entriesOf(mesh ?? {}, 'primitives')[0]?.['targets']).length

/** Gives each list of weights as many entries as its mesh has morph targets. */
export const countWeights: RepairStep = ({ json }) => {
  const meshes = entriesOf(json, 'meshes')
  const settle = (holder: Entry, count: number): void => {
    if (!Array.isArray(holder['weights'])) return
    if (count === 0) delete holder['weights']
    else holder['weights'] = Array.from({ length: count }, (_, i) => listOf(holder['weights'])[i] ?? 0)
  }
  for (const mesh of meshes) settle(mesh, targetsOf(mesh))
  for (const node of entriesOf(json, 'nodes')) settle(node, targetsOf(meshes[countOf(node['mesh']) ?? -1]))
}

const hasJoints = (mesh: Entry | undefined): boolean =>
  entriesOf(mesh ?? {}, 'primitives').some((primitive) => objectOf(primitive['attributes'])['JOINTS_0'] !== undefined)

/** Removes the skin of nodes whose mesh is not weighted to bones. */
export const dropIdleSkins: RepairStep = ({ json }) => {
  const meshes = entriesOf(json, 'meshes')
  for (const node of entriesOf(json, 'nodes'))
    if (node['skin'] !== undefined && !hasJoints(meshes[countOf(node['mesh']) ?? -1])) delete node['skin']
}

/** Largest deviation of a matrix's last row that is rounding. */
const ROW_TOLERANCE = 1e-3

/** Sets the last row of inverse bind matrices to 0, 0, 0, 1 if it is about that. */
export const settleBindMatrices: RepairStep = (draft) => {
  for (const skin of entriesOf(draft.json, 'skins')) {
    const matrices = elementsOf(draft, skin['inverseBindMatrices'])
    if (matrices?.size !== 16 || !matrices.isFloat) continue
    for (let i = 0; i < matrices.count; i++)
      for (const [cell, value] of [
        [3, 0],
        [7, 0],
        [11, 0],
        [15, 1],
      ] as const)
        if (Math.abs(matrices.get(i, cell) - value) <= ROW_TOLERANCE) matrices.set(i, cell, value)
  }
}

/** Members that may be left out: an index of -1 in them means "none". */
const OPTIONAL_INDICES = new Set([
  'bufferView',
  'camera',
  'indices',
  'inverseBindMatrices',
  'material',
  'mesh',
  'sampler',
  'scene',
  'skeleton',
  'skin',
  'source',
])

/** Removes optional references of -1. */
export const dropMinusOnes: RepairStep = (draft, findings) => {
  const isNone = (pointer: string): boolean => {
    const place = placeOf(draft.json, pointer)
    return (
      place !== null &&
      !Array.isArray(place.holder) &&
      place.holder[place.key] === -1 &&
      OPTIONAL_INDICES.has(place.key)
    )
  }
  removeMembers(draft, findings.map(({ where }) => where).filter(isNone))
}

const LISTS =
  /^\/(?:accessors|animations|bufferViews|buffers|cameras|images|materials|meshes|nodes|samplers|scenes|skins|textures|extensionsUsed|extensionsRequired)$/
const OPTIONAL = /\/(?:children|extensions|targets|weights|nodes)$/

/** Removes empty lists and objects that may be left out, and animations of nothing. */
export const dropEmpty: RepairStep = (draft, findings) => {
  const { json } = draft
  const pointers = findings.map(({ where }) => where)
  const isIdle = (_: unknown, i: number): boolean =>
    pointers.includes(`/animations/${i}/channels`) || pointers.includes(`/animations/${i}/samplers`)
  const animations = entriesOf(json, 'animations')
  const kept = animations.filter((one, i) => !isIdle(one, i))
  removeMembers(
    draft,
    pointers.filter((pointer) => LISTS.test(pointer) || OPTIONAL.test(pointer)),
  )
  if (kept.length < animations.length) json['animations'] = kept
  if (animations.length > 0 && kept.length === 0) delete json['animations']
}

/** Removes members that need another one: a skin or weights without a mesh, an offset without data. */
export const dropDependants: RepairStep = (draft, findings) => {
  removeMembers(
    draft,
    findings.map(({ where }) => where).filter((where) => /\/(?:skin|weights|byteOffset)$/.test(where)),
  )
  if (findings.some(({ where }) => where === '/extensionsRequired'))
    for (const name of listOf(draft.json['extensionsRequired'])) if (typeof name === 'string') declare(draft.json, name)
}

/** Adds the extensions that the file uses, but does not declare. */
export const declareExtensions: RepairStep = ({ json }, findings) => {
  for (const { where } of findings) {
    const name = /\/extensions\/([^/]+)$/.exec(where)?.[1]
    if (name !== undefined) declare(json, name)
  }
}

/** Removes required extensions that the file does not use. */
export const dropUnusedRequired: RepairStep = ({ json }) => {
  const used = new Set(listOf(json['extensionsUsed']))
  json['extensionsRequired'] = listOf(json['extensionsRequired']).filter((name) => used.has(name))
  if (listOf(json['extensionsRequired']).length === 0) delete json['extensionsRequired']
}

/** Removes what the validator points at: members that no client reads. */
export const dropMembers: RepairStep = (draft, findings) => {
  removeMembers(
    draft,
    findings.map(({ where }) => where),
  )
}

/** Removes cameras and lights: packages have none. */
export function dropCamerasAndLights({ json }: Draft): void {
  const lights = 'KHR_lights_punctual'
  delete json['cameras']
  for (const holder of [json, ...entriesOf(json, 'nodes')]) {
    delete holder['camera']
    if (!extensionOf(holder, lights)) continue
    const rest = Object.entries(objectOf(holder['extensions'])).filter(([name]) => name !== lights)
    if (rest.length > 0) holder['extensions'] = Object.fromEntries(rest)
    else delete holder['extensions']
  }
  for (const list of ['extensionsUsed', 'extensionsRequired']) {
    if (!Array.isArray(json[list])) continue
    json[list] = listOf(json[list]).filter((name) => name !== lights)
    if (listOf(json[list]).length === 0) delete json[list]
  }
}
