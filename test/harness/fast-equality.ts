/**
 * Vitest compares arrays element by element, through several calls for each: a checkpoint of 100 kB takes it longer than the
 * simulation that wrote it. Large arrays are first compared by the engine. Only what differs is left to Vitest, which says where.
 */
import { isDeepStrictEqual } from 'node:util'
import { expect } from 'vitest'

/** Shorter arrays are compared faster by Vitest than by asking the engine first. */
const LARGE = 64

const isLarge = (value: unknown): boolean =>
  Array.isArray(value) ? value.length >= LARGE : ArrayBuffer.isView(value) && value.byteLength >= LARGE

// Test files of one worker share the testers of Vitest, and each file runs this one.
const worker: { hasFastEquality?: true } = globalThis as never
if (!worker.hasFastEquality)
  expect.addEqualityTesters([(a, b) => (isLarge(a) && isLarge(b) && isDeepStrictEqual(a, b) ? true : undefined)])
worker.hasFastEquality = true
