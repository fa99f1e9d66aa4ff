/** The kinds of jobs that replay-worker.ts runs. A new kind is one file and a line here. */
import { indexJob } from './index-job.ts'
import { verifyJob } from './verify-job.ts'

export const KINDS = { verify: verifyJob, index: indexJob } as const
export type ReplayKinds = typeof KINDS
