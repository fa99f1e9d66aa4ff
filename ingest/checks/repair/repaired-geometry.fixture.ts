/** Files with errors in meshes, skins and materials that the ingest repairs. */
import { floats, glbWith, picture, textured, type Json } from '../../glb.fixture.ts'
import { accessors, ext, float, hung, mesh, morph, shift, used, uv, withAccessors, wholly } from '../odd.fixture.ts'
import { bound, SMALL, viewed, normals, rigged, morphed, type Repaired } from './repaired.fixture.ts'

const points = floats(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1)
const attribute = (semantic: string, accessor: Json, data: Uint8Array, more: Json = {}): Uint8Array =>
  withAccessors([accessor], mesh({ attributes: { POSITION: 0, NORMAL: 0, [semantic]: 2 }, ...more }), data)
const directions = (...w: readonly number[]): Uint8Array => floats(...w.flatMap((sign) => [1, 0, 0, sign]))

export const REPAIRED_GEOMETRY: readonly Repaired[] = [
  [
    'ACCESSOR_MIN_MISMATCH',
    '/accessors/0/min/0',
    () => glbWith({ accessors: [{ ...accessors[0], min: [-1, 0, 0] }, accessors[1]] }),
  ],
  [
    'ACCESSOR_MAX_MISMATCH',
    '/accessors/0/max/0',
    () => glbWith({ accessors: [{ ...accessors[0], max: [2, 1, 1] }, accessors[1]] }),
  ],
  [
    'ACCESSOR_ELEMENT_OUT_OF_MIN_BOUND',
    '/accessors/0/min/0',
    () => glbWith({ accessors: [{ ...accessors[0], min: [0.5, 0, 0] }, accessors[1]] }),
  ],
  [
    'ACCESSOR_ELEMENT_OUT_OF_MAX_BOUND',
    '/accessors/0/max/0',
    () => glbWith({ accessors: [{ ...accessors[0], max: [0.5, 1, 1] }, accessors[1]] }),
  ],
  [
    'MESH_PRIMITIVE_POSITION_ACCESSOR_WITHOUT_BOUNDS',
    '/meshes/0/primitives/0/attributes/POSITION',
    () => withAccessors([float(4, 'VEC3', 2)], mesh({ attributes: { POSITION: 2 } }), points),
  ],
  [
    'MESH_PRIMITIVE_ACCESSOR_UNALIGNED',
    '/meshes/0/primitives/0/attributes/COLOR_0',
    () =>
      attribute(
        'COLOR_0',
        { bufferView: 2, componentType: 5121, normalized: true, count: 4, type: 'VEC3' },
        new Uint8Array(12),
      ),
  ],
  [
    'MESH_PRIMITIVE_ACCESSOR_WITHOUT_BYTESTRIDE',
    '/meshes/0/primitives/0/attributes/NORMAL',
    () =>
      withAccessors(
        [float(4, 'VEC3', 2, bound(0, 1)), float(4, 'VEC3', 2, { byteOffset: 48 })],
        mesh({ attributes: { POSITION: 2, NORMAL: 3 } }),
        floats(0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, ...Array.from({ length: 4 }, () => [0, 1, 0]).flat()),
      ),
  ],
  [
    'MESH_PRIMITIVE_INDICES_ACCESSOR_WITH_BYTESTRIDE',
    '/meshes/0/primitives/0/indices',
    () => viewed({ byteStride: 4 }, { accessors: [accessors[0], { ...accessors[1], count: 6 }] }, SMALL, 1),
  ],
  ['SKIN_IBM_ACCESSOR_WITH_BYTESTRIDE', '/skins/0/inverseBindMatrices', () => rigged(1, { byteStride: 64 })],
  [
    'ACCESSOR_NORMALIZED_INVALID',
    '/accessors/0/normalized',
    () => glbWith({ accessors: [{ ...accessors[0], normalized: true }, accessors[1]] }),
  ],
  [
    'ACCESSOR_WEIGHTS_NON_NORMALIZED',
    '/meshes/0/primitives/0/attributes/WEIGHTS_0',
    () => hung(SMALL, floats(...Array.from({ length: 4 }, () => [0.5, 0, 0, 0]).flat())),
  ],
  [
    'ACCESSOR_WEIGHTS_NEGATIVE',
    '/meshes/0/primitives/0/attributes/WEIGHTS_0',
    () => hung(SMALL, floats(1, -1e-8, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)),
  ],
  [
    'ACCESSOR_JOINTS_INDEX_DUPLICATE',
    '/meshes/0/primitives/0/attributes/JOINTS_0',
    () => hung(SMALL, floats(...Array.from({ length: 4 }, () => [0.5, 0.5, 0, 0]).flat())),
  ],
  [
    'ACCESSOR_JOINTS_INDEX_OOB',
    '/meshes/0/primitives/0/attributes/JOINTS_0',
    () => hung(Uint8Array.of(0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), wholly),
  ],
  [
    'ACCESSOR_VECTOR3_NON_UNIT',
    '/meshes/0/primitives/0/attributes/NORMAL',
    () =>
      withAccessors(
        [float(4, 'VEC3', 2)],
        mesh({ attributes: { POSITION: 0, NORMAL: 2 } }),
        floats(...Array.from({ length: 4 }, () => [0, 2, 0]).flat()),
      ),
  ],
  [
    'ACCESSOR_INVALID_SIGN',
    '/meshes/0/primitives/0/attributes/TANGENT',
    () =>
      withAccessors(
        [float(4, 'VEC3', 2), float(4, 'VEC4', 3)],
        mesh({ attributes: { POSITION: 0, NORMAL: 2, TANGENT: 3 } }),
        normals,
        directions(0, 0, 1, 1),
      ),
  ],
  [
    'ACCESSOR_NON_CLAMPED',
    '/meshes/0/primitives/0/attributes/COLOR_0',
    () =>
      withAccessors(
        [float(4, 'VEC3', 2)],
        mesh({ attributes: { POSITION: 0, COLOR_0: 2 } }),
        floats(...Array(11).fill(0.5), 1.00001),
      ),
  ],
  [
    'MESH_PRIMITIVE_INDEXED_SEMANTIC_CONTINUITY',
    '/meshes/0/primitives/0/attributes',
    () => withAccessors([uv], mesh({ attributes: { POSITION: 0, TEXCOORD_2: 2 } }), new Uint8Array(32)),
  ],
  [
    'MESH_PRIMITIVE_INVALID_ATTRIBUTE',
    '/meshes/0/primitives/0/attributes/COLOUR',
    () => glbWith(mesh({ attributes: { POSITION: 0, COLOUR: 0 } })),
  ],
  [
    'MESH_PRIMITIVE_MORPH_TARGET_NO_BASE_ACCESSOR',
    '/meshes/0/primitives/0/targets/0/NORMAL',
    () => morphed({ targets: [{ POSITION: 2, NORMAL: 2 }] }, {}),
  ],
  [
    'MESH_PRIMITIVE_ATTRIBUTES_ACCESSOR_INVALID_FORMAT',
    '/meshes/0/primitives/0/attributes/POSITION',
    () => glbWith({ accessors: [{ ...accessors[0], normalized: true }, accessors[1]] }),
  ],
  ['MESH_INVALID_WEIGHTS_COUNT', '/meshes/0/weights', () => morphed({}, { weights: [0, 1] })],
  [
    'NODE_WEIGHTS_INVALID',
    '/nodes/0/weights',
    () =>
      withAccessors(
        [float(4, 'VEC3', 2, { min: [0, 0, 0], max: [0, 0.5, 0] })],
        { ...mesh(morph), nodes: [{ mesh: 0, weights: [1, 1] }] },
        shift,
      ),
  ],
  [
    'MESH_PRIMITIVE_TOO_FEW_TEXCOORDS',
    '/meshes/0/primitives/0/material',
    () => glbWith({ ...textured(2), ...mesh({ material: 0 }) }, picture(4, 4)),
  ],
  [
    'MESH_PRIMITIVE_NO_TANGENT_SPACE',
    '/meshes/0/primitives/0/material',
    () =>
      withAccessors(
        [uv],
        {
          ...textured(3),
          ...used('KHR_materials_anisotropy'),
          materials: [ext('KHR_materials_anisotropy', { anisotropyStrength: 0.5, anisotropyTexture: { index: 0 } })],
        },
        new Uint8Array(32),
        picture(4, 4),
      ),
  ],
  ['ACCESSOR_INVALID_IBM', '/skins/0/inverseBindMatrices', () => rigged(0.9999998807907104)],
]
