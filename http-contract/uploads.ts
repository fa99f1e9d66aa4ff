/** Uploads: the client's declaration, and the server's status reports until the upload is settled. */
import * as Schema from 'effect/Schema'
import { HumanoidMap, Kind, Name, optional, Ranks, Sha256, Sharing } from './fields.ts'

/** The part of an upload's stages that the ingest runs through, in order. */
export const INGEST_STAGES = ['checking', 'validating', 'normalising', 'fitting', 'packaging'] as const
export type IngestStage = (typeof INGEST_STAGES)[number]

/** The final stages. */
export const SETTLED_STAGES = ['done', 'rejected', 'failed'] as const
export type SettledStage = (typeof SETTLED_STAGES)[number]

/** All stages in order. `waiting` for the bytes; `received`: waiting for its turn. */
export const UPLOAD_STAGES = ['waiting', 'received', ...INGEST_STAGES, 'storing', ...SETTLED_STAGES] as const
export type UploadStage = (typeof UPLOAD_STAGES)[number]

export const isSettled = (stage: string): stage is SettledStage => SETTLED_STAGES.some((each) => each === stage)

/** A binary glTF has a header of 12 bytes and a chunk's of 8. */
export const FILE_BYTES_MIN = 20

const isNamed = Schema.makeFilter(
  ({ name, fileName }: Readonly<Partial<Record<'name' | 'fileName', string | null | undefined>>>) =>
    (name ?? fileName ?? '') !== '' || { path: ['name'], issue: 'Missing key' },
  {
    toJsonSchema: () => ({
      anyOf: ['name', 'fileName'].map((field) => ({
        properties: { [field]: { type: 'string', minLength: 1 } },
        required: [field],
      })),
    }),
  },
)

export const UploadBody = Schema.Struct({
  /** What the package is called. Default: `fileName` without its ending. */
  name: optional(Name),
  fileName: optional(Schema.String),
  bytes: Schema.Finite.check(Schema.isMultipleOf(1), Schema.isGreaterThanOrEqualTo(FILE_BYTES_MIN)),
  sha256: Sha256,
  /** Default: chosen by the file's content. */
  kind: optional(Kind),
  /** Node name by VRM 1.0 bone, for skinned models that are not VRM. */
  humanoid: optional(HumanoidMap),
  /** Default: `owner`. */
  sharing: optional(Sharing),
  /** True: a model above the limits of its kind is reduced to them, and the original file is kept. Default: false. */
  fit: optional(Schema.Boolean),
}).check(isNamed)
export type UploadBody = typeof UploadBody.Type

const Found = Schema.NullOr(Schema.Union([Schema.Finite, Schema.String]))

/** A rule that the upload breaks. */
export const Rejection = Schema.Struct({
  /** For programs, e.g. `NODE_CYCLE`, or a code of the Khronos validator. docs/ingest.md lists them. */
  rule: Schema.String,
  /** A JSON pointer into the glTF, a node's path or a byte; empty: the whole file. */
  where: Schema.String,
  /** What was found there. */
  value: Found,
  /** The limit that was broken. */
  limit: Found,
  /** For the person who made the model: what is wrong and what to do. */
  message: Schema.String,
  /** True: an upload with `fit` can correct this. */
  reducible: Schema.optionalKey(Schema.Boolean),
}).annotate({ identifier: 'Rejection' })
export type Rejection = typeof Rejection.Type

/** Something that the ingest corrected, or that the owner may want to correct; the upload is accepted. */
export const UploadWarning = Schema.Struct({
  rule: Schema.String,
  where: Schema.String,
  message: Schema.String,
}).annotate({ identifier: 'UploadWarning' })
export type UploadWarning = typeof UploadWarning.Type

const status = {
  schema: Schema.Literal('otherworld/upload/1'),
  /** UUID. */
  id: Schema.String,
  name: Schema.String,
  bytes: Schema.Finite,
  stage: Schema.Literals(UPLOAD_STAGES).annotate({ identifier: 'UploadStage' }),
  /** Progress of the server's part, 0 to 1. */
  progress: Schema.Finite,
  /** Uploads before this one while it is `received`; 0: it is the next. */
  queue: Schema.optionalKey(Schema.Finite),
  /** Hash of the package once it is `done`. */
  package: Schema.optionalKey(Sha256),
  kind: Schema.optionalKey(Kind),
  rank: Schema.optionalKey(Ranks),
  /** At least one if it is `rejected`. */
  rejections: Schema.optionalKey(Schema.Array(Rejection)),
  warnings: Schema.optionalKey(Schema.Array(UploadWarning)),
  /** For people: why it waits, or why it `failed`. */
  message: Schema.optionalKey(Schema.String),
}
export const UploadStatus = Schema.Struct(status).annotate({ identifier: 'UploadStatus' })
export type UploadStatus = typeof UploadStatus.Type

/** A link to send a file to. */
export const UploadLink = Schema.Struct({
  method: Schema.Literals(['PUT', 'GET']),
  /** Absolute, or a path on this server that begins with `/`. */
  url: Schema.String,
  /** Send them unchanged. */
  headers: Schema.Record(Schema.String, Schema.String),
  /** Unix time, ms. */
  expiresAtMs: Schema.Finite,
}).annotate({ identifier: 'UploadLink' })
export type UploadLink = typeof UploadLink.Type

export const DeclaredUpload = Schema.Struct({
  ...status,
  /** Null: the server already has these bytes. */
  put: Schema.NullOr(UploadLink),
}).annotate({ identifier: 'DeclaredUpload' })
export type DeclaredUpload = typeof DeclaredUpload.Type
