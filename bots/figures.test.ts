import { expect } from 'vitest'
import { fc, test } from '@fast-check/vitest'
import { percentile } from './figures.ts'

test('percentiles are by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_, i) => 100 - i)
  expect(percentile(values, 0.5)).toBe(50)
  expect(percentile(values, 0.99)).toBe(99)
  expect(percentile([7], 0.99)).toBe(7)
  expect(percentile([], 0.5)).toBe(0)
})

test.prop([
  fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }),
  fc.double({ min: 0.01, max: 1, noNaN: true }),
])('at least that share of the values is at or below a percentile', (values, share) => {
  const at = percentile(values, share)
  expect(values).toContain(at)
  expect(values.filter((value) => value <= at).length).toBeGreaterThanOrEqual(Math.floor(values.length * share))
})
