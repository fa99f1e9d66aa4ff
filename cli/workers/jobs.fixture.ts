/** Jobs that end in every way that a job can end. */
import { setTimeout as sleep } from 'node:timers/promises'
import { threadId } from 'node:worker_threads'
import type { JobContext } from './job.ts'
import { serveJobs } from './serve-jobs.ts'

const KINDS = {
  echo: async (text: string, context: JobContext) => {
    context.progress(1, 2)
    return { text, thread: threadId }
  },
  slow: async (_: null, { signal }: JobContext) => {
    while (!signal.aborted) await sleep(5)
    return 'stopped'
  },
  refuses: async (reason: string) => {
    throw new Error(reason)
  },
  /** An error that no promise carries. */
  crash: (reason: string) =>
    new Promise<never>(() => {
      setTimeout(() => {
        throw new Error(reason)
      }, 0)
    }),
  verify: async () => process.exit(7),
  exit: async () => process.exit(7),
  retires: async (_: null, context: JobContext) => {
    context.retire()
    return threadId
  },
} as const
export type TestKinds = typeof KINDS

serveJobs(KINDS)
