/** The progress of an upload, by its stage. */
import type { UploadStage } from '../../http-contract/index.ts'

/** Progress at the start of a stage: the share of a typical avatar's time that the earlier stages take. */
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
}

export const progressOf = (stage: UploadStage): number => PROGRESS[stage]
