/**
 * The realm's random generator: xoshiro128** 1.1 (Blackman and Vigna), seeded by SplitMix32. Its four words are state.
 */
import { imul } from './maths.ts'

export type RandomState = Uint32Array

export function seedRandom(seed: number): RandomState {
  const state = new Uint32Array(4)
  let s = seed >>> 0
  for (let i = 0; i < 4; i++) {
    s = (s + 0x9e3779b9) >>> 0
    let z = s
    z = imul(z ^ (z >>> 16), 0x21f0aaad)
    z = imul(z ^ (z >>> 15), 0x735a2d97)
    state[i] = (z ^ (z >>> 15)) >>> 0
  }
  return state
}

const rotateLeft = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0

/** The next uint32. */
export function nextUint32(state: RandomState): number {
  const [s0 = 0, s1 = 0, s2 = 0, s3 = 0] = state
  const result = imul(rotateLeft(imul(s1, 5) >>> 0, 7), 9) >>> 0
  const t2 = s2 ^ s0
  const t3 = s3 ^ s1
  state[1] = s1 ^ t2
  state[0] = s0 ^ t3
  state[2] = t2 ^ (s1 << 9)
  state[3] = rotateLeft(t3 >>> 0, 11)
  return result
}

/** The next number from 0 (included) to 1 (excluded), 24 bits. */
export const nextUnit = (state: RandomState): number => (nextUint32(state) >>> 8) / 16777216
