/** Files with errors in scenes, animations, images and the document that the ingest repairs. */
import { floats, glbWith, picture, shorts, tetrahedron } from '../../glb.fixture.ts'
import {
  accessors,
  alone,
  ext,
  float,
  hung,
  mesh,
  moving,
  skin,
  steps,
  text,
  used,
  withAccessors,
  wholly,
} from '../odd.fixture.ts'
import {
  bound,
  SMALL,
  viewed,
  animated,
  painted,
  imaged,
  GIF,
  WEBP,
  pointer,
  twoTracks,
  animationOf,
  type Repaired,
} from './repaired.fixture.ts'

/** A binary chunk of 94 bytes. */
const unaligned = (): Uint8Array => {
  const glb = glbWith({})
  const jsonBytes = new DataView(glb.buffer).getUint32(12, true)
  const cut = glb.slice(0, -2)
  const view = new DataView(cut.buffer)
  view.setUint32(8, cut.length, true)
  view.setUint32(20 + jsonBytes, view.getUint32(20 + jsonBytes, true) - 2, true)
  return cut
}
const variants = (): Uint8Array =>
  painted(
    {},
    {
      ...used('KHR_materials_variants'),
      ...ext('KHR_materials_variants', { variants: [{ name: 'Red' }] }),
      ...mesh({
        material: 0,
        ...ext('KHR_materials_variants', { mappings: [0, 1].map(() => ({ material: 0, variants: [0] })) }),
      }),
    },
  )

export const REPAIRED_DOCUMENT: readonly Repaired[] = [
  [
    'ANIMATION_SAMPLER_INPUT_ACCESSOR_WITHOUT_BOUNDS',
    '/animations/0/samplers/0/input',
    () => animated(floats(0, 1), steps, 'VEC3', 'translation'),
  ],
  ['BUFFER_VIEW_TARGET_OVERRIDE', '/meshes/0/primitives/0/indices', () => viewed({ target: 34962 }, {}, SMALL, 1)],
  [
    'BUFFER_DATA_URI_MIME_TYPE_INVALID',
    '/buffers/0/uri',
    () => {
      const { json, bin } = tetrahedron()
      return text({
        ...json,
        buffers: [{ byteLength: bin.length, uri: `data:text/plain;base64,${Buffer.from(bin).toString('base64')}` }],
      })
    },
  ],
  [
    'ANIMATION_SAMPLER_ACCESSOR_WITH_BYTESTRIDE',
    '/animations/0/samplers/0/input',
    () =>
      viewed(
        { byteStride: 4 },
        {
          ...animationOf(2, 3),
          accessors: [...accessors, float(2, 'SCALAR', 2, { min: [0], max: [1] }), float(2, 'VEC3', 0)],
        },
        floats(0, 1),
      ),
  ],
  [
    'IMAGE_BUFFER_VIEW_WITH_BYTESTRIDE',
    '/images/0/bufferView',
    () => viewed({ byteStride: 4 }, { images: [{ bufferView: 2, mimeType: 'image/png' }] }, picture(4, 4)),
  ],
  [
    'BUFFER_VIEW_INVALID_BYTE_STRIDE',
    '/bufferViews/1/byteStride',
    () =>
      viewed({ byteStride: 4, target: 34963 }, { accessors: [accessors[0], { ...accessors[1], count: 6 }] }, SMALL, 1),
  ],
  ['BUFFER_VIEW_TOO_BIG_BYTE_STRIDE', '/bufferViews/2/byteStride', () => viewed({ byteStride: 252 }, {}, SMALL)],
  [
    'VALUE_NOT_IN_RANGE',
    '/materials/0/pbrMetallicRoughness/baseColorFactor/0',
    () => painted({ pbrMetallicRoughness: { baseColorFactor: [1.00016, 1, 1, 1] } }),
  ],
  [
    'VALUE_NOT_IN_RANGE',
    '/nodes/0/rotation/3',
    () => glbWith({ nodes: [{ mesh: 0, rotation: [0, 0, 0, 1.0000001] }] }),
  ],
  [
    'VALUE_NOT_IN_RANGE',
    '/cameras/0/perspective/yfov',
    () => alone({ cameras: [{ type: 'perspective', perspective: { yfov: 0, znear: 1 } }], nodes: [{ camera: 0 }] }),
  ],
  ['IMAGE_MIME_TYPE_INVALID', '/images/0/bufferView', () => imaged('image/jpeg', picture(4, 4))],
  ['TEXTURE_INVALID_IMAGE_MIME_TYPE', '/textures/0/source', () => imaged('image/gif', GIF)],
  ['IMAGE_NON_ENABLED_MIME_TYPE', '/images/0', () => imaged('image/png', WEBP)],
  [
    'SCENE_NON_ROOT_NODE',
    '/scenes/0/nodes/1',
    () => alone({ nodes: [{ children: [1] }, {}], scenes: [{ nodes: [0, 1] }] }),
  ],
  [
    'SCENE_NON_ROOT_NODE',
    '/scenes/0/nodes/0',
    () => glbWith({ nodes: [{ children: [1], translation: [9, 9, 9] }, { mesh: 0 }], scenes: [{ nodes: [1] }] }),
  ],
  ['DUPLICATE_ELEMENTS', '/scenes/0/nodes/1', () => glbWith({ scenes: [{ nodes: [0, 0] }] })],
  ['ROTATION_NON_UNIT', '/nodes/0/rotation', () => glbWith({ nodes: [{ mesh: 0, rotation: [0, 0.71, 0, 0.72] }] })],
  ['NODE_SKIN_WITH_NON_SKINNED_MESH', '/nodes/0', () => glbWith(skin)],
  [
    'SKIN_SKELETON_INVALID',
    '/skins/0/skeleton',
    () =>
      hung(SMALL, wholly, {
        nodes: [{ mesh: 0, skin: 0 }, { children: [2] }, {}],
        skins: [{ joints: [1, 2], skeleton: 2 }],
      }),
  ],
  [
    'ACCESSOR_ANIMATION_INPUT_NEGATIVE',
    '/animations/0/samplers/0/input',
    () => animated(floats(-0.5, 1), steps, 'VEC3', 'translation'),
  ],
  [
    'ACCESSOR_ANIMATION_INPUT_NON_INCREASING',
    '/animations/0/samplers/0/input',
    () => animated(floats(0, 1, 1, 2), floats(0, 0, 0, 1, 1, 1, 5, 5, 5, 2, 2, 2), 'VEC3', 'translation'),
  ],
  [
    'ACCESSOR_ANIMATION_SAMPLER_OUTPUT_NON_NORMALIZED_QUATERNION',
    '/animations/0/channels/0/sampler',
    () => moving('rotation', 'VEC4', floats(0, 0, 0, 1, 0, 0.71, 0, 0.72)),
  ],
  [
    'ANIMATION_CHANNEL_TARGET_NODE_MATRIX',
    '/animations/0/channels/0/target',
    () =>
      moving('translation', 'VEC3', steps, {
        nodes: [{ mesh: 0, matrix: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1] }],
      }),
  ],
  [
    'ANIMATION_CHANNEL_TARGET_NODE_WEIGHTS_NO_MORPHS',
    '/animations/0/channels/0/target',
    () => moving('weights', 'SCALAR', floats(0, 1)),
  ],
  [
    'ANIMATION_DUPLICATE_TARGETS',
    '/animations/0/channels/0/target',
    () => moving('translation', 'VEC3', steps, twoTracks()),
  ],
  [
    'ANIMATION_SAMPLER_INPUT_ACCESSOR_INVALID_FORMAT',
    '/animations/0/samplers/0/input',
    () =>
      withAccessors(
        [{ ...float(2, 'SCALAR', 2), componentType: 5123 }, float(2, 'VEC3', 3)],
        animationOf(2, 3),
        floats(0, 1),
        steps,
      ),
  ],
  [
    'ANIMATION_SAMPLER_INPUT_ACCESSOR_TOO_FEW_ELEMENTS',
    '/animations/0/samplers/0/input',
    () =>
      animated(floats(0), floats(0, 0, 0, 0, 0, 0, 0, 0, 0), 'VEC3', 'translation', { interpolation: 'CUBICSPLINE' }),
  ],
  [
    'ANIMATION_SAMPLER_OUTPUT_ACCESSOR_INVALID_COUNT',
    '/animations/0/channels/0/sampler',
    () => animated(floats(0, 1), floats(0, 0, 0), 'VEC3', 'translation'),
  ],
  [
    'ANIMATION_SAMPLER_OUTPUT_ACCESSOR_INVALID_FORMAT',
    '/animations/0/channels/0/sampler',
    () => animated(floats(0, 1), floats(0, 0, 0, 1, 0, 0, 0, 1), 'VEC4', 'translation'),
  ],
  [
    'KHR_ANIMATION_POINTER_ANIMATION_CHANNEL_TARGET_NODE',
    '/animations/0/channels/0/target/extensions/KHR_animation_pointer',
    () => pointer({ node: 0, path: 'pointer', ...ext('KHR_animation_pointer', { pointer: '/nodes/0/translation' }) }),
  ],
  [
    'KHR_ANIMATION_POINTER_ANIMATION_CHANNEL_TARGET_PATH',
    '/animations/0/channels/0/target/extensions/KHR_animation_pointer',
    () => pointer({ path: 'translation', ...ext('KHR_animation_pointer', { pointer: '/nodes/0/translation' }) }),
  ],
  ['EMPTY_ENTITY', '/nodes', () => alone({ nodes: [] })],
  ['EMPTY_ENTITY', '/nodes/0/children', () => glbWith({ nodes: [{ mesh: 0, children: [], extensions: {} }] })],
  ['EMPTY_ENTITY', '/animations/0/channels', () => glbWith({ animations: [{ channels: [], samplers: [] }] })],
  ['INVALID_INDEX', '/scene', () => alone({ scene: -1, scenes: [{}] })],
  ['UNSATISFIED_DEPENDENCY', '/nodes/0/skin', () => alone({ nodes: [{ skin: 0 }], skins: [{ joints: [0] }] })],
  ['UNSATISFIED_DEPENDENCY', '/extensionsRequired', () => alone({ extensionsRequired: ['KHR_materials_unlit'] })],
  [
    'UNDECLARED_EXTENSION',
    '/materials/0/extensions/KHR_materials_unlit',
    () => alone({ materials: [ext('KHR_materials_unlit', {})] }),
  ],
  [
    'UNEXPECTED_EXTENSION_OBJECT',
    '/nodes/0/extensions/KHR_materials_unlit',
    () => glbWith({ ...used('KHR_materials_unlit'), nodes: [{ mesh: 0, ...ext('KHR_materials_unlit', {}) }] }),
  ],
  [
    'UNUSED_EXTENSION_REQUIRED',
    '/extensionsRequired/1',
    () =>
      alone({
        ...used('KHR_materials_unlit'),
        extensionsRequired: ['KHR_materials_unlit', 'KHR_texture_transform'],
        materials: [ext('KHR_materials_unlit', {})],
      }),
  ],
  [
    'CAMERA_XMAG_YMAG_ZERO',
    '/cameras/0/orthographic/xmag',
    () => alone({ cameras: [{ type: 'orthographic', orthographic: { xmag: 0, ymag: 0, znear: 1, zfar: 2 } }] }),
  ],
  [
    'CAMERA_ZFAR_LEQUAL_ZNEAR',
    '/cameras/0/perspective',
    () => alone({ cameras: [{ type: 'perspective', perspective: { yfov: 1, znear: 1, zfar: 1 } }] }),
  ],
  [
    'KHR_LIGHTS_PUNCTUAL_LIGHT_SPOT_ANGLES',
    '/extensions/KHR_lights_punctual/lights/0/spot/outerConeAngle',
    () =>
      glbWith({
        ...used('KHR_lights_punctual'),
        ...ext('KHR_lights_punctual', { lights: [{ type: 'spot', spot: { innerConeAngle: 1, outerConeAngle: 0.5 } }] }),
      }),
  ],
  [
    'NON_REQUIRED_EXTENSION',
    '/extensionsUsed/0',
    () =>
      viewed(
        { byteStride: 8 },
        {
          ...used('KHR_mesh_quantization'),
          ...mesh({ attributes: { POSITION: 2 } }),
          accessors: [
            ...accessors,
            { bufferView: 2, componentType: 5122, normalized: true, count: 4, type: 'VEC3', ...bound(0, 32_767) },
          ],
        },
        shorts(0, 0, 0, 0, 32_767, 0, 0, 0, 0, 32_767, 0, 0, 0, 0, 32_767, 0),
      ),
  ],
  [
    'KHR_MATERIALS_VARIANTS_NON_UNIQUE_VARIANT',
    '/meshes/0/primitives/0/extensions/KHR_materials_variants/mappings/1/variants/0',
    variants,
  ],
  ['GLB_CHUNK_LENGTH_UNALIGNED', 'byte 12', () => unaligned()],
]
