/**
 * Rotations in "smallest three" encoding (Fiedler, "Snapshot Compression"): which of the four numbers is largest and
 * left out (made positive), and the other three over -1/sqrt(2) to 1/sqrt(2), in order x y z w. 10 bits a number make
 * 32 bits as in sim/avatar/pose.ts (at most 0.2°). Bones, of which an avatar has 18, have 8 bits, 0 to 254, in 26 bits
 * (1.2°). An unrotated bone is exact.
 */
import { unpackRotation as unpack } from '../../sim/avatar/pose.ts'
import type { Quat } from '../../sim/types.ts'

const RANGE = Math.SQRT1_2
export const ROTATION_BITS = 10
export const BONE_BITS = 8

export const unpackRotation = (bits: number): Quat => unpack(bits >>> 0)

/** A bone's rotation: bits 24-25 which number is largest, then 8 bits each. */
export function unpackBone(bits: number): Quat {
  const part = (shift: number): number => ((((bits >>> shift) & 255) - 127) / 127) * RANGE
  const [a, b, c] = [part(16), part(8), part(0)]
  const d = Math.sqrt(Math.max(0, 1 - a * a - b * b - c * c))
  const largest = (bits >>> 24) & 3
  if (largest === 0) return { x: d, y: a, z: b, w: c }
  if (largest === 1) return { x: a, y: d, z: b, w: c }
  return largest === 2 ? { x: a, y: b, z: d, w: c } : { x: a, y: b, z: c, w: d }
}

/** Index of the largest of four numbers by its square: 0 to 3. */
function largestOf(x: number, y: number, z: number, w: number): number {
  let largest = 0
  let most = x * x
  if (y * y > most) {
    largest = 1
    most = y * y
  }
  if (z * z > most) {
    largest = 2
    most = z * z
  }
  return w * w > most ? 3 : largest
}

/**
 * Encodes a rotation with `size` bits a number. It stays `before` (null: none) while no number differs from it by more
 * than `slack` steps.
 */
export function settleRotation({ x, y, z, w }: Quat, before: number | null, size: number, slack: number): number {
  const largest = largestOf(x, y, z, w)
  const most = size === BONE_BITS ? 254 : 1_023
  const left = largest === 0 ? x : largest === 1 ? y : largest === 2 ? z : w
  const scale = ((left < 0 ? -0.5 : 0.5) * most) / RANGE
  const a = (largest === 0 ? y : x) * scale + most / 2
  const b = (largest < 2 ? z : y) * scale + most / 2
  const c = (largest === 3 ? z : w) * scale + most / 2
  if (
    before !== null &&
    before >>> (3 * size) === largest &&
    near(a, before >>> (2 * size), size, slack) &&
    near(b, before >>> size, size, slack) &&
    near(c, before, size, slack)
  )
    return before
  return (largest << (3 * size)) | (whole(a, most) << (2 * size)) | (whole(b, most) << size) | whole(c, most)
}

const whole = (value: number, most: number): number => (value < 0 ? 0 : value > most ? most : Math.round(value))
const near = (value: number, before: number, size: number, slack: number): boolean =>
  Math.abs(value - (before & ((1 << size) - 1))) <= slack

/** Largest difference of a number of two rotations, in steps; Infinity if the largest numbers differ. */
export function farthest(base: number, now: number, size: number): number {
  if (base >>> (3 * size) !== now >>> (3 * size)) return Infinity
  const most = (1 << size) - 1
  const a = Math.abs(((now >>> (2 * size)) & most) - ((base >>> (2 * size)) & most))
  const b = Math.abs(((now >>> size) & most) - ((base >>> size) & most))
  const c = Math.abs((now & most) - (base & most))
  return a > b ? (a > c ? a : c) : b > c ? b : c
}

/** The difference of number `i` (0 to 2; 2 is the lowest bits). */
export function difference(base: number, now: number, size: number, i: number): number {
  const most = (1 << size) - 1
  const shift = (2 - i) * size
  return ((now >>> shift) & most) - ((base >>> shift) & most)
}

/** A rotation with its three numbers changed, modulo their size. */
export function changed(base: number, size: number, a: number, b: number, c: number): number {
  const most = (1 << size) - 1
  const part = (by: number, shift: number): number => (((base >>> shift) + by) & most) << shift
  return ((base >>> (3 * size)) << (3 * size)) | part(a, 2 * size) | part(b, size) | part(c, 0)
}
