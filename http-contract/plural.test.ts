import { expect, test } from 'vitest'
import { formatCount, plural } from './plural.ts'

test('counts have separators, and one thing has the singular', () => {
  expect([formatCount(12_345), plural(1, 'hash', 'hashes'), plural(2, 'hash', 'hashes'), plural(1000, 'tick')]).toEqual(
    ['12,345', '1 hash', '2 hashes', '1,000 ticks'],
  )
})
