/**
 * A process of scripts/fuzz/fuzz-mutation.mjs: argv CORPUS SEED. Receives jobs {target, count} by IPC and sends the
 * figures of each.
 */
import { readCorpus } from './corpus.ts'
import { mutateRun } from './mutate-run.ts'
import { makeSeeds } from './seeds.ts'
import { TARGETS, targetNamed } from './targets/index.ts'

interface Job {
  readonly target: string
  readonly count: number
  readonly seed: number
}

// Refusals are errors inside the decoders, and a stack for each would be most of the work.
Error.stackTraceLimit = 0
const [, , corpus = 'test/fuzz/corpus'] = process.argv
const seeds = await makeSeeds()

async function run({ target, count, seed }: Job): Promise<void> {
  const material = [...(seeds.get(target) ?? []), ...readCorpus(corpus, target).values()]
  const figures = await mutateRun(targetNamed(target), material, count, seed)
  process.send?.({ ...figures, heapBytes: process.memoryUsage().heapUsed })
}

process.on('message', (job) => void run(job as Job))
process.on('disconnect', () => process.exit(0))
process.send?.({ targets: TARGETS.map(({ name, share }) => ({ name, share: share ?? 1 })) })
