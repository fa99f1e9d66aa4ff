/** The linear algebra of the ingest. Matrices are column-major, as in glTF. */
import type { mat4, vec3 } from '@gltf-transform/core'
import type { Quat, Vec3 } from '../../sim/index.ts'

export function multiply(a: mat4, b: mat4): mat4 {
  const out = Array.from<number>({ length: 16 }).fill(0)
  for (let column = 0; column < 4; column++)
    for (let row = 0; row < 4; row++)
      for (let k = 0; k < 4; k++)
        out[4 * column + row] = (out[4 * column + row] ?? 0) + (a[4 * k + row] ?? 0) * (b[4 * column + k] ?? 0)
  return out as mat4
}

/** Transforms a point by a matrix. */
export const transformed = (m: mat4, [x, y, z]: vec3): vec3 => [
  m[0] * x + m[4] * y + m[8] * z + m[12],
  m[1] * x + m[5] * y + m[9] * z + m[13],
  m[2] * x + m[6] * y + m[10] * z + m[14],
]

/** Transforms a direction by a matrix, without scaling it to length 1. */
export const turned = (m: mat4, [x, y, z]: vec3): vec3 => [
  m[0] * x + m[4] * y + m[8] * z,
  m[1] * x + m[5] * y + m[9] * z,
  m[2] * x + m[6] * y + m[10] * z,
]

/**
 * Transforms a normal by a matrix (by its cofactors, which also works for non-uniform and mirroring scales), without
 * scaling it to length 1.
 */
export function turnedNormal(m: mat4, [x, y, z]: vec3): vec3 {
  const [a, b, c, d, e, f, g, h, i] = [m[0], m[1], m[2], m[4], m[5], m[6], m[8], m[9], m[10]]
  return [
    (e * i - f * h) * x + (c * h - b * i) * y + (b * f - c * e) * z,
    (f * g - d * i) * x + (a * i - c * g) * y + (c * d - a * f) * z,
    (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d) * z,
  ]
}

export interface BoundingBox {
  readonly min: Vec3
  readonly max: Vec3
}

/** A box that grows with the given points. */
export class BoxBuilder {
  readonly #min: vec3 = [Infinity, Infinity, Infinity]
  readonly #max: vec3 = [-Infinity, -Infinity, -Infinity]

  add(point: vec3): void {
    for (const axis of [0, 1, 2] as const) {
      this.#min[axis] = Math.min(this.#min[axis], point[axis])
      this.#max[axis] = Math.max(this.#max[axis], point[axis])
    }
  }

  /** Null without any point. */
  box(): BoundingBox | null {
    const [x, y, z] = this.#min
    const [u, v, w] = this.#max
    return Number.isFinite(x) ? { min: { x, y, z }, max: { x: u, y: v, z: w } } : null
  }
}

export const NO_TURN: Quat = { x: 0, y: 0, z: 0, w: 1 }
/** 180 degrees about the vertical axis: from facing -Z to facing +Z. */
export const ABOUT_FACE: Quat = { x: 0, y: 1, z: 0, w: 0 }

/** Rounds to six decimals, without negative zero. */
export const rounded = (value: number): number => Math.round(value * 1e6) / 1e6 + 0
