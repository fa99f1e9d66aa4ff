import { expect, test } from 'vitest'
import { LruMap } from './lru-map.ts'

test('the least recently used entry is evicted', () => {
  const map = new LruMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  expect(map.get('a')).toBe(1)
  expect(map.set('c', 3)).toEqual(['b', 2])
  expect([...map.keys()]).toEqual(['a', 'c'])
})

test('peek does not count as a use', () => {
  const map = new LruMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  expect(map.peek('a')).toBe(1)
  map.set('c', 3)
  expect(map.peek('a')).toBeUndefined()
})

test('setting a key again keeps the size', () => {
  const map = new LruMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  expect(map.set('a', 9)).toBeUndefined()
  expect([map.size, map.get('a')]).toEqual([2, 9])
})
