/** The committed vectors are what the product writes: `UPDATE_VECTORS=1 npx vitest run test/protocol-vectors` makes them anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeClientPacket } from '../protocol/index.ts'
import { boneVectors, snapshotVectors } from './protocol-snapshots.ts'
import { vectors } from './protocol-vectors.ts'

const FILE = new URL('../fixtures/protocol/vectors.json', import.meta.url)
const made = () => ({ ...vectors(), bones: boneVectors(), snapshots: snapshotVectors() })

test('the committed vectors are what the encoders write', () => {
  const text = `${JSON.stringify(made(), null, 1)}\n`
  if (process.env.UPDATE_VECTORS) writeFileSync(FILE, text)
  expect(readFileSync(FILE, 'utf8')).toBe(text)
})

test.each(vectors().refused)('PKT-8: the server refuses $name', ({ hex }) => {
  expect(decodeClientPacket(Uint8Array.from(Buffer.from(hex, 'hex'))).ok).toBe(false)
})

test('the snapshot vectors hold every strand, and baselines that are missing', () => {
  const { snapshots } = made()
  expect(snapshots[0]?.steps.every(({ missing }) => missing === 0)).toBe(true)
  expect(snapshots[1]?.steps.some(({ missing }) => missing > 0)).toBe(true)
  expect(new Set(snapshots[0]?.steps.flatMap(({ states }) => states.map(({ strand }) => strand)))).toEqual(new Set(['root', 'joints', 'bones', 'prop']))
})
