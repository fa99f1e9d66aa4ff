/**
 * Rotations as 32 bits, "smallest three" as in sim/pose.ts, and their changes as 16 bits.
 *
 * A change keeps which component is largest and names three components, each of 10 bits, in 5 bits each, offset by 16;
 * bit 15 says that they count steps of 4 instead of 1. So it reaches about 2.5° a component exactly, and 10° within
 * 0.3°; what does not fit is sent as 32 bits.
 */
const PART = 1_023
const COARSE = 4
const SPAN = 15
const OFFSET = 16
const COARSE_BIT = 0x8000
/** Parts of 10 bits that count as the same: 0.16° a component. */
const SAME_STEPS = 1

const partOf = (bits: number, shift: number): number => (bits >>> shift) & PART
const within = (value: number): number => (value < 0 ? 0 : value > PART ? PART : value)

/** Largest difference of a component, in steps; Infinity where another component is the largest. */
function farthest(base: number, now: number): number {
  if ((base ^ now) >>> 30 !== 0) return Infinity
  const a = Math.abs(partOf(now, 20) - partOf(base, 20))
  const b = Math.abs(partOf(now, 10) - partOf(base, 10))
  const c = Math.abs(partOf(now, 0) - partOf(base, 0))
  return Math.max(a, b, c)
}

/** So near that it is not worth sending while it lasts. */
export const sameRotation = (base: number, now: number): boolean => base === now || farthest(base, now) <= SAME_STEPS

/** The change in 16 bits, -1 where it does not fit. `exact`: only if nothing is lost. */
export function rotationChange(base: number, now: number, exact = false): number {
  const most = farthest(base, now)
  const step = most <= SPAN ? 1 : COARSE
  if (most > SPAN * COARSE + 1 || (exact && step !== 1)) return -1
  const code = (shift: number): number => Math.round((partOf(now, shift) - partOf(base, shift)) / step) + OFFSET
  return (step === 1 ? 0 : COARSE_BIT) | (code(20) << 10) | (code(10) << 5) | code(0)
}

export function changeRotation(base: number, change: number): number {
  const step = (change & COARSE_BIT) === 0 ? 1 : COARSE
  const part = (shift: number, at: number): number => within(partOf(base, shift) + (((change >>> at) & 31) - OFFSET) * step)
  return (base & 0xc000_0000) | (part(20, 10) << 20) | (part(10, 5) << 10) | part(0, 0)
}
