import { describe, expect, test } from 'vitest'
import { examine } from './check.ts'
import { floats, glbWith, picture, shorts, tetrahedron, textured, type Json } from '../glb.fixture.ts'
import { ingest } from '../ingest.ts'
import {
  base,
  text,
  alone,
  withAccessors,
  mesh,
  used,
  ext,
  float,
  uv,
  moving,
  steps,
  morph,
  shift,
} from './odd.fixture.ts'

const painted = (material: Json, more: Json = {}): Uint8Array =>
  withAccessors([uv], { ...textured(3), materials: [material], ...more }, new Uint8Array(32), picture(8, 8))

/** Positions and normals interleaved in one view. */
function interleaved(): Uint8Array {
  const data = floats(
    ...[
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ].flatMap((position) => [...position, 0, 1, 0]),
  )
  const views = (tetrahedron(data).json['bufferViews'] as Json[]).map((view, i) =>
    i === 2 ? { ...view, byteStride: 24 } : view,
  )
  const [position, normal] = [
    float(4, 'VEC3', 2, { min: [0, 0, 0], max: [1, 1, 1] }),
    float(4, 'VEC3', 2, { byteOffset: 12 }),
  ]
  return withAccessors(
    [position, normal],
    { bufferViews: views, ...mesh({ attributes: { POSITION: 2, NORMAL: 3 } }) },
    data,
  )
}

const box = (size: readonly number[]): Json => ({
  ...used('OMI_physics_shape', 'OMI_physics_body'),
  ...ext('OMI_physics_shape', { shapes: [{ type: 'box', box: { size } }] }),
})

const body = (said: Json): Json => ext('OMI_physics_body', said)

/** Unusual but valid files. The test only checks that a package results. */
const VALID: Readonly<Record<string, () => Uint8Array>> = {
  'nothing but an asset': () => alone({}),
  'an empty scene': () => alone({ scene: 0, scenes: [{}] }),
  'nodes without a scene': () => alone({ nodes: [{ children: [1] }, {}] }),
  'a camera alone': () =>
    alone({
      cameras: [{ type: 'perspective', perspective: { yfov: 1, znear: 0.1 } }],
      nodes: [{ camera: 0 }],
      scenes: [{ nodes: [0] }],
    }),
  'lights alone': () =>
    alone({
      ...used('KHR_lights_punctual'),
      ...ext('KHR_lights_punctual', { lights: [{ type: 'point' }] }),
      nodes: [ext('KHR_lights_punctual', { light: 0 })],
      scenes: [{ nodes: [0] }],
    }),
  'a skeleton alone': () =>
    alone({ nodes: [{ children: [1] }, {}], skins: [{ joints: [0, 1] }], scenes: [{ nodes: [0] }] }),
  'materials alone': () =>
    alone({ materials: [{ name: 'Red', pbrMetallicRoughness: { baseColorFactor: [1, 0, 0, 1] } }] }),
  'an animation without a mesh': () => moving('translation', 'VEC3', steps, { nodes: [{}] }),
  'an animation without a node': () =>
    withAccessors(
      [float(2, 'SCALAR', 2, { min: [0], max: [1] }), float(2, 'VEC3', 3)],
      { animations: [{ samplers: [{ input: 2, output: 3 }], channels: [{ sampler: 0, target: { path: 'scale' } }] }] },
      floats(0, 1),
      steps,
    ),
  'two scenes and no default': () =>
    glbWith({ scene: undefined, scenes: [{ nodes: [0] }, { nodes: [1] }], nodes: [{ mesh: 0 }, { mesh: 0 }] }),
  'the second scene shown': () => glbWith({ scene: 1, scenes: [{}, { nodes: [0] }] }),
  'no scene': () => glbWith({ scene: undefined, scenes: undefined }),
  'names of many scripts': () =>
    glbWith({ nodes: [{ name: '猫の手 🐈 ‮ العربية', mesh: 0 }], scenes: [{ name: '\u0000', nodes: [0] }] }),
  'the same name everywhere': () =>
    glbWith({ nodes: [{ name: 'A', mesh: 0, children: [1, 2] }, { name: 'A' }, { name: 'a' }] }),
  'extras of every kind': () =>
    glbWith({
      extras: [1],
      nodes: [{ mesh: 0, extras: 'text' }],
      ...mesh({ extras: { a: [null] } }, { extras: 3 }),
      asset: { version: '2.0', extras: {} },
    }),
  'sparse data on nothing': () =>
    withAccessors(
      [
        {
          componentType: 5126,
          count: 4,
          type: 'VEC3',
          min: [0, 0, 0],
          max: [0.5, 0, 0],
          sparse: { count: 1, indices: { bufferView: 2, componentType: 5123 }, values: { bufferView: 3 } },
        },
      ],
      mesh(morph),
      shorts(2),
      floats(0.5, 0, 0),
    ),
  'sparse data behind an offset': () =>
    withAccessors(
      [
        float(4, 'VEC3', 2, {
          byteOffset: 12,
          min: [0, 0, 0],
          max: [2, 0, 0],
          sparse: { count: 1, indices: { bufferView: 3, componentType: 5121 }, values: { bufferView: 4 } },
        }),
      ],
      mesh(morph),
      new Uint8Array(60),
      Uint8Array.of(3),
      floats(2, 0, 0),
    ),
  'morph targets': () =>
    withAccessors(
      [float(4, 'VEC3', 2, { min: [0, 0, 0], max: [0, 0.5, 0] })],
      mesh(morph, { weights: [0.5], extras: { targetNames: ['smile'] } }),
      shift,
    ),
  'animated morph targets': () =>
    withAccessors(
      [
        float(4, 'VEC3', 2, { min: [0, 0, 0], max: [0, 0.5, 0] }),
        float(2, 'SCALAR', 3, { min: [0], max: [1] }),
        float(2, 'SCALAR', 3),
      ],
      {
        ...mesh(morph),
        animations: [
          { samplers: [{ input: 3, output: 4 }], channels: [{ sampler: 0, target: { node: 0, path: 'weights' } }] },
        ],
      },
      shift,
      floats(0, 1),
    ),
  'interleaved data': interleaved,
  'indices of 32 bits': () =>
    withAccessors(
      [{ bufferView: 2, componentType: 5125, count: 12, type: 'SCALAR' }],
      mesh({ indices: 2 }),
      new Uint8Array(Uint32Array.of(0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3).buffer),
    ),
  'no indices': () =>
    withAccessors(
      [float(6, 'VEC3', 2, { min: [0, 0, 0], max: [1, 1, 0] })],
      { meshes: [{ primitives: [{ attributes: { POSITION: 2 } }] }] },
      floats(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0),
    ),
  'a strip': () => glbWith(mesh({ mode: 5 })),
  'a fan': () => glbWith(mesh({ mode: 6 })),
  'lines in a loop': () => glbWith(mesh({ mode: 2 })),
  'points without indices': () => glbWith({ meshes: [{ primitives: [{ attributes: { POSITION: 0 }, mode: 0 }] }] }),
  'a mesh without positions': () =>
    withAccessors(
      [float(4, 'VEC3', 2)],
      { meshes: [{ primitives: [{ attributes: { NORMAL: 2 } }] }] },
      floats(0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0),
    ),
  'colours and own attributes': () =>
    withAccessors(
      [{ bufferView: 2, componentType: 5121, normalized: true, count: 4, type: 'VEC4' }, float(4, 'SCALAR', 3)],
      mesh({ attributes: { POSITION: 0, COLOR_0: 2, _TEMPERATURE: 3 } }),
      new Uint8Array(16).fill(200),
      new Uint8Array(16),
    ),
  'directions that are zeros': () =>
    withAccessors(
      [
        { componentType: 5126, count: 4, type: 'VEC3' },
        { componentType: 5126, count: 4, type: 'VEC4' },
      ],
      mesh({ attributes: { POSITION: 0, NORMAL: 2, TANGENT: 3 } }),
    ),
  'a mirrored matrix': () =>
    glbWith({ nodes: [{ mesh: 0, matrix: [-1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 2, 0, 0, 1] }] }),
  'a node of no size beside another': () =>
    glbWith({ nodes: [{ mesh: 0, scale: [0, 0, 0] }, { mesh: 0 }], scenes: [{ nodes: [0, 1] }] }),
  'a node flat in one direction': () => glbWith({ nodes: [{ mesh: 0, scale: [1, 0, 1] }] }),
  'a node thinner than a hair': () => glbWith({ nodes: [{ mesh: 0, scale: [1, 1e-8, 1e-8] }] }),
  'a node smaller than an atom': () => glbWith({ nodes: [{ mesh: 0, scale: [1e-30, 1e-30, 1e-30] }] }),
  'a row of lines': () =>
    glbWith({
      nodes: Array.from({ length: 17 }, (_, i) => ({ mesh: 0, translation: [i, 0, 0], scale: [1, 0, 0] })),
      scenes: [{ nodes: Array.from({ length: 17 }, (_, i) => i) }],
    }),
  'a mirrored scale': () => glbWith({ nodes: [{ mesh: 0, scale: [-1, 1, 1] }] }),
  'an unknown optional extension': () =>
    glbWith({ ...used('ACME_something'), nodes: [{ mesh: 0, ...ext('ACME_something', { a: 1 }) }] }),
  'an extension that is required for what is left out': () =>
    glbWith({ ...used('KHR_interactivity'), extensionsRequired: ['KHR_interactivity'] }),
  'an unlit material': () =>
    painted(
      { pbrMetallicRoughness: { baseColorTexture: { index: 0 } }, ...ext('KHR_materials_unlit', {}) },
      used('KHR_materials_unlit'),
    ),
  'a transformed texture': () =>
    painted(
      { pbrMetallicRoughness: { baseColorTexture: { index: 0, ...ext('KHR_texture_transform', { scale: [2, 2] }) } } },
      used('KHR_texture_transform'),
    ),
  'a transformed texture without an image': () =>
    painted(
      { emissiveTexture: { index: 0, ...ext('KHR_texture_transform', { rotation: 1 }) } },
      { ...used('KHR_texture_transform'), textures: [{}] },
    ),
  'a texture of an unknown format beside a known one': () =>
    painted(
      { pbrMetallicRoughness: { baseColorTexture: { index: 0 } } },
      { ...used('MSFT_texture_dds'), textures: [{ source: 0, ...ext('MSFT_texture_dds', { source: 0 }) }] },
    ),
  variants: () =>
    glbWith({
      ...used('KHR_materials_variants'),
      ...ext('KHR_materials_variants', { variants: [{ name: 'red' }] }),
      materials: [{}],
      ...mesh(ext('KHR_materials_variants', { mappings: [{ material: 0, variants: [0] }] })),
    }),
  metadata: () =>
    glbWith({
      ...used('KHR_xmp_json_ld'),
      ...ext('KHR_xmp_json_ld', {
        packets: [{ '@context': { dc: 'http://purl.org/dc/elements/1.1/' }, 'dc:title': 'Thing' }],
      }),
      asset: { version: '2.0', ...ext('KHR_xmp_json_ld', { packet: 0 }) },
    }),
  'an announced buffer': () => text({ ...base, buffers: [{ byteLength: 1000 }] }),
  'a view that nothing uses': () => glbWith({}, new Uint8Array(7)),
  'an accessor that nothing uses': () => withAccessors([{ componentType: 5126, count: 4, type: 'ACME_VEC5' }], {}),
  'bones that rest in one point': () =>
    withAccessors(
      [
        { componentType: 5121, count: 4, type: 'VEC4' },
        { componentType: 5126, count: 4, type: 'VEC4' },
      ],
      {
        ...mesh({ attributes: { POSITION: 0, JOINTS_0: 2, WEIGHTS_0: 3 } }),
        nodes: [{ mesh: 0, skin: 0 }, {}],
        scenes: [{ nodes: [0, 1] }],
        skins: [{ joints: [1] }],
      },
    ),
  'a pointer of an animation': () =>
    withAccessors(
      [float(2, 'SCALAR', 2, { min: [0], max: [1] }), float(2, 'SCALAR', 2)],
      {
        ...used('KHR_animation_pointer'),
        materials: [{}],
        animations: [
          {
            samplers: [{ input: 2, output: 3 }],
            channels: [
              {
                sampler: 0,
                target: { path: 'pointer', ...ext('KHR_animation_pointer', { pointer: '/materials/0/alphaCutoff' }) },
              },
            ],
          },
        ],
      },
      floats(0, 1),
    ),
  'a triangle of two corners': () =>
    withAccessors(
      [{ bufferView: 2, componentType: 5123, count: 2, type: 'SCALAR' }],
      mesh({ indices: 2 }),
      shorts(0, 1),
    ),
  'a strip of two corners': () =>
    withAccessors(
      [{ bufferView: 2, componentType: 5123, count: 2, type: 'SCALAR' }],
      mesh({ indices: 2, mode: 5 }),
      shorts(0, 1),
    ),
  'triangles without an area': () =>
    withAccessors(
      [{ bufferView: 2, componentType: 5123, count: 6, type: 'SCALAR' }],
      mesh({ indices: 2 }),
      shorts(0, 1, 1, 2, 2, 2),
    ),
  'an animated face that is a collider alone': () =>
    withAccessors(
      [
        float(4, 'VEC3', 2, { min: [0, 0, 0], max: [0, 0.5, 0] }),
        float(2, 'SCALAR', 3, { min: [0], max: [1] }),
        float(2, 'SCALAR', 3),
      ],
      {
        ...mesh(morph),
        nodes: [{ name: 'Head-convcolonly', mesh: 0, weights: [1] }],
        animations: [
          { samplers: [{ input: 3, output: 4 }], channels: [{ sampler: 0, target: { node: 0, path: 'weights' } }] },
        ],
      },
      shift,
      floats(0, 1),
    ),
  'a wall that nobody sees': () =>
    alone({ ...box([4, 3, 0.2]), nodes: [body({ collider: { shape: 0 } })], scenes: [{ nodes: [0] }] }),
  'a trigger alone': () =>
    alone({ ...box([1, 1, 1]), nodes: [body({ trigger: { shape: 0 } })], scenes: [{ nodes: [0] }] }),
  'a collider of no size': () =>
    alone({
      ...box([1, 1, 1]),
      nodes: [{ scale: [0, 0, 0], ...body({ collider: { shape: 0 } }) }],
      scenes: [{ nodes: [0] }],
    }),
  'a collider in a scene that is not shown': () =>
    alone({
      ...box([1, 1, 1]),
      nodes: [body({ collider: { shape: 0 } }), {}],
      scene: 1,
      scenes: [{ nodes: [0] }, { nodes: [1] }],
    }),
  'a picture of no format that is known': () =>
    withAccessors([uv], textured(3), new Uint8Array(32), new TextEncoder().encode('GIF89a no picture')),
  'a skin that no mesh wears': () =>
    glbWith({ nodes: [{ mesh: 0 }, {}], scenes: [{ nodes: [0, 1] }], skins: [{ joints: [1] }] }),
}

describe('unusual but valid files become a package', () => {
  test.each(Object.entries(VALID))('%s', async (_, make) => {
    const { verdict } = await examine(make())
    expect(verdict.errors).toEqual([])
    const outcome = await ingest(make())
    expect(outcome.accepted ? [] : outcome.rejections).toEqual([])
  })
})

test('a skinned face with an animated mouth can be ingested as an object', async () => {
  const face = withAccessors(
    [
      { bufferView: 2, componentType: 5121, count: 4, type: 'VEC4' },
      float(4, 'VEC4', 3),
      float(4, 'VEC3', 4, { min: [0, 0, 0], max: [0, 0.5, 0] }),
      float(2, 'SCALAR', 5, { min: [0], max: [1] }),
      float(2, 'SCALAR', 5),
    ],
    {
      ...mesh({ attributes: { POSITION: 0, JOINTS_0: 2, WEIGHTS_0: 3 }, targets: [{ POSITION: 4 }] }),
      nodes: [{ mesh: 0, skin: 0, weights: [0] }, {}],
      scenes: [{ nodes: [0, 1] }],
      skins: [{ joints: [1] }],
      animations: [
        { samplers: [{ input: 5, output: 6 }], channels: [{ sampler: 0, target: { node: 0, path: 'weights' } }] },
      ],
    },
    new Uint8Array(16),
    floats(...Array.from({ length: 4 }, () => [1, 0, 0, 0]).flat()),
    shift,
    floats(0, 1),
  )
  for (const kind of ['object', 'avatar'] as const) {
    const outcome = await ingest(face, { kind })
    expect(outcome.accepted ? [] : outcome.rejections).toEqual([])
  }
})
