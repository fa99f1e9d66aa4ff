import { expect, test } from 'vitest'
import { fc, test as property } from '@fast-check/vitest'
import { crc32c } from '../format/crc32c.ts'
import { factsExample } from './facts.fixture.ts'
import { decodeFacts, encodeFacts, endsOf } from './index.ts'

const stamp = { ...endsOf(5, Uint8Array.of(1, 2), Uint8Array.of(4, 5)), modifiedMs: 1.5, whole: 7 }
const facts = factsExample({
  facts: [
    { tick: 4_000_000_000, kind: 'fault', player: 4_294_967_295, element: 4_294_967_294, detail: 'ü', about: 'b' },
    { tick: 1, kind: 'joined', player: 1 },
  ],
  holds: [{ player: 1, element: 9, from: 2, to: null }],
  inputs: { 1: [1, 65_535], 3: [7] },
})
const bytes = encodeFacts(facts, stamp)

test('an index file gives the facts that were written', () => {
  expect(decodeFacts(bytes, stamp)).toEqual({ facts, stamp })
})

test('an index of another recording, or of another state of it, is not used', () => {
  for (const other of [
    { ...stamp, bytes: 6 },
    { ...stamp, first: 1 },
    { ...stamp, last: 1 },
  ])
    expect(decodeFacts(bytes, other)).toBeNull()
})

property.prop([fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })])(
  'an index with a damaged byte is not used',
  (at, flip) => {
    const damaged = Uint8Array.from(bytes)
    damaged[at] = (damaged[at] ?? 0) ^ flip
    expect(decodeFacts(damaged, stamp)).toBeNull()
  },
)

property.prop([fc.nat(bytes.length - 1)])('an index that was cut is not used', (length) => {
  expect(decodeFacts(bytes.slice(0, length), stamp)).toBeNull()
})

/** An index with this JSON and a right checksum. */
function forged(json: unknown): Uint8Array {
  const content = new TextEncoder().encode(JSON.stringify(json))
  const out = new Uint8Array(16 + content.length + 4)
  out.set(bytes.subarray(0, 12))
  const view = new DataView(out.buffer)
  view.setUint32(12, content.length, true)
  out.set(content, 16)
  view.setUint32(16 + content.length, crc32c(out, 0, 16 + content.length), true)
  return out
}

test('a forged index with a right checksum is not used, and throws nothing', () => {
  const length = new DataView(bytes.buffer).getUint32(12, true)
  const json = JSON.parse(new TextDecoder().decode(bytes.subarray(16, 16 + length))) as Record<string, unknown>
  for (const other of [
    null,
    [],
    {},
    { ...json, facts: 1e12 },
    { ...json, players: [{}] },
    { ...json, words: [1] },
    { ...json, props: null },
    { ...json, origin: {} },
  ])
    expect(decodeFacts(forged(other), stamp)).toBeNull()
})
