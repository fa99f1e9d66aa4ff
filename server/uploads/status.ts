/** What an upload's owner is told of it, and its stages in their order. */
import { INGEST_STAGES, type IngestStage, type IngestWarning, type Rejection } from '../../ingest/types.ts'
import type { PackageKind, PackageManifest } from '../../packages/manifest.ts'

/** `waiting`: for its bytes. `received`: for its turn. The last three are final. */
export const UPLOAD_STAGES = ['waiting', 'received', ...INGEST_STAGES, 'storing', 'done', 'rejected', 'failed'] as const
export type UploadStage = (typeof UPLOAD_STAGES)[number]

export interface UploadStatus {
  readonly schema: 'otherworld/upload/1'
  /** UUID. */
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly stage: UploadStage
  /** Of what the server does with it, 0 to 1. */
  readonly progress: number
  /** Uploads that are before it while it is `received`; 0: it is the next. */
  readonly queue?: number
  /** Hash of the package once it is `done`. */
  readonly package?: string
  readonly kind?: PackageKind
  readonly rank?: PackageManifest['rank']
  /** Where it is `rejected`, at least one. */
  readonly rejections?: readonly Rejection[]
  readonly warnings?: readonly IngestWarning[]
  /** For people: why it waits, or why it `failed`. */
  readonly message?: string
}

/** How far an upload is when a stage begins: what the stages take of a typical avatar's time. */
const PROGRESS: Readonly<Record<UploadStage, number>> = {
  waiting: 0,
  received: 0.02,
  checking: 0.05,
  validating: 0.1,
  normalising: 0.2,
  fitting: 0.6,
  packaging: 0.7,
  storing: 0.85,
  done: 1,
  rejected: 1,
  failed: 1,
} satisfies Record<IngestStage | UploadStage, number>

export const progressOf = (stage: UploadStage): number => PROGRESS[stage]

export const isSettled = (stage: UploadStage): boolean => stage === 'done' || stage === 'rejected' || stage === 'failed'
