import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { PERFECT, randomFrom, LossyPath, type LinkConditions } from './link-conditions.ts'

const seeds = fc.integer({ min: 1, max: 1_000_000 })
const BYTES = 1_000

/** Sends a message each millisecond, and returns the arrivals of each. */
function run(conditions: Partial<LinkConditions>, seed: number, count: number, ordered = false): number[][] {
  const way = new LossyPath(ordered, randomFrom(seed))
  return Array.from({ length: count }, (_, i) => way.arrivals(i, BYTES, { ...PERFECT, ...conditions }))
}

/** Lengths of runs of lost messages. */
function bursts(arrivals: readonly number[][]): number[] {
  return arrivals
    .map(({ length }) => (length === 0 ? 'x' : ' '))
    .join('')
    .split(' ')
    .map(({ length }) => length)
    .filter((length) => length > 0)
}

test.prop([seeds, fc.double({ min: 0.05, max: 0.4, noNaN: true }), fc.constantFrom(1, 4, 10)], { numRuns: 15 })(
  'the specified share is lost, in bursts of the specified length',
  (seed, lossShare, lossBurst) => {
    const arrivals = run({ lossShare, lossBurst }, seed, 200_000)
    const lost = arrivals.filter(({ length }) => length === 0).length / arrivals.length
    expect(Math.abs(lost - lossShare)).toBeLessThan(0.25 * lossShare)
    const lengths = bursts(arrivals)
    const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length
    // Independent losses come in runs of 1 / (1 - share) too.
    const expected = lossBurst === 1 ? 1 / (1 - lossShare) : lossBurst
    expect(Math.abs(mean - expected)).toBeLessThan(0.25 * expected)
  },
)

test.prop([seeds, fc.boolean()])('a blackout lets nothing through, and ends completely', (seed, inBursts) => {
  const way = new LossyPath(false, randomFrom(seed))
  const blackout = { ...PERFECT, lossShare: 1, lossBurst: inBursts ? 5 : 1 }
  for (let i = 0; i < 100; i++) expect(way.arrivals(i, BYTES, blackout)).toEqual([])
  expect(way.arrivals(100, BYTES, PERFECT)).toHaveLength(1)
})

test.prop([seeds, fc.integer({ min: 100, max: 4_000 })])(
  'no more than the rate gets through, and nothing waits longer than the queue',
  (seed, rateKbps) => {
    const arrivals = run({ rateKbps, queueMsMax: 100 }, seed, 5_000)
    const sentKbps = BYTES * 8
    const arrived = arrivals.flat()
    expect(arrived.length / arrivals.length).toBeLessThanOrEqual(rateKbps / sentKbps + 0.05)
    expect(arrived.length / arrivals.length).toBeGreaterThanOrEqual(rateKbps / sentKbps - 0.05)
    for (const [sentMs, [atMs]] of arrivals.entries()) if (atMs !== undefined) expect(atMs - sentMs).toBeLessThan(101)
  },
)

test.prop([seeds])('an unordered link duplicates and reorders; an ordered one only delays', (seed) => {
  const conditions = { delayMs: 20, jitterMs: 30, lossShare: 0.1, duplicateShare: 0.2 }
  const loose = run(conditions, seed, 2_000)
  expect(loose.filter(({ length }) => length === 2).length).toBeGreaterThan(200)
  const firsts = loose.flatMap(([first]) => (first === undefined ? [] : [first]))
  expect(firsts.some((atMs, i) => atMs < (firsts[i - 1] ?? 0))).toBe(true)
  const times = run(conditions, seed, 2_000, true).map((arrivals) => arrivals[0] ?? Number.NaN)
  expect(times).toHaveLength(2_000)
  expect(times.every((atMs, i) => atMs >= (times[i - 1] ?? 0))).toBe(true)
})
