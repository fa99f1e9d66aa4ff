/** Limits of the ingest, each with its unit and its reason. Bytes in MiB = 2^20. docs/ingest.md lists them. */
import type { PackageKind } from '../packages/manifest.ts'

const KIB = 1024
const MIB = 1024 * KIB

/**
 * Limits of what a file may claim before anything reads it. They bound memory and time, and are well above the limits
 * of the kinds. Each is checked in time that only grows with the JSON.
 */
export const CHECK_LIMITS = {
  /** Bytes of the upload; the largest of any kind. */
  fileBytes: 25 * MIB,
  /** Bytes of a GLB's JSON: exporters that write an accessor for each animated bone reach 3 MiB. */
  jsonBytes: 8 * MIB,
  /** Values (objects, arrays, strings, numbers …) in the JSON; each costs tens of bytes once parsed. */
  jsonValues: 1_000_000,
  /** Nesting of the JSON; glTF itself needs 8, extensions and extras a few more. */
  jsonDepth: 64,
  /** Characters of one key. */
  jsonKeyCharacters: 512,
  nodes: 4_096,
  /** Levels from a root to its deepest descendant; Godot and three.js walk recursively. */
  nodeDepth: 128,
  accessors: 20_000,
  bufferViews: 20_000,
  buffers: 64,
  meshes: 1_024,
  /** Sum over all meshes. */
  primitives: 2_048,
  /** Per primitive. */
  attributes: 32,
  /** Per primitive; VRM faces have up to 150. */
  morphTargets: 512,
  materials: 256,
  textures: 256,
  images: 64,
  samplers: 256,
  skins: 64,
  /** Per skin. */
  joints: 1_024,
  animations: 256,
  /** Sum over all animations: 100 clips of 500 joint tracks. */
  channels: 50_000,
  cameras: 64,
  scenes: 16,
  extensions: 64,
  /** Bytes of all accessors, decoded: 70k triangles with 100 morph targets take 80 MiB. */
  accessorBytes: 128 * MIB,
  /** Bytes of accessors without data in the file (zeros), which cost the sender nothing. */
  zeroBytes: 8 * MIB,
  /** Bytes of the accessors of primitives and samplers, each counted as often as it is used. */
  touchedBytes: 256 * MIB,
  /** Triangles of Draco meshes, decoded; checked before the kind's own limit is known. */
  dracoTriangles: 500_000,
  /** Vertices of meshes in meshopt data, each as often as a primitive uses it: 94 KB can unpack to 100 MiB of them. */
  meshoptVertices: 500_000,
  /** Nodes after EXT_mesh_gpu_instancing is expanded. */
  instances: 2_048,
  /** Width and height of an image as uploaded. */
  imageSide: 8_192,
  /** Pixels of one image: 4096 x 4096, 64 MiB decoded. */
  imagePixels: 4_096 * 4_096,
  /** Pixels of all images together; each is decoded once. */
  imagesPixels: 6 * 4_096 * 4_096,
} as const

/** Largest width and height of a texture in the runtime form; larger ones are downscaled. */
export const TEXTURE_SIDE_MAX = 2_048
/** The same for the simplified level. */
export const LEVEL_TEXTURE_SIDE_MAX = 512
/** Models with fewer triangles have no simplified level: it would save nothing. */
export const LEVEL_TRIANGLES_FROM = 2_000
/** Share of triangles that the simplified level keeps at best. */
export const LEVEL_TRIANGLES_SHARE = 0.25
/** Largest distance of the simplified surface from the original, as a share of the mesh's extent. */
export const LEVEL_ERROR_MAX = 0.02
/** Viewers farther away than this multiple of the model's largest side get the simplified level. */
export const LEVEL_DISTANCE_SIZES = 6
/** Characters (code points) of a name in the runtime form. */
export const NAME_CHARACTERS_MAX = 64
/** Messages of the Khronos validator that are kept. */
export const VALIDATOR_ISSUES_MAX = 256
/** Rejections and warnings that an outcome carries at most. */
export const OUTCOME_ENTRIES_MAX = 64

/**
 * Radius of the default collider of an object without meshes and colliders, metres: it fits in a hand, and its outline
 * is visible.
 */
export const BALL_RADIUS_METRES = 0.05

/** Limits of a finished package, by kind. Above `warn` the package is accepted with a warning. */
interface KindLimits {
  readonly fileBytes: number
  readonly triangles: number
  readonly trianglesWarn: number
  readonly materials: number
  /** Bytes of all textures, decoded to 8-bit RGBA. */
  readonly textureBytes: number
  readonly joints: number
  /** Sides of a plausible model, metres; other models are scaled. */
  readonly metres: { readonly min: number; readonly max: number }
}

/**
 * What 100 avatars and some hundred objects may cost a headset: 70,000 and 20,000 triangles, 128 and 48 MiB of textures.
 */
export const KIND_LIMITS: Readonly<Record<PackageKind, KindLimits>> = {
  avatar: {
    fileBytes: 25 * MIB,
    triangles: 70_000,
    trianglesWarn: 32_000,
    materials: 16,
    textureBytes: 128 * MIB,
    joints: 256,
    metres: { min: 0.3, max: 3 },
  },
  object: {
    fileBytes: 10 * MIB,
    triangles: 20_000,
    trianglesWarn: 10_000,
    materials: 4,
    textureBytes: 48 * MIB,
    joints: 0,
    metres: { min: 0.01, max: 50 },
  },
}

/** Memory and time that the ingest's process may use. */
export const CHILD_LIMITS = {
  /** Memory that it may write to, bytes (RLIMIT_DATA): the largest permitted upload needs less than half of it. */
  dataBytes: 1_536 * MIB,
  /** JavaScript heap, MiB. */
  heapMiB: 768,
  /** CPU time, seconds. */
  cpuSeconds: 50,
  /**
   * Wall-clock time, milliseconds. Only the processor time judges the file: this ends a process that hangs, or that a
   * busy machine gives no time.
   */
  wallMs: 1_800_000,
} as const
