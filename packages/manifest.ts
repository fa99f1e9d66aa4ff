/**
 * A package's manifest: all that a device, the simulation and the archive need to know of one upload. Its bytes are
 * canonical JSON (keys sorted, no spaces, UTF-8), and their SHA-256 is the package's hash. The hash identifies
 * everything in the package, because the manifest has the SHA-256 of each file. Nothing in it depends on who uploaded
 * it, where or when.
 */
import type { Collider, PackagePhysics, Quat, Vec3 } from '../sim/index.ts'

export const MANIFEST_SCHEMA = 'otherworld/manifest/1'

export type PackageKind = 'avatar' | 'object'

/** A file of the package in the asset store, under `sha256/HEX`. */
export interface PackageFile {
  /** 64 lower-case hex digits. */
  readonly sha256: string
  readonly bytes: number
  readonly mediaType: string
}

interface PackageMaterial {
  /** Unique in the package, Godot-safe. */
  readonly id: string
  readonly name: string
}

interface PackageMesh {
  readonly id: string
  readonly name: string
  readonly triangles: number
  readonly vertices: number
  /** Ids of the materials of its primitives. */
  readonly materials: readonly string[]
  readonly morphTargets: number
}

interface PackageAnimation {
  readonly id: string
  readonly name: string
  readonly seconds: number
}

export interface PackageTexture extends PackageFile {
  readonly id: string
  readonly name: string
  readonly width: number
  readonly height: number
}

/** One joint of the derived armature; the GLB's node tree has priority. */
export interface PackageJoint {
  /** Name of the node in the runtime GLB, unique in it. */
  readonly joint: string
  /** Name of the nearest ancestor joint; null for a root. */
  readonly parent: string | null
  /** The node's name in the upload. */
  readonly name: string
  /** Humanoid bone (a name of sim's BONES, or another of VRM's, e.g. leftToes), if the upload names one. */
  readonly humanoid?: string
  /**
   * Only humanoid joints have it: the node's rotation in the avatar's root space (as in AvatarBody: the model turned to
   * face -Z) when the body is in its T-pose with all bones unrotated. A bone with rotation R in root space puts its
   * node at R · rest.
   */
  readonly rest?: Quat
}

/** A fitted capsule in its joint's space, metres. */
export interface PackageCapsule {
  /** Humanoid bone, or the joint's name where the rig is not humanoid. */
  readonly bone: string
  /** Name of the joint's node in the runtime GLB. */
  readonly joint: string
  readonly a: readonly [number, number, number]
  readonly b: readonly [number, number, number]
  readonly r: number
}

/** A simplified form of the runtime GLB, for viewers beyond `metresMin` (at scale 1). */
interface PackageLevel extends PackageFile {
  readonly metresMin: number
  readonly triangles: number
}

export type PackageRank = 'excellent' | 'good' | 'medium' | 'poor' | 'verypoor'

export interface PackageManifest {
  readonly schema: typeof MANIFEST_SCHEMA
  readonly kind: PackageKind
  readonly name: string
  readonly attachments: {
    readonly avatar: {
      readonly materials: readonly PackageMaterial[]
      readonly meshes: readonly PackageMesh[]
      readonly animations: readonly PackageAnimation[]
    }
    /** Colliders of an object; empty for avatars, which have `capsules`. */
    readonly colliders: readonly Collider[]
  }
  /** Factor from the model's uploaded units to metres in the realm. */
  readonly scale: number
  /** Null if nothing is skinned. */
  readonly skeleton: readonly PackageJoint[] | null
  readonly capsules: readonly PackageCapsule[]
  /** The model's place relative to its Marker3D: the transform that the ingest baked. Front is +Z. */
  readonly marker: { readonly position: Vec3; readonly rotation: Quat }
  /** Axis-aligned box of the model at rest, metres, marker space. */
  readonly bounds: { readonly min: Vec3; readonly max: Vec3 }
  readonly counts: {
    readonly triangles: number
    readonly vertices: number
    readonly materials: number
    readonly textures: number
    readonly joints: number
    readonly textureBytes: number
  }
  readonly rank: { readonly pc: PackageRank; readonly mobile: PackageRank }
  readonly files: {
    /** The file that devices load: a GLB that Godot 4.6 and three.js read without extensions that they lack. */
    readonly runtime: PackageFile
    /** The file as uploaded. */
    readonly original: PackageFile
    /** Simplified forms, nearest first; may be empty. */
    readonly levels: readonly PackageLevel[]
    /** Textures of the runtime GLB, each also as a separate file. */
    readonly textures: readonly PackageTexture[]
  }
  /** The physics that the simulation receives. */
  readonly physics: PackagePhysics
}
