import { expect, test } from 'vitest'
import { assert, AssertionError, defined } from './assert.ts'

test('an invariant that does not hold throws an error that names it', () => {
  expect(() => assert(false, 'every prop has a template')).toThrow(new AssertionError('every prop has a template'))
  expect(() => assert(true, 'unused')).not.toThrow()
})

test('0 and an empty string count as defined values', () => {
  expect([defined(0, 'a'), defined('', 'b')]).toEqual([0, ''])
  expect(() => defined(undefined, 'the row exists')).toThrow('the row exists')
})
