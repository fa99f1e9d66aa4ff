/** Advice for each rule of the preflight. docs/ingest.md lists the rules. */
import { refuse } from '../json.ts'

const AGAIN = 'Export the model again.'

/** By rule: all of the preflight's, except COUNT, whose advice depends on what is counted (counts.ts). */
export const PREFLIGHT_ADVICE = {
  ACCESSOR_SIZE: 'Reduce vertices, morph targets or animations.',
  ACCESSOR_SPARSE_COUNT_OUT_OF_RANGE: AGAIN,
  ACCESSOR_ZEROS: AGAIN,
  DRACO_DATA: 'Export the model again, or without Draco compression.',
  DRACO_SIZE: 'Reduce the mesh.',
  EXTENSION_REQUIRED: 'Export the model without it.',
  EXTERNAL_URI: 'Nothing is loaded from elsewhere: export as one .glb file, which holds its buffers and textures.',
  FILE_SIZE: 'Use smaller or fewer textures, or fewer vertices.',
  GEOMETRY_SIZE: 'Reduce vertices, morph targets or animations.',
  IMAGES_SIZE: 'Scale textures down.',
  IMAGE_SIZE: 'Scale the texture down.',
  INSTANCES: 'Use fewer copies.',
  JSON_DEPTH: 'No glTF exporter does that; export the model again without custom data.',
  JSON_DUPLICATE_KEY: AGAIN,
  JSON_KEY: 'Remove the custom property of that name.',
  JSON_NUMBER:
    'Look for broken modifiers, constraints and custom properties near this place, and export the model again.',
  JSON_SIZE: 'Remove custom data, or merge animations and meshes.',
  MESHOPT_SIZE: 'Decimate the mesh (in Blender: Decimate modifier).',
  NODE_DEPTH: 'Flatten the hierarchy.',
  NODE_LOOP: AGAIN,
  NODE_PARENT_OVERRIDE: AGAIN,
  NOT_GLTF: 'Export the model as .glb or .vrm.',
} as const

export type PreflightRule = keyof typeof PREFLIGHT_ADVICE

/** Refuses the upload: `fault` says what is wrong, and the rule's advice what to do. Always throws Rejected. */
export function refuseUpload(
  rule: PreflightRule,
  where: string,
  fault: string,
  value: number | string | null = null,
  limit: number | string | null = null,
): never {
  refuse(rule, where, `${fault} ${PREFLIGHT_ADVICE[rule]}`, value, limit)
}
