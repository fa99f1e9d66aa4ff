/** The treatment of each glTF extension. */

/** Decoded, expanded or converted; the runtime form does not contain them. */
export const DECODED_EXTENSIONS: readonly string[] = [
  'KHR_draco_mesh_compression',
  'EXT_meshopt_compression',
  'KHR_meshopt_compression',
  'KHR_mesh_quantization',
  'EXT_texture_avif',
  'EXT_mesh_gpu_instancing',
  'KHR_node_visibility',
  'KHR_materials_pbrSpecularGlossiness',
]

/** Kept unchanged: Godot 4.6 and three.js draw them, or draw well without them. */
export const KEPT_EXTENSIONS: readonly string[] = [
  'KHR_materials_anisotropy',
  'KHR_materials_clearcoat',
  'KHR_materials_diffuse_transmission',
  'KHR_materials_dispersion',
  'KHR_materials_emissive_strength',
  'KHR_materials_ior',
  'KHR_materials_iridescence',
  'KHR_materials_sheen',
  'KHR_materials_specular',
  'KHR_materials_transmission',
  'KHR_materials_unlit',
  'KHR_materials_volume',
  'KHR_texture_transform',
  'KHR_texture_basisu',
  'EXT_texture_webp',
]

/** Carried over as JSON, with updated indices (normalise/carried.ts). */
export const CARRIED_EXTENSIONS: readonly string[] = [
  'VRM',
  'VRMC_vrm',
  'VRMC_springBone',
  'VRMC_springBone_extended_collider',
  'VRMC_node_constraint',
  'VRMC_materials_mtoon',
  'VRMC_materials_hdr_emissiveMultiplier',
  'OMI_physics_shape',
  'OMI_physics_body',
]

/** Removed even if a file requires them: the model is the same without them. */
const DROPPED_EXTENSIONS: readonly string[] = [
  'KHR_lights_punctual',
  'KHR_materials_variants',
  'KHR_xmp_json_ld',
  'KHR_animation_pointer',
  'KHR_node_selectability',
  'KHR_node_hoverability',
  'KHR_interactivity',
  'KHR_audio_emitter',
  'EXT_lights_image_based',
  'EXT_lights_ies',
  'EXT_mesh_features',
  'EXT_instance_features',
  'EXT_structural_metadata',
  'MSFT_lod',
  'GODOT_single_root',
  'OMI_collider',
  'OMI_spawn_point',
  'OMI_seat',
  'OMI_link',
  'OMI_physics_joint',
  'OMI_physics_gravity',
]

/** Extensions without which a loader cannot draw the model. The runtime form requires no others. */
export const STAYS_REQUIRED: readonly string[] = ['KHR_texture_basisu', 'EXT_texture_webp', 'KHR_texture_transform']

const KNOWN: ReadonlySet<string> = new Set([
  ...DECODED_EXTENSIONS,
  ...KEPT_EXTENSIONS,
  ...CARRIED_EXTENSIONS,
  ...DROPPED_EXTENSIONS,
])
export const isKnownExtension = (name: string): boolean => KNOWN.has(name)

const SURVIVES: ReadonlySet<string> = new Set([...DECODED_EXTENSIONS, ...KEPT_EXTENSIONS, ...CARRIED_EXTENSIONS])
/** True if the extension, or its effect, is in the runtime form. */
export const survivesIngest = (name: string): boolean => SURVIVES.has(name)
