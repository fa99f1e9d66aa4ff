import { describe, expect, test } from 'vitest'
import { PREFLIGHT_ADVICE } from '../preflight/advice.ts'
import { ADVICE } from './advice.ts'
import { floats, glbWith, shorts, textured, type Json } from '../glb.fixture.ts'
import { ingest } from '../ingest.ts'
import { accessors, text, alone, withAccessors, mesh, float, uv, moving, hung, wholly } from './odd.fixture.ts'

const indices = (componentType: number, count: number): Json => ({
  bufferView: 2,
  componentType,
  count,
  type: 'SCALAR',
})

/** Files with one error each. The rejection has the validator's code and pointer. */
const INVALID: readonly (readonly [rule: string, where: string, make: () => Uint8Array])[] = [
  ['UNDEFINED_PROPERTY', '/', () => text({ nodes: [{}] })],
  ['UNDEFINED_PROPERTY', '/asset', () => text({ asset: {} })],
  ['PATTERN_MISMATCH', '/asset/version', () => text({ asset: { version: 'two' } })],
  ['UNKNOWN_ASSET_MAJOR_VERSION', '/asset/version', () => text({ asset: { version: '3.0' } })],
  [
    'ASSET_MIN_VERSION_GREATER_THAN_VERSION',
    '/asset/minVersion',
    () => text({ asset: { version: '2.0', minVersion: '2.1' } }),
  ],
  ['TYPE_MISMATCH', '/nodes/0/name', () => alone({ nodes: [{ name: 1 }] })],
  ['INVALID_INDEX', '/nodes/0/children/0', () => alone({ nodes: [{ children: ['a'] }] })],
  ['ARRAY_LENGTH_NOT_IN_LIST', '/nodes/0/scale', () => alone({ nodes: [{ scale: [1, 1] }] })],
  ['UNRESOLVED_REFERENCE', '/scene', () => alone({ scene: 4, scenes: [{}] })],
  ['UNRESOLVED_REFERENCE', '/nodes/0/mesh', () => glbWith({ nodes: [{ mesh: 9 }] })],
  ['NODE_LOOP', '/nodes/0', () => alone({ nodes: [{ children: [1] }, { children: [0] }] })],
  ['NODE_PARENT_OVERRIDE', '/nodes/1/children/0', () => alone({ nodes: [{ children: [2] }, { children: [2] }, {}] })],
  [
    'NODE_MATRIX_TRS',
    '/nodes/0/matrix',
    () => glbWith({ nodes: [{ mesh: 0, matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1], scale: [1, 1, 1] }] }),
  ],
  [
    'NODE_MATRIX_NON_TRS',
    '/nodes/0/matrix',
    () => glbWith({ nodes: [{ mesh: 0, matrix: [1, 0.5, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] }] }),
  ],
  ['ROTATION_NON_UNIT', '/nodes/0/rotation', () => glbWith({ nodes: [{ mesh: 0, rotation: [1, 1, 0, 0] }] })],
  [
    'SKIN_NO_COMMON_ROOT',
    '/skins/0/joints',
    () =>
      hung(new Uint8Array(16), wholly, {
        nodes: [{ mesh: 0, skin: 0 }, {}, {}],
        scenes: [{ nodes: [0, 1, 2] }],
        skins: [{ joints: [1, 2] }],
      }),
  ],
  [
    'ACCESSOR_JOINTS_INDEX_OOB',
    '/meshes/0/primitives/0/attributes/JOINTS_0',
    () => hung(Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), wholly),
  ],
  [
    'ACCESSOR_WEIGHTS_NEGATIVE',
    '/meshes/0/primitives/0/attributes/WEIGHTS_0',
    () => hung(new Uint8Array(16), floats(2, -1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)),
  ],
  [
    'ACCESSOR_INVALID_FLOAT',
    '/accessors/2',
    () =>
      withAccessors(
        [float(4, 'VEC2', 2)],
        mesh({ attributes: { POSITION: 0, TEXCOORD_0: 2 } }),
        floats(0, Number.NaN, 0, 0, 0, 0, 0, 0),
      ),
  ],
  [
    'ACCESSOR_INDEX_OOB',
    '/meshes/0/primitives/0/indices',
    () => withAccessors([indices(5123, 3)], mesh({ indices: 2 }), shorts(0, 1, 4)),
  ],
  [
    'ACCESSOR_INDEX_PRIMITIVE_RESTART',
    '/meshes/0/primitives/0/indices',
    () => withAccessors([indices(5121, 3)], mesh({ indices: 2 }), Uint8Array.of(0, 1, 255)),
  ],
  ['ACCESSOR_TOO_LONG', '/accessors/2', () => withAccessors([float(40, 'VEC2', 2)], {}, new Uint8Array(32))],
  [
    'ACCESSOR_OFFSET_ALIGNMENT',
    '/accessors/2/byteOffset',
    () => withAccessors([float(1, 'VEC2', 2, { byteOffset: 2 })], {}, new Uint8Array(32)),
  ],
  [
    'MESH_PRIMITIVE_UNEQUAL_ACCESSOR_COUNT',
    '/meshes/0/primitives/0/attributes/TEXCOORD_0',
    () =>
      withAccessors([float(3, 'VEC2', 2)], mesh({ attributes: { POSITION: 0, TEXCOORD_0: 2 } }), new Uint8Array(24)),
  ],
  [
    'MESH_PRIMITIVE_ATTRIBUTES_ACCESSOR_INVALID_FORMAT',
    '/meshes/0/primitives/0/attributes/NORMAL',
    () => withAccessors([float(4, 'VEC2', 2)], mesh({ attributes: { POSITION: 0, NORMAL: 2 } }), new Uint8Array(32)),
  ],
  [
    'MESH_PRIMITIVE_JOINTS_WEIGHTS_MISMATCH',
    '/meshes/0/primitives/0/attributes',
    () =>
      withAccessors(
        [{ bufferView: 2, componentType: 5121, count: 4, type: 'VEC4' }],
        mesh({ attributes: { POSITION: 0, JOINTS_0: 2 } }),
        new Uint8Array(16),
      ),
  ],
  [
    'BUFFER_VIEW_TOO_LONG',
    '/bufferViews/0/byteLength',
    () =>
      glbWith({
        bufferViews: [{ buffer: 0, byteLength: 9_999 }],
        accessors: [accessors[0]],
        meshes: [{ primitives: [{ attributes: { POSITION: 0 } }] }],
      }),
  ],
  [
    'ACCESSOR_ANIMATION_SAMPLER_OUTPUT_NON_NORMALIZED_QUATERNION',
    '/animations/0/channels/0/sampler',
    () => moving('rotation', 'VEC4', floats(0, 0, 0, 1, 1, 1, 1, 1)),
  ],
  [
    'IMAGE_UNEXPECTED_EOS',
    '/images/0',
    () =>
      withAccessors(
        [uv],
        textured(3),
        new Uint8Array(32),
        Uint8Array.of(
          0x89,
          0x50,
          0x4e,
          0x47,
          0x0d,
          0x0a,
          0x1a,
          0x0a,
          1,
          2,
          3,
          4,
          5,
          6,
          7,
          8,
          9,
          10,
          11,
          12,
          13,
          14,
          15,
          16,
          17,
          18,
          19,
          20,
        ),
      ),
  ],
]

describe("invalid files are refused with the validator's code and place", () => {
  test.each(INVALID)('%s at %s', async (rule, where, make) => {
    const outcome = await ingest(make())
    const found = outcome.accepted
      ? ['accepted']
      : outcome.rejections.map((rejection) => `${rejection.rule} ${rejection.where}`)
    expect(found).toContain(`${rule} ${where}`)
    const said = outcome.accepted ? undefined : outcome.rejections.find((rejection) => rejection.rule === rule)?.message
    const advice: Readonly<Record<string, string | undefined>> = { ...ADVICE, ...PREFLIGHT_ADVICE }
    expect(said).toContain(advice[rule] ?? rule)
  })
})
