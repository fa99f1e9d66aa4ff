/** Checks the range parser against RFC 9110 for all kinds of ranges. */
import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { parseRange } from './range.ts'

const size = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.maxSafeNat())
const digits = fc.oneof(
  fc.integer({ min: 0, max: 30 }).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 40n }).map(String),
)

test.prop([digits, digits, size])('first-last gives the bytes of that range that the file has', (from, to, bytes) => {
  const [first, last, end] = [BigInt(from), BigInt(to), BigInt(bytes)]
  const range = parseRange(`bytes=${from}-${to}`, bytes)
  if (last < first) expect(range).toBe('whole')
  else if (first >= end) expect(range).toBe('unsatisfiable')
  else expect(range).toEqual({ first: Number(first), last: Number(last < end ? last : end - 1n) })
})

test.prop([digits, size])('first- gives the bytes to the end', (from, bytes) => {
  expect(parseRange(`bytes=${from}-`, bytes)).toEqual(
    BigInt(from) < BigInt(bytes) ? { first: Number(from), last: bytes - 1 } : 'unsatisfiable',
  )
})

test.prop([digits, size])('-length gives that many bytes at the end', (length, bytes) => {
  const wanted = BigInt(length) < BigInt(bytes) ? Number(length) : bytes
  expect(parseRange(`bytes=-${length}`, bytes)).toEqual(
    wanted === 0 ? 'unsatisfiable' : { first: bytes - wanted, last: bytes - 1 },
  )
})

test.prop([fc.string(), size])(
  'any other text is ignored and never gives a range outside of the file',
  (text, bytes) => {
    for (const header of [text, `bytes=${text}`]) {
      const range = parseRange(header, bytes)
      if (typeof range === 'object')
        expect(range.first >= 0 && range.first <= range.last && range.last < bytes).toBe(true)
    }
  },
)
