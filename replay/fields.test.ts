import { expect, test } from 'vitest'
import type { Field } from '../sim/index.ts'
import { bitsOf, fieldDifferences, fieldText } from './fields.ts'

const field = (element: number, name: string, value: number | string): Field => ({ element, field: name, value })

test('fields that differ are listed in the order of the first state, then those that only the second has', () => {
  const expected = [field(0, 'tick', 5), field(4, 'position.x', 1), field(4, 'name', 'cup'), field(7, 'yaw', 2)]
  const actual = [field(9, 'yaw', 3), field(4, 'name', 'mug'), field(4, 'position.x', 1), field(0, 'tick', 5)]
  expect(fieldDifferences(expected, actual)).toEqual([
    { element: 4, field: 'name', expected: 'cup', actual: 'mug' },
    { element: 7, field: 'yaw', expected: 2, actual: null },
    { element: 9, field: 'yaw', expected: null, actual: 3 },
  ])
})

test('zero and minus zero differ, and a number that is none equals itself', () => {
  expect(fieldDifferences([field(1, 'x', 0)], [field(1, 'x', -0)])).toHaveLength(1)
  expect(fieldDifferences([field(1, 'x', Number.NaN)], [field(1, 'x', Number.NaN)])).toEqual([])
})

test('bits are those of a 32-bit float where it holds the number, else of a 64-bit float', () => {
  expect([1, -0, Math.fround(0.1), 0.1, 2 ** 24 + 1, 'cup', null].map(bitsOf)).toEqual([
    '0x3f800000',
    '0x80000000',
    '0x3dcccccd',
    '0x3fb999999999999a',
    '0x4170000010000000',
    null,
    null,
  ])
})

test('a value reads as people write it, with bits where the decimal digits do not say all', () => {
  expect([7, 0.5, -0, 'cup', null].map(fieldText)).toEqual(['7', '0.5 (0x3f000000)', '-0', '"cup"', 'none'])
})
