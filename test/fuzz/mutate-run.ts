/** Mutates seeds and passes them to a target repeatedly. Reports the failures and the slowest input. */
import { Mutator } from './mutator.ts'
import { BrokenPromise, type FuzzTarget } from './target.ts'

/** An input slower than this is run again, ms, because the machine may have been busy. */
const SLOW_MS = 20
const SLOW_TRIES = 8
/**
 * Time of an input at the best of SLOW_TRIES, ms: seconds would stop a server, a busy machine costs tens. Inputs have
 * 64 KB at most.
 */
const INPUT_MS_MAX = 250
/** Every n-th input goes through the target's `repair`, if it has one. */
const REPAIR_EVERY = 2
/** Every n-th input is checked completely. */
const WHOLE_EVERY = 5

export interface MutateFigures {
  readonly target: string
  readonly inputs: number
  readonly accepted: number
  readonly milliseconds: number
  /** At the best of several runs, ms. */
  readonly slowestMs: number
  readonly failures: readonly MutateFailure[]
}

export interface MutateFailure {
  readonly message: string
  readonly hex: string
}

/** Reported failures of one target; more say no more. */
const FAILURES_MAX = 5

const elapsed = (sinceMs: number): number => performance.now() - sinceMs

/** The shortest of several runs, ms: what the input itself costs. */
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
      // Most targets are synchronous: a turn of the event loop for each would cost more than the decoder.
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
