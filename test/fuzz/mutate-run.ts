/** Mutates seeds and gives them to a target, over and over: what came of it, and the slowest. */
import { Mutator } from './mutator.ts'
import { BrokenPromise, type FuzzTarget } from './target.ts'

/** An input that takes longer is tried again, ms; the machine may have been busy elsewhere. */
const SLOW_MS = 20
const SLOW_TRIES = 8
/** What an input may take at the best of SLOW_TRIES, ms: seconds would stop a server, a busy machine costs tens. Inputs have 64 KB at most. */
const INPUT_MS_MAX = 250
/** One in so many is given to `repair` where the target has it. */
const REPAIR_EVERY = 2
/** One in so many is checked as a whole. */
const WHOLE_EVERY = 5

export interface MutateFigures {
  readonly target: string
  readonly inputs: number
  readonly accepted: number
  readonly milliseconds: number
  /** At the best of several tries, ms. */
  readonly slowestMs: number
  readonly failures: readonly MutateFailure[]
}

export interface MutateFailure {
  readonly message: string
  readonly hex: string
}

/** Failures told of one target; more say no more. */
const FAILURES_MAX = 5

const elapsed = (sinceMs: number): number => performance.now() - sinceMs

/** The shortest of several tries, ms: what the input itself costs. */
async function bestOf(target: FuzzTarget, input: Uint8Array, firstMs: number): Promise<number> {
  let bestMs = firstMs
  for (let i = 1; i < SLOW_TRIES && bestMs > SLOW_MS; i += 1) {
    const atMs = performance.now()
    await target.run(input)
    bestMs = Math.min(bestMs, elapsed(atMs))
  }
  return bestMs
}

export async function mutateRun(
  target: FuzzTarget,
  seeds: readonly Uint8Array[],
  count: number,
  seed: number,
  inputMsMax = INPUT_MS_MAX,
): Promise<MutateFigures> {
  const mutator = new Mutator(seed)
  const failures: MutateFailure[] = []
  const startMs = performance.now()
  let accepted = 0
  let slowestMs = 0
  for (let i = 0; i < count && failures.length < FAILURES_MAX; i += 1) {
    const mutated = mutator.nextInput(seeds)
    const input = target.repair && i % REPAIR_EVERY === 0 ? target.repair(mutated) : mutated
    try {
      const atMs = performance.now()
      const taken = target.run(input, i % WHOLE_EVERY === 0 ? 'whole' : 'quick')
      // Most targets answer at once: a turn of the event loop for each would cost more than the decoder.
      if (taken === true || (taken !== false && (await taken))) accepted += 1
      const ms = elapsed(atMs)
      if (ms <= slowestMs) continue
      slowestMs = Math.max(slowestMs, ms > SLOW_MS ? await bestOf(target, input, ms) : ms)
      if (slowestMs > inputMsMax) throw new BrokenPromise(`takes ${slowestMs.toFixed(0)} ms; ${inputMsMax} are allowed`)
    } catch (error) {
      failures.push({
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        hex: Buffer.from(input).toString('hex'),
      })
    }
  }
  return { target: target.name, inputs: count, accepted, milliseconds: elapsed(startMs), slowestMs, failures }
}
