/**
 * Checks that the committed vectors are what the product writes: `UPDATE_VECTORS=1 npx vitest run
 * test/protocol/vectors` writes them again.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeClientPacket } from '../../protocol/index.ts'
import { captureSession } from './session.ts'
import { boneVectors, snapshotVectors } from './snapshots.ts'
import { vectors } from './vectors.ts'

/** Compares with the committed file. */
function check(name: string, made: object): void {
  const file = new URL(`../../fixtures/protocol/${name}`, import.meta.url)
  const text = `${JSON.stringify(made, null, 1)}\n`
  if (process.env.UPDATE_VECTORS) writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
}

const made = () => ({ ...vectors(), bones: boneVectors(), snapshots: snapshotVectors() })

test('the encoders write the committed vectors', () => check('vectors.json', made()))

test('client and server exchange the committed session', async () => check('session.json', await captureSession()))

test.each(vectors().refused)('PKT-8: the server refuses $name', ({ hex }) => {
  expect(decodeClientPacket(Uint8Array.from(Buffer.from(hex, 'hex'))).ok).toBe(false)
})

test('the snapshot vectors contain every component and missing baselines', () => {
  const { snapshots } = made()
  expect(snapshots[0]?.steps.every(({ missing }) => missing === 0)).toBe(true)
  expect(snapshots[1]?.steps.some(({ missing }) => missing > 0)).toBe(true)
  expect(new Set(snapshots[0]?.steps.flatMap(({ states }) => states.map(({ strand }) => strand)))).toEqual(
    new Set(['root', 'joints', 'bones', 'prop']),
  )
})
