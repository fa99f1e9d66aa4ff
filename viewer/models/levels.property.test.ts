import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { chooseLevels, type LevelChoice } from './levels.ts'

const MODELS = [
  { triangles: 20_000, metresMin: 0 },
  { triangles: 5_000, metresMin: 8 },
  { triangles: 500, metresMin: 20 },
]
const at = (key: string, metres: number, scale = 1): LevelChoice => ({ key, metres, scale, size: 1, models: MODELS })
const PLENTY = { trianglesMax: 10_000_000, metresMax: 60 }
const level = (metres: number, scale = 1, before?: number | null): number | null | undefined =>
  chooseLevels([at('a', metres, scale)], PLENTY, before === undefined ? new Map() : new Map([['a', before]])).get('a')

test('the runtime model is drawn near, simpler ones beyond their distance, a placeholder far away', () => {
  expect([level(2), level(9), level(25), level(80)]).toEqual([0, 1, 2, null])
})

test('a scaled-up model keeps its finer level farther away', () => {
  expect(level(9, 2)).toBe(0)
  expect(level(80, 3)).toBe(2)
})

test('at the limit the coarser level stays until the model is a tenth nearer', () => {
  expect([level(7.6), level(7.6, 1, 1), level(7, 1, 1)]).toEqual([0, 1, 0])
  expect([level(58, 1, null), level(50, 1, null)]).toEqual([null, 2])
})

test('beyond the budget, farther models are drawn simpler, then not at all', () => {
  const chosen = chooseLevels(
    [at('c', 3), at('a', 1), at('b', 2), at('d', 4)],
    { trianglesMax: 25_600, metresMax: 60 },
    new Map(),
  )
  expect(['a', 'b', 'c', 'd'].map((key) => chosen.get(key))).toEqual([0, 1, 2, null])
})

const choices = fc.array(
  fc.record({
    metres: fc.double({ min: 0, max: 200, noNaN: true }),
    scale: fc.double({ min: 0.05, max: 20, noNaN: true }),
    size: fc.double({ min: 0.01, max: 30, noNaN: true }),
  }),
  { maxLength: 60 },
)

test.prop([choices, fc.integer({ min: 0, max: 200_000 })])(
  'all together never exceed the budget, and each gets an answer',
  (things, trianglesMax) => {
    const chosen = chooseLevels(
      things.map((thing, i) => ({ ...thing, key: String(i), models: MODELS })),
      { trianglesMax, metresMax: 60 },
      new Map(),
    )
    expect(chosen.size).toBe(things.length)
    expect(
      [...chosen.values()].reduce<number>(
        (sum, index) => sum + (index === null ? 0 : (MODELS[index]?.triangles ?? Infinity)),
        0,
      ),
    ).toBeLessThanOrEqual(trianglesMax)
  },
)
