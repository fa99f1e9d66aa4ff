/**
 * Inputs and outputs of the ingest. The same bytes and options give the same outcome on every machine, except
 * `milliseconds`.
 */
import type { Document, Mesh, Node } from '@gltf-transform/core'
import type { AvatarBody, Collider, PropSpec, Quat } from '../sim/index.ts'
import type { IngestStage, Rejection, UploadWarning as IngestWarning } from '../http-contract/index.ts'
import type { PackageCapsule, PackageKind, PackageManifest } from '../packages/manifest.ts'

export type { IngestStage, Rejection, IngestWarning }

export interface IngestOptions {
  /** Name of the package; defaults to the file's own title (VRM meta, the scene's name), else "unnamed". */
  readonly name?: string
  /** `auto`, the default: a model with a skin is an avatar, any other an object. */
  readonly kind?: PackageKind | 'auto'
  /** Name of the node (as uploaded) by humanoid bone (VRM 1.0's names); it overrides a VRM file's own map. */
  readonly humanoid?: Readonly<Record<string, string>>
  /**
   * `ground`, the default: moves the lowest point to y = 0, and the origin under the centre if it lies beside the
   * model. `author`: leaves the origin unchanged.
   */
  readonly origin?: 'ground' | 'author'
  /** True: a model above the limits of its kind is reduced to them. The original file is kept. */
  readonly fit?: boolean
  readonly onStage?: (stage: IngestStage) => void
}

/** Thrown by any part of the ingest to refuse the upload, with the reasons. */
export class Rejected extends Error {
  readonly rejections: readonly Rejection[]

  constructor(...rejections: readonly Rejection[]) {
    super(
      rejections
        .map(({ rule, where, message }) => `${rule} at ${where === '' ? 'the file' : where}: ${message}`)
        .join('; '),
    )
    this.name = 'Rejected'
    this.rejections = rejections
  }
}

/** A file of the package, to be stored under its SHA-256. */
export interface IngestFile {
  readonly bytes: Uint8Array
  readonly mediaType: string
}

export type IngestOutcome =
  | {
      readonly accepted: true
      /** SHA-256 of the manifest's canonical JSON, 64 lower-case hex digits. */
      readonly hash: string
      readonly manifest: PackageManifest
      /** Every file in the manifest, and the manifest itself (under `hash`), by SHA-256. */
      readonly files: ReadonlyMap<string, IngestFile>
      readonly warnings: readonly IngestWarning[]
      readonly milliseconds: number
    }
  | {
      readonly accepted: false
      /** At least one. */
      readonly rejections: readonly Rejection[]
      readonly warnings: readonly IngestWarning[]
      readonly milliseconds: number
    }

/** A picture of a model as WebP, or the reason why there is none, which completes "there is no picture, because …". */
export type Picture = { readonly webp: Uint8Array } | { readonly reason: string }

/**
 * The upload's physics (OMI_physics_shape, OMI_physics_body): JSON as uploaded, of bounded size and depth, otherwise
 * unchecked.
 */
export interface OmiPhysics {
  /** `extensions.OMI_physics_shape.shapes` of the document. */
  readonly shapes: readonly unknown[]
  /** `extensions.OMI_physics_body` of each node that has one. */
  readonly bodies: ReadonlyMap<Node, unknown>
  /** The meshes that a shape's `mesh` indexes. */
  readonly meshes: readonly Mesh[]
  /** `extensions.OMI_physics_body.physicsMaterials` of the document. */
  readonly materials?: readonly unknown[]
}

export type Warn = (warning: IngestWarning) => void

export interface AvatarFit {
  /** In the frame of each joint's node (its origin and rotation in the model at rest, without its scale), metres. */
  readonly capsules: readonly PackageCapsule[]
  readonly body: AvatarBody
  /** Rest rotation of each humanoid node; see PackageJoint. */
  readonly rest: ReadonlyMap<Node, Quat>
}

/**
 * Fits an avatar: pure and deterministic; throws Rejected. `document` is normalised: metres, front +Z, feet at y = 0,
 * plain attributes, at most four influences, unique names (`capsules[].joint`). `humanoid`: node by VRM 1.0 bone name;
 * empty without a map.
 */
export type FitAvatar = (
  document: Document,
  humanoid: ReadonlyMap<string, Node>,
  warn: Warn,
) => AvatarFit | Promise<AvatarFit>

export interface ObjectFit {
  /** At most 16, in the space of the normalised document's scene. */
  readonly colliders: readonly Collider[]
  readonly prop: Pick<PropSpec, 'motion' | 'density' | 'friction' | 'restitution' | 'color'>
}

/** Fits an object: pure and deterministic; throws Rejected. `document` is normalised: metres, in its final place. */
export type FitObject = (document: Document, omi: OmiPhysics, warn: Warn) => ObjectFit | Promise<ObjectFit>
