import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { checkVrm } from './checked.ts'
import type { GltfJson } from './json.ts'

const NAMES = ['VRM', 'VRMC_vrm', 'VRMC_springBone']
/** Keys of VRM data, so that drawn JSON reaches what is below them. */
const KEYS = [
  'humanoid',
  'humanBones',
  'expressions',
  'preset',
  'blink',
  'morphTargetBinds',
  'materialColorBinds',
  'targetValue',
  'lookAt',
  'springs',
  'joints',
  'node',
  'colliders',
  'colliderGroups',
  'shape',
  'sphere',
  'radius',
  'offset',
  'secondaryAnimation',
  'boneGroups',
  'bones',
  'center',
  'blendShapeMaster',
  'blendShapeGroups',
  'presetName',
  'binds',
  'materialProperties',
  'floatProperties',
  'textureProperties',
  'constraint',
  'aim',
  'source',
  'index',
]
const leaf = fc.oneof(
  fc.integer({ min: -2, max: 6 }),
  fc.constantFrom<unknown>(null, true, 'blink', 1e308, -1e308, 0.5, '', 'aim'),
)
const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 7, withCrossShrink: true },
    leaf,
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('data'), { maxKeys: 8 }),
  ),
}))

const numbersIn = (value: unknown): number[] =>
  typeof value === 'number'
    ? [value]
    : typeof value === 'object' && value
      ? Object.values(value).flatMap(numbersIn)
      : []

test.prop([fc.dictionary(fc.constantFrom(...NAMES), data), data, data])(
  'whatever a file has as VRM data, its copy has finite numbers in range and nodes that exist',
  (extensions, material, node) => {
    const json: GltfJson = {
      extensions,
      nodes: [{ mesh: 0, extensions: { VRMC_node_constraint: node } }, { children: [0] }, {}],
      meshes: [{ primitives: [{ targets: [{}, {}] }] }],
      materials: [{ extensions: { VRMC_materials_mtoon: material } }],
      textures: [{}],
    }
    checkVrm(json)
    for (const number of numbersIn([json.extensions, json.nodes, json.materials]))
      expect(Math.abs(number)).toBeLessThanOrEqual(5_000)
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      const { node: index, source } = value as { readonly node?: unknown; readonly source?: unknown }
      for (const each of [index, source]) if (typeof each === 'number') expect([-1, 0, 1, 2]).toContain(each)
      Object.values(value).forEach(walk)
    }
    walk(json.extensions)
  },
)
