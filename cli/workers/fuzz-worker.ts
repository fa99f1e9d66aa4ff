/** The thread of `otherworld fuzz`. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { runBatch, type BatchInput } from '../../testing/fuzz/batch.ts'
import { hunt } from '../../testing/planted-bugs/hunt.ts'
import type { JobContext } from './job.ts'
import { serveJobs } from './serve-jobs.ts'

const KINDS = {
  batch: async (input: BatchInput, { signal, retire }: JobContext) => {
    const output = await runBatch(input, () => signal.aborted, nextTurn)
    // The physics engine of a thread in which the simulation ended may be damaged.
    if (output.failure?.property === 'continues') retire()
    return output
  },
  hunt: (name: string) => hunt(name),
} as const
export type FuzzKinds = typeof KINDS

serveJobs(KINDS)
