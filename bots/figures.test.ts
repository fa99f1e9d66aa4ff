import { expect } from 'vitest'
import { fc, test } from '@fast-check/vitest'
import { percentileOf } from './figures.ts'

test('percentiles are by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(percentileOf(values, 0.5)).toBe(50)
  expect(percentileOf(values, 0.99)).toBe(99)
  expect(percentileOf([7], 0.99)).toBe(7)
  expect(percentileOf([], 0.5)).toBe(0)
})

test.prop([
  fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }),
  fc.double({ min: 0.01, max: 1, noNaN: true }),
])('at least that share of the values is not above a percentile', (values, share) => {
  const at = percentileOf(values, share)
  expect(values).toContain(at)
  expect(values.filter((value) => value <= at).length).toBeGreaterThanOrEqual(Math.floor(values.length * share))
})
