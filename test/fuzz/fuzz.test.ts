/**
 * Replays the committed corpus through every target, and a few thousand mutations of it. npm run fuzz and npm run
 * fuzz:mutation go further.
 */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { readCorpus } from './corpus.ts'
import { mutateRun } from './mutate-run.ts'
import { Mutator } from './mutator.ts'
import { makeSeeds } from './seeds.ts'
import { joinRecords, splitRecords, type FuzzTarget } from './target.ts'
import { TARGETS } from './targets/index.ts'

const CORPUS = fileURLToPath(new URL('corpus', import.meta.url))
/**
 * Mutated inputs for each target; expensive targets get their share. npm run fuzz:mutation checks how long they take.
 */
const MUTATIONS = 2_000

let seeds: ReadonlyMap<string, readonly Uint8Array[]> = new Map()
beforeAll(async () => {
  seeds = await makeSeeds()
})

describe.each(TARGETS.map((target) => [target.name, target] as const))('%s', (name, target) => {
  test('keeps its promises for every input of the corpus', async () => {
    const inputs = readCorpus(CORPUS, name)
    expect(inputs.size).toBeGreaterThan(0)
    for (const [file, bytes] of inputs)
      await expect(
        (async () => target.run(target.repair ? target.repair(bytes.slice()) : bytes))(),
        file,
      ).resolves.toBeTypeOf('boolean')
  })

  test('accepts real traffic and survives mutations of it', async () => {
    const material = seeds.get(name) ?? []
    expect(material.length).toBeGreaterThan(0)
    const taken = await Promise.all(material.map(async (bytes) => target.run(bytes)))
    // Parts of a conversation that begin in its middle may lack what they refer to.
    expect(taken.filter(Boolean).length).toBeGreaterThanOrEqual(material.length / 8)
    const figures = await mutateRun(
      target,
      material,
      Math.max(2, Math.ceil(MUTATIONS * (target.share ?? 1))),
      1,
      Infinity,
    )
    expect(figures.failures).toEqual([])
  })
})

test('a target that breaks its promise is reported with the bytes that caused it', async () => {
  const broken: FuzzTarget = {
    name: 'broken',
    run: (bytes) => {
      if (bytes[0] === 0xff) throw new Error('first byte')
      return true
    },
  }
  const { failures, inputs } = await mutateRun(broken, [Uint8Array.of(1, 2, 3)], 5_000, 1)
  expect(inputs).toBe(5_000)
  expect(failures[0]).toMatchObject({
    message: expect.stringContaining('first byte'),
    hex: expect.stringMatching(/^ff/),
  })
})

test('the same seed gives the same mutations, another seed others', () => {
  const run = (seed: number): string => {
    const mutator = new Mutator(seed)
    const hash = createHash('sha256')
    for (let i = 0; i < 500; i += 1) hash.update(mutator.nextInput([Uint8Array.of(1, 2, 3, 4), new Uint8Array(40)]))
    return hash.digest('hex')
  }
  expect(run(5)).toBe(run(5))
  expect(run(5)).not.toBe(run(6))
})

test('packets joined to one input are split again, and any bytes split into packets', () => {
  const packets = [Uint8Array.of(1), new Uint8Array(0), new Uint8Array(300)]
  expect(splitRecords(joinRecords(packets))).toEqual(packets)
  expect(splitRecords(Uint8Array.of(9, 0, 7))).toEqual([Uint8Array.of(7)])
})
