/**
 * The module that the coverage-guided fuzzer loads. FUZZ_TARGET names the target; scripts/fuzz/fuzz.mjs uses the other
 * exports.
 */
import { makeSeeds } from './seeds.ts'
import type { FuzzTarget } from './target.ts'
import { TARGETS, targetNamed } from './targets/index.ts'

const name = process.env['FUZZ_TARGET']
const target = name === undefined ? null : targetNamed(name)

function fuzzBytes(to: FuzzTarget, bytes: Uint8Array): boolean | Promise<boolean> {
  return to.run(to.repair ? to.repair(bytes) : bytes)
}

/** An exception counts as a finding. The bytes are copied, because the fuzzer reuses its own. */
export function fuzz(data: Uint8Array): unknown {
  return target === null ? undefined : fuzzBytes(target, new Uint8Array(data))
}

export const take = (to: string, data: Uint8Array): boolean | Promise<boolean> =>
  fuzzBytes(targetNamed(to), new Uint8Array(data))

export const targets = TARGETS.map((each) => ({
  name: each.name,
  isAsync: each.run.constructor.name === 'AsyncFunction',
}))
export const seeds = makeSeeds
