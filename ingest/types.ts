/**
 * What goes into the ingest of an upload and what comes out of it. The same bytes and options give the same outcome on
 * every machine, but for `milliseconds`.
 */
import type { Document, Mesh, Node } from '@gltf-transform/core'
import type { AvatarBody, Collider, PropSpec, Quat } from '../sim/index.ts'
import type { IngestStage, Rejection, UploadWarning as IngestWarning } from '../http-api/index.ts'
import type { PackageCapsule, PackageKind, PackageManifest } from '../packages/manifest.ts'

export type { IngestStage, Rejection, IngestWarning }

export interface IngestOptions {
  /** Name of the package; defaults to the file's own title (VRM meta, the scene's name), else "unnamed". */
  readonly name?: string
  /** `auto`, the default: what has a skin is an avatar, everything else an object. */
  readonly kind?: PackageKind | 'auto'
  /** Name of the node (as uploaded) by humanoid bone (VRM 1.0's names); goes before what a VRM file says itself. */
  readonly humanoid?: Readonly<Record<string, string>>
  /** `ground`, the default: lifted so that the lowest point is at y = 0, and moved under the middle where the origin lies beside the model. `author`: left as it is. */
  readonly origin?: 'ground' | 'author'
  readonly onStage?: (stage: IngestStage) => void
}

/** Thrown by any part of the ingest to refuse the upload; carries why. */
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
      /** Every file that the manifest names, and the manifest itself (under `hash`), by SHA-256. */
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

/**
 * What the upload says of its physics (OMI_physics_shape, OMI_physics_body): JSON as uploaded, of bounded size and depth,
 * otherwise unchecked.
 */
export interface OmiPhysics {
  /** `extensions.OMI_physics_shape.shapes` of the document. */
  readonly shapes: readonly unknown[]
  /** `extensions.OMI_physics_body` of each node that has one. */
  readonly bodies: ReadonlyMap<Node, unknown>
  /** The meshes that a shape's `mesh` is an index into. */
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
 * The fit of an avatar: pure and deterministic; throws Rejected. `document` is normalised: metres, front +Z, feet at
 * y = 0, plain attributes, at most four influences, unique names (`capsules[].joint`). `humanoid`: node by VRM 1.0 bone name; empty where nothing says.
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

/** The fit of an object: pure and deterministic; throws Rejected. `document` is normalised: metres, standing where it will stand. */
export type FitObject = (document: Document, omi: OmiPhysics, warn: Warn) => ObjectFit | Promise<ObjectFit>
