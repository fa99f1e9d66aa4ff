/**
 * Deterministic maths. Engines and processors agree only on + - * / sqrt, fround and integers, so everything else is
 * built from those here. This is the only file of the simulation that may use `Math`, and it wraps only exact members.
 */
import type { Mutable, Quat, Vec3 } from '../types.ts'

export const sqrt = Math.sqrt
export const fround = Math.fround
export const floor = Math.floor
export const abs = Math.abs
export const imul = Math.imul
export const min = Math.min
export const max = Math.max
export const round = (x: number): number => Math.floor(x + 0.5)
export const clamp = (x: number, lo: number, hi: number): number => (x < lo ? lo : x > hi ? hi : x)
export const isFiniteNumber = (x: number): boolean => x - x === 0

export const PI = 3.141592653589793
const TWO_PI = 6.283185307179586
const HALF_PI = 1.5707963267948966

/** Wraps an angle to -PI..PI. */
export function wrapAngle(a: number): number {
  return a - TWO_PI * floor(a / TWO_PI + 0.5)
}

/** Sine by the Taylor series to x^15 on -PI/2..PI/2; error below 1e-11. */
export function sin(angle: number): number {
  let x = wrapAngle(angle)
  if (x > HALF_PI) x = PI - x
  else if (x < -HALF_PI) x = -PI - x
  const y = x * x
  const tail = 1 - (y / 110) * (1 - (y / 156) * (1 - y / 210))
  return x * (1 - (y / 6) * (1 - (y / 20) * (1 - (y / 42) * (1 - (y / 72) * tail))))
}

export const cos = (angle: number): number => sin(angle + HALF_PI)

export const ZERO: Vec3 = { x: 0, y: 0, z: 0 }
export const IDENTITY: Quat = { x: 0, y: 0, z: 0, w: 1 }

export const vec = (x: number, y: number, z: number): Vec3 => ({ x, y, z })
export const add = (a: Vec3, b: Vec3): Vec3 => ({ x: a.x + b.x, y: a.y + b.y, z: a.z + b.z })
export const sub = (a: Vec3, b: Vec3): Vec3 => ({ x: a.x - b.x, y: a.y - b.y, z: a.z - b.z })
export const scaled = (a: Vec3, s: number): Vec3 => ({ x: a.x * s, y: a.y * s, z: a.z * s })
export const dot = (a: Vec3, b: Vec3): number => a.x * b.x + a.y * b.y + a.z * b.z
export const length = (a: Vec3): number => sqrt(dot(a, a))
export const distance = (a: Vec3, b: Vec3): number => length(sub(a, b))
export const lerp = (a: Vec3, b: Vec3, t: number): Vec3 => add(a, scaled(sub(b, a), t))
export const froundVec = (a: Vec3): Vec3 => ({ x: fround(a.x), y: fround(a.y), z: fround(a.z) })
export const cross = (a: Vec3, b: Vec3): Vec3 => ({
  x: a.y * b.z - a.z * b.y,
  y: a.z * b.x - a.x * b.z,
  z: a.x * b.y - a.y * b.x,
})

/** The vector, shortened to `limit` if it is longer. */
export function limited(a: Vec3, limit: number): Vec3 {
  const l = length(a)
  return l > limit ? scaled(a, limit / l) : a
}

/** The unit vector along a, or `fallback` if a has no direction. */
export function unit(a: Vec3, fallback: Vec3): Vec3 {
  const l = length(a)
  return l > 1e-9 ? scaled(a, 1 / l) : fallback
}

export const conjugate = (q: Quat): Quat => ({ x: -q.x, y: -q.y, z: -q.z, w: q.w })

/** Hamilton product: first b, then a. */
export const multiply = (a: Quat, b: Quat): Quat => ({
  x: a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
  y: a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
  z: a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
  w: a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z,
})

export function normalise(q: Quat): Quat {
  const l = sqrt(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w)
  return l > 1e-9 ? { x: q.x / l, y: q.y / l, z: q.z / l, w: q.w / l } : IDENTITY
}

/** The quaternion at unit length, in 32-bit floats. */
export function froundQuat(q: Quat): Quat {
  const n = normalise(q)
  return { x: fround(n.x), y: fround(n.y), z: fround(n.z), w: fround(n.w) }
}

/** v rotated by q. */
export function rotate(q: Quat, v: Vec3): Vec3 {
  const tx = 2 * (q.y * v.z - q.z * v.y)
  const ty = 2 * (q.z * v.x - q.x * v.z)
  const tz = 2 * (q.x * v.y - q.y * v.x)
  return {
    x: v.x + q.w * tx + q.y * tz - q.z * ty,
    y: v.y + q.w * ty + q.z * tx - q.x * tz,
    z: v.z + q.w * tz + q.x * ty - q.y * tx,
  }
}

/**
 * A vector to overwrite in place. It is a class with fractional initial values, so that JavaScript engines store the
 * numbers in the object. A plain object may get a new heap number for each write.
 */
export class ScratchVec implements Mutable<Vec3> {
  x = 0.5
  y = 0.5
  z = 0.5
}

/** A rotation to overwrite in place. */
export class ScratchQuat implements Mutable<Quat> {
  x = 0.5
  y = 0.5
  z = 0.5
  w = 0.5
}

export function setVec(to: Mutable<Vec3>, { x, y, z }: Vec3): void {
  to.x = x
  to.y = y
  to.z = z
}

export function setQuat(to: Mutable<Quat>, { x, y, z, w }: Quat): void {
  to.x = x
  to.y = y
  to.z = z
  to.w = w
}

/** Rotation about +Y. */
export const yawRotation = (yaw: number): Quat => ({ x: 0, y: sin(yaw / 2), z: 0, w: cos(yaw / 2) })

/** The shortest rotation from unit vector a to unit vector b. */
export function fromTo(a: Vec3, b: Vec3): Quat {
  const d = dot(a, b)
  if (d < -0.999999) {
    const axis = unit(cross(abs(a.x) < 0.9 ? vec(1, 0, 0) : vec(0, 1, 0), a), vec(0, 0, 1))
    return { x: axis.x, y: axis.y, z: axis.z, w: 0 }
  }
  const c = cross(a, b)
  return normalise({ x: c.x, y: c.y, z: c.z, w: 1 + d })
}

/** Normalised linear interpolation along the shorter arc. */
export function nlerp(a: Quat, b: Quat, t: number): Quat {
  const out = { ...IDENTITY }
  nlerpInto(out, a, b, t)
  return out
}

/** As nlerp, written to `out`. */
export function nlerpInto(out: Mutable<Quat>, a: Quat, b: Quat, t: number): void {
  const s = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w < 0 ? -t : t
  const r = 1 - t
  const x = a.x * r + b.x * s
  const y = a.y * r + b.y * s
  const z = a.z * r + b.z * s
  const w = a.w * r + b.w * s
  const l = sqrt(x * x + y * y + z * z + w * w)
  const isTurned = l > 1e-9
  out.x = isTurned ? x / l : 0
  out.y = isTurned ? y / l : 0
  out.z = isTurned ? z / l : 0
  out.w = isTurned ? w / l : 1
}
