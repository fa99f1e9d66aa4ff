import { test as property, fc } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { minimise } from './minimise.ts'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
const hasAll = (wanted: readonly number[]) => (items: readonly number[]) => wanted.every((one) => items.includes(one))

property.prop([fc.uniqueArray(fc.nat(79), { maxLength: 6 })])(
  'exactly the items that fail together are left',
  async (wanted) => {
    const found = await minimise(numbers(80), hasAll(wanted))
    expect(found).toMatchObject({ items: wanted.toSorted((a, b) => a - b), minimal: true })
  },
)

property.prop([fc.array(fc.nat(40), { minLength: 1, maxLength: 30 }), fc.nat(200)])(
  'no item of the result can be left out alone',
  async (weights, limit) => {
    const total = (items: readonly number[]): number => items.reduce((sum, each) => sum + each, 0)
    fc.pre(total(weights) >= limit)
    const { items } = await minimise(weights, (some) => total(some) >= limit)
    expect(total(items)).toBeGreaterThanOrEqual(limit)
    for (const i of items.keys()) expect(total(items.toSpliced(i, 1))).toBeLessThan(limit)
  },
)

test('one cause among a thousand items takes few tries', async () => {
  expect((await minimise(numbers(1000), hasAll([700]))).tries).toBeLessThan(40)
})

test('no subset is tried twice', async () => {
  const tried: string[] = []
  await minimise(numbers(20), (items) => {
    tried.push(items.join())
    return hasAll([3, 11, 17])(items)
  })
  expect(new Set(tried).size).toBe(tried.length)
})

test('after the limit of tries the smallest failing items so far are the result', async () => {
  const found = await minimise(numbers(64), hasAll([40]), { triesMax: 3 })
  expect(found.tries).toBe(3)
  expect(found.minimal).toBe(false)
  expect(found.items).toContain(40)
  expect(found.items.length).toBe(32)
})

test('a signal ends the search with what it has', async () => {
  const stop = new AbortController()
  const found = await minimise(
    numbers(64),
    (items) => {
      if (items.length === 32) stop.abort()
      return items.includes(5)
    },
    { signal: stop.signal },
  )
  expect([found.minimal, found.items.length]).toEqual([false, 32])
})

test('progress counts the tries and the items that are left', async () => {
  const told: unknown[] = []
  await minimise(numbers(4), hasAll([2]), { onProgress: (progress) => told.push(progress) })
  expect(told).toEqual([
    { tries: 1, items: 4 },
    { tries: 2, items: 4 },
    { tries: 3, items: 2 },
    { tries: 4, items: 1 },
  ])
})

test('nothing is left of items that are not needed at all', async () => {
  expect(await minimise(numbers(9), () => true)).toEqual({ items: [], tries: 1, minimal: true })
})
