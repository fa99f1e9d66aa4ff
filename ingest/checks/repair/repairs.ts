/**
 * Errors of the Khronos validator that exporters write and loaders ignore, and what the ingest does about each. An
 * error without a repair, or one that a repair leaves, refuses the file with advice (advice.ts).
 */
import { dropChannels, dropRepeatedTargets, orderKeys, unitKeyRotations } from './animations.ts'
import type { RepairStep } from './draft.ts'
import { clampFactors, dropAnisotropy, dropUnmappedTextures, typeImages } from './materials.ts'
import {
  countWeights,
  declareExtensions,
  dropCamerasAndLights,
  dropDependants,
  dropDuplicates,
  dropEmpty,
  dropIdleSkins,
  dropMembers,
  dropMinusOnes,
  dropSkeletons,
  dropUnusedRequired,
  rootScenes,
  settleBindMatrices,
  unitRotations,
} from './nodes.ts'
import { clampColors, closeGaps, dropNormalized, liftWeights, settleIdleJoints } from './vertices.ts'

export interface Repair {
  /** The text of the warning: what the repair did. */
  readonly says: string
  /** Changes the file before it is decoded. Without it, decoding and normalising repair the error. */
  readonly apply?: RepairStep
}

const BOUNDS = 'The bounds were recomputed.'
const PACKED_AGAIN = 'The data was stored again without gaps.'
const CAMERAS = 'Cameras and lights are left out.'
const CHANNELS = 'The animation of that property is left out.'
const IMAGE_TYPE = 'The type was set to the real type of the image.'

const clampValues: RepairStep = (draft, findings) => {
  clampFactors(draft, findings)
  unitRotations(draft, findings)
  if (findings.some(({ where }) => /^\/(?:cameras|extensions\/KHR_lights_punctual)\//.test(where)))
    dropCamerasAndLights(draft)
}

/** By code of the validator. */
export const REPAIRS: Readonly<Record<string, Repair>> = {
  // Bounds, layout and hints, which are written again.
  ACCESSOR_MIN_MISMATCH: { says: BOUNDS },
  ACCESSOR_MAX_MISMATCH: { says: BOUNDS },
  ACCESSOR_ELEMENT_OUT_OF_MIN_BOUND: { says: BOUNDS },
  ACCESSOR_ELEMENT_OUT_OF_MAX_BOUND: { says: BOUNDS },
  MESH_PRIMITIVE_POSITION_ACCESSOR_WITHOUT_BOUNDS: { says: BOUNDS },
  ANIMATION_SAMPLER_INPUT_ACCESSOR_WITHOUT_BOUNDS: { says: BOUNDS },
  BUFFER_VIEW_TARGET_OVERRIDE: { says: 'The hint how the data is used was set again.' },
  BUFFER_DATA_URI_MIME_TYPE_INVALID: { says: 'The data was read nevertheless.' },
  MESH_PRIMITIVE_ACCESSOR_UNALIGNED: { says: PACKED_AGAIN },
  MESH_PRIMITIVE_ACCESSOR_WITHOUT_BYTESTRIDE: { says: PACKED_AGAIN },
  MESH_PRIMITIVE_INDICES_ACCESSOR_WITH_BYTESTRIDE: { says: PACKED_AGAIN },
  ANIMATION_SAMPLER_ACCESSOR_WITH_BYTESTRIDE: { says: PACKED_AGAIN },
  SKIN_IBM_ACCESSOR_WITH_BYTESTRIDE: { says: PACKED_AGAIN },
  IMAGE_BUFFER_VIEW_WITH_BYTESTRIDE: { says: PACKED_AGAIN },
  BUFFER_VIEW_INVALID_BYTE_STRIDE: { says: PACKED_AGAIN },
  BUFFER_VIEW_TOO_BIG_BYTE_STRIDE: { says: PACKED_AGAIN },
  ACCESSOR_NORMALIZED_INVALID: { says: 'The mark "normalized" was removed.', apply: dropNormalized },
  MESH_PRIMITIVE_ATTRIBUTES_ACCESSOR_INVALID_FORMAT: {
    says: 'The mark "normalized" was removed.',
    apply: dropNormalized,
  },
  // Vertices.
  ACCESSOR_WEIGHTS_NON_NORMALIZED: { says: 'The weights were scaled to a sum of 1.' },
  ACCESSOR_WEIGHTS_NEGATIVE: { says: 'The weights were set to zero.', apply: liftWeights },
  ACCESSOR_JOINTS_INDEX_DUPLICATE: { says: 'The weights of one bone on one vertex were added up.' },
  ACCESSOR_JOINTS_INDEX_OOB: { says: 'Bones without weight were left out.', apply: settleIdleJoints },
  ACCESSOR_VECTOR3_NON_UNIT: { says: 'The normals and tangents were scaled to length 1.' },
  ACCESSOR_INVALID_SIGN: { says: 'The sign of the tangents was set to 1 or -1.' },
  ACCESSOR_NON_CLAMPED: { says: 'The vertex colours were set to the range 0 to 1.', apply: clampColors },
  MESH_PRIMITIVE_INDEXED_SEMANTIC_CONTINUITY: { says: 'The gap between the sets was closed.', apply: closeGaps },
  MESH_PRIMITIVE_INVALID_ATTRIBUTE: { says: 'The attribute is left out: no client reads it.', apply: dropMembers },
  MESH_PRIMITIVE_MORPH_TARGET_NO_BASE_ACCESSOR: {
    says: 'That part of the morph target is left out.',
    apply: dropMembers,
  },
  MESH_INVALID_WEIGHTS_COUNT: { says: 'The weights were matched to the morph targets.', apply: countWeights },
  NODE_WEIGHTS_INVALID: { says: 'The weights were matched to the morph targets.', apply: countWeights },
  // Materials and images.
  MESH_PRIMITIVE_TOO_FEW_TEXCOORDS: {
    says: 'The texture is left out there: the mesh has no UV map for it. In Blender: UV > Unwrap.',
    apply: dropUnmappedTextures,
  },
  MESH_PRIMITIVE_NO_TANGENT_SPACE: { says: 'The anisotropy is left out there.', apply: dropAnisotropy },
  VALUE_NOT_IN_RANGE: {
    says: 'The value was set to the nearest that is allowed, or left out with its camera or light.',
    apply: clampValues,
  },
  IMAGE_MIME_TYPE_INVALID: { says: IMAGE_TYPE, apply: typeImages },
  IMAGE_NON_ENABLED_MIME_TYPE: { says: IMAGE_TYPE, apply: typeImages },
  TEXTURE_INVALID_IMAGE_MIME_TYPE: { says: IMAGE_TYPE, apply: typeImages },
  // Scenes, nodes, skins.
  SCENE_NON_ROOT_NODE: { says: 'The scene was given its root nodes.', apply: rootScenes },
  DUPLICATE_ELEMENTS: { says: 'The second reference was removed.', apply: dropDuplicates },
  ROTATION_NON_UNIT: { says: 'The rotation was scaled to length 1.', apply: unitRotations },
  NODE_SKIN_WITH_NON_SKINNED_MESH: {
    says: 'The mesh has no bone weights, so it does not follow the armature. In Blender: parent it With Automatic Weights.',
    apply: dropIdleSkins,
  },
  SKIN_SKELETON_INVALID: { says: 'The hint was removed.', apply: dropSkeletons },
  ACCESSOR_INVALID_IBM: { says: 'The last row was set to 0, 0, 0, 1.', apply: settleBindMatrices },
  // Animations.
  ACCESSOR_ANIMATION_INPUT_NEGATIVE: { says: 'The animation was moved to begin at 0 s.', apply: orderKeys },
  ACCESSOR_ANIMATION_INPUT_NON_INCREASING: { says: 'Of keys at one time, the first was kept.', apply: orderKeys },
  ACCESSOR_ANIMATION_SAMPLER_OUTPUT_NON_NORMALIZED_QUATERNION: {
    says: 'The rotations were scaled to length 1.',
    apply: unitKeyRotations,
  },
  ANIMATION_CHANNEL_TARGET_NODE_MATRIX: { says: 'The matrix was split into translation, rotation and scale.' },
  ANIMATION_CHANNEL_TARGET_NODE_WEIGHTS_NO_MORPHS: { says: CHANNELS, apply: dropChannels },
  ANIMATION_DUPLICATE_TARGETS: { says: 'The first of the animations was kept.', apply: dropRepeatedTargets },
  ANIMATION_SAMPLER_INPUT_ACCESSOR_INVALID_FORMAT: { says: CHANNELS, apply: dropChannels },
  ANIMATION_SAMPLER_INPUT_ACCESSOR_TOO_FEW_ELEMENTS: { says: CHANNELS, apply: dropChannels },
  ANIMATION_SAMPLER_OUTPUT_ACCESSOR_INVALID_COUNT: { says: CHANNELS, apply: dropChannels },
  ANIMATION_SAMPLER_OUTPUT_ACCESSOR_INVALID_FORMAT: { says: CHANNELS, apply: dropChannels },
  KHR_ANIMATION_POINTER_ANIMATION_CHANNEL_TARGET_NODE: { says: CHANNELS, apply: dropChannels },
  KHR_ANIMATION_POINTER_ANIMATION_CHANNEL_TARGET_PATH: { says: CHANNELS, apply: dropChannels },
  // The document: empty, missing or superfluous members.
  EMPTY_ENTITY: { says: 'It was removed.', apply: dropEmpty },
  INVALID_INDEX: { says: 'The reference was removed: -1 means none.', apply: dropMinusOnes },
  UNSATISFIED_DEPENDENCY: { says: 'What depends on it was removed or declared.', apply: dropDependants },
  UNDECLARED_EXTENSION: { says: 'The extension was declared.', apply: declareExtensions },
  UNEXPECTED_EXTENSION_OBJECT: { says: 'It was removed.', apply: dropMembers },
  UNUSED_EXTENSION_REQUIRED: { says: 'The extension is not required any more.', apply: dropUnusedRequired },
  NON_REQUIRED_EXTENSION: { says: 'It was read as if it were required.' },
  KHR_MATERIALS_VARIANTS_NON_UNIQUE_VARIANT: { says: 'Variants are left out.' },
  CAMERA_XMAG_YMAG_ZERO: { says: CAMERAS },
  CAMERA_ZFAR_LEQUAL_ZNEAR: { says: CAMERAS },
  KHR_LIGHTS_PUNCTUAL_LIGHT_SPOT_ANGLES: { says: CAMERAS },
  GLB_CHUNK_LENGTH_UNALIGNED: { says: 'The chunks were written again.' },
}
