/**
 * A node's frame: its origin and rotation in the scene, without its scale. As everywhere in the fit, only + - * / sqrt.
 */
import type { Node } from '@gltf-transform/core'
import {
  add,
  conjugate,
  cross,
  dot,
  IDENTITY,
  length,
  normalise,
  rotate,
  scaled,
  sqrt,
  sub,
  unit,
  vec,
} from '../../sim/maths/maths.ts'
import type { Quat, Vec3 } from '../../sim/index.ts'

/** 4 x 4, column-major, as in glTF. */
export type Matrix = readonly number[]

export interface Frame {
  readonly position: Vec3
  readonly rotation: Quat
}

const column = (m: Matrix, c: number): Vec3 => vec(m[4 * c] ?? 0, m[4 * c + 1] ?? 0, m[4 * c + 2] ?? 0)

/** Positive if the matrix preserves handedness; negative if it mirrors. */
export const determinant = (m: Matrix): number => dot(cross(column(m, 0), column(m, 1)), column(m, 2))

export function transformed(m: Matrix, x: number, y: number, z: number): Vec3 {
  const at = (r: number): number => (m[r] ?? 0) * x + (m[4 + r] ?? 0) * y + (m[8 + r] ?? 0) * z + (m[12 + r] ?? 0)
  return { x: at(0), y: at(1), z: at(2) }
}

/** Quaternion of three orthonormal right-handed axes: Shepperd's method, with the largest of four divisors. */
function fromAxes(a: Vec3, b: Vec3, c: Vec3): Quat {
  const trace = a.x + b.y + c.z
  if (trace > 0) {
    const s = 2 * sqrt(1 + trace)
    return normalise({ w: s / 4, x: (b.z - c.y) / s, y: (c.x - a.z) / s, z: (a.y - b.x) / s })
  }
  if (a.x >= b.y && a.x >= c.z) {
    const s = 2 * sqrt(1 + a.x - b.y - c.z)
    return normalise({ w: (b.z - c.y) / s, x: s / 4, y: (b.x + a.y) / s, z: (c.x + a.z) / s })
  }
  if (b.y >= c.z) {
    const s = 2 * sqrt(1 + b.y - a.x - c.z)
    return normalise({ w: (c.x - a.z) / s, x: (b.x + a.y) / s, y: s / 4, z: (c.y + b.z) / s })
  }
  const s = 2 * sqrt(1 + c.z - a.x - b.y)
  return normalise({ w: (a.y - b.x) / s, x: (c.x + a.z) / s, y: (c.y + b.z) / s, z: s / 4 })
}

/** The rotation of a matrix: its axes made orthonormal (Gram-Schmidt). The X axis of a mirroring matrix is negated. */
function rotationOf(m: Matrix): Quat {
  const mirror = determinant(m) < 0 ? -1 : 1
  const [x, y] = [scaled(column(m, 0), mirror), column(m, 1)]
  if (length(x) < 1e-9 || length(y) < 1e-9) return IDENTITY
  const a = unit(x, vec(1, 0, 0))
  const b = unit(sub(y, scaled(a, dot(a, y))), vec(0, 1, 0))
  return fromAxes(a, b, cross(a, b))
}

export const frameOf = (node: Node): Frame => {
  const m = node.getWorldMatrix()
  return { position: vec(m[12], m[13], m[14]), rotation: rotationOf(m) }
}

/** A scene point in the frame's coordinates, and back. */
export const intoFrame = ({ position, rotation }: Frame, p: Vec3): Vec3 => rotate(conjugate(rotation), sub(p, position))
export const outOfFrame = ({ position, rotation }: Frame, p: Vec3): Vec3 => add(position, rotate(rotation, p))

/** Rounds to 0.1 mm, never to -0. */
export const quantised = (x: number): number => Math.floor(x * 10_000 + 0.5) / 10_000 + 0
export const quantisedVec = ({ x, y, z }: Vec3): Vec3 => ({ x: quantised(x), y: quantised(y), z: quantised(z) })
