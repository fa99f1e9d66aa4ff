/** Repairs of the vertices of meshes. */
import { countOf, listOf, objectOf } from '../../json.ts'
import { elementsOf, entriesOf, entryOf, primitivesOf, type Entry, type RepairStep } from './draft.ts'

/** Sets colours to the range 0 to 1. */
export const clampColors: RepairStep = (draft) => {
  for (const primitive of primitivesOf(draft))
    for (const [semantic, index] of Object.entries(objectOf(primitive['attributes']))) {
      const colors = semantic.startsWith('COLOR_') ? elementsOf(draft, index) : null
      if (!colors?.isFloat) continue
      for (let i = 0; i < colors.count; i++)
        for (let k = 0; k < colors.size; k++) colors.set(i, k, Math.min(1, Math.max(0, colors.get(i, k))))
    }
}

/** Lower weights are no rounding. */
const WEIGHT_MIN = -1e-3

/** Sets weights just below zero to zero. */
export const liftWeights: RepairStep = (draft) => {
  for (const primitive of primitivesOf(draft))
    for (const [semantic, index] of Object.entries(objectOf(primitive['attributes']))) {
      const weights = semantic.startsWith('WEIGHTS_') ? elementsOf(draft, index) : null
      if (!weights?.isFloat) continue
      for (let i = 0; i < weights.count; i++)
        for (let k = 0; k < weights.size; k++) {
          const weight = weights.get(i, k)
          if (weight < 0 && weight >= WEIGHT_MIN) weights.set(i, k, 0)
        }
    }
}

/** Lets joints that a skin does not have be its first joint, if their weight is zero. */
export const settleIdleJoints: RepairStep = (draft) => {
  const [meshes, skins] = [entriesOf(draft.json, 'meshes'), entriesOf(draft.json, 'skins')]
  for (const node of entriesOf(draft.json, 'nodes')) {
    const skin = skins[countOf(node['skin']) ?? -1]
    if (!skin) continue
    const count = listOf(skin['joints']).length
    for (const primitive of entriesOf(meshes[countOf(node['mesh']) ?? -1] ?? {}, 'primitives')) {
      const attributes = objectOf(primitive['attributes'])
      for (const semantic of Object.keys(attributes).filter((name) => name.startsWith('JOINTS_'))) {
        const joints = elementsOf(draft, attributes[semantic])
        const weights = elementsOf(draft, attributes[semantic.replace('JOINTS_', 'WEIGHTS_')])
        if (!joints || !weights) continue
        for (let i = 0; i < Math.min(joints.count, weights.count); i++)
          for (let k = 0; k < joints.size; k++)
            if (joints.get(i, k) >= count && weights.get(i, k) === 0) joints.set(i, k, 0)
      }
    }
  }
}

/** Names of the sets of one semantic, in the order of their numbers. */
const setsOf = (attributes: Entry, semantic: string): string[] =>
  Object.keys(attributes)
    .filter((name) => name.startsWith(`${semantic}_`) && /_\d+$/.test(name))
    .toSorted((a, b) => Number(a.split('_')[1]) - Number(b.split('_')[1]))

/**
 * Fills gaps in the numbers of texture coordinates with the next set, so that a texture finds the set that it names.
 * Colours after a gap are not drawn by clients, and are left out.
 */
export const closeGaps: RepairStep = (draft) => {
  for (const primitive of primitivesOf(draft)) {
    const attributes = entryOf(primitive, 'attributes')
    const maps = setsOf(attributes, 'TEXCOORD')
    const last = Number(maps.at(-1)?.split('_')[1] ?? -1)
    // Clients draw few sets; a name such as TEXCOORD_4000000 must cost nothing.
    if (last < 32)
      for (let set = last - 1; set >= 0; set--) attributes[`TEXCOORD_${set}`] ??= attributes[`TEXCOORD_${set + 1}`]
    for (const [i, name] of setsOf(attributes, 'COLOR').entries()) if (name !== `COLOR_${i}`) delete attributes[name]
  }
}

/** Removes the mark "normalized" from accessors of floats and 32-bit integers, which cannot have it. */
export const dropNormalized: RepairStep = ({ json }) => {
  for (const accessor of entriesOf(json, 'accessors'))
    if ([5125, 5126].includes(Number(accessor['componentType']))) delete accessor['normalized']
}
