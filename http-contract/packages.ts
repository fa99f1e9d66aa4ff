/** Packages: the records that a user sees, and one package with links to its files. */
import * as Schema from 'effect/Schema'
import { Kind, Sha256, Sharing } from './fields.ts'
import { Manifest } from './manifest.ts'

export const PackageRecord = Schema.Struct({
  hash: Sha256,
  name: Schema.String,
  kind: Kind,
  sharing: Sharing,
  bytes: Schema.Finite,
  /** Unix time, ms. */
  createdAtMs: Schema.Finite,
  /** True if you own it. */
  own: Schema.Boolean,
}).annotate({ identifier: 'PackageRecord' })
export type PackageRecord = typeof PackageRecord.Type

export const PackageList = Schema.Struct({
  schema: Schema.Literal('otherworld/packages/1'),
  packages: Schema.Array(PackageRecord),
}).annotate({ identifier: 'PackageList' })

/** A file to download, without a token. */
export const FileLink = Schema.Struct({
  /** Absolute, or a path on this server that begins with `/`. */
  url: Schema.String,
  /** Unix time, ms. */
  expiresAtMs: Schema.Finite,
}).annotate({ identifier: 'FileLink' })
export type FileLink = typeof FileLink.Type

export const PackageAnswer = Schema.Struct({
  schema: Schema.Literal('otherworld/package/1'),
  hash: Sha256,
  manifest: Manifest,
  files: Schema.Struct({
    runtime: FileLink,
    /** The upload as it arrived; null if you have no record of the package. */
    original: Schema.NullOr(FileLink),
    /** In the manifest's order. */
    levels: Schema.Array(FileLink),
    /** By the texture's id. */
    textures: Schema.Record(Schema.String, FileLink),
  }),
}).annotate({ identifier: 'Package' })
export type PackageAnswer = typeof PackageAnswer.Type

export const SharingBody = Schema.Struct({ sharing: Sharing })
