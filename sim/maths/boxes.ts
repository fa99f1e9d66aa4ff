/** Axis-aligned world boxes of props, computed without the engine. They match what the engine's broad phase sees. */
import { boundsOf } from '../props/extent.ts'
import { abs, max, min } from './maths.ts'
import type { Collider, PropSpec, Vec3 } from '../types.ts'

/** min x y z, max x y z; metres. */
export type Box = Float64Array

/** A box in the prop's own space at scale 1. */
interface LocalBox {
  readonly centre: Vec3
  readonly half: Vec3
}

interface LocalBoxes {
  readonly whole: LocalBox
  readonly colliders: readonly LocalBox[]
}

function localBox(colliders: readonly Collider[]): LocalBox {
  const { low, high } = boundsOf(colliders)
  return {
    centre: { x: (low.x + high.x) / 2, y: (low.y + high.y) / 2, z: (low.z + high.z) / 2 },
    half: { x: (high.x - low.x) / 2, y: (high.y - low.y) / 2, z: (high.z - low.z) / 2 },
  }
}

const known = new WeakMap<PropSpec, LocalBoxes>()

function localBoxes(spec: PropSpec): LocalBoxes {
  const found = known.get(spec)
  if (found) return found
  const made = { whole: localBox(spec.colliders), colliders: spec.colliders.map((collider) => localBox([collider])) }
  known.set(spec, made)
  return made
}

/** Gap within which two boxes count as touching, metres. The engine predicts contacts over a similar distance. */
const MARGIN = 0.01

/** Transforms a local box to a world box, and writes it to `into` at `at`. */
function place({ centre, half }: LocalBox, m: Float32Array, scale: number, into: Box, at: number): void {
  const [px, py, pz] = [m[0] as number, m[1] as number, m[2] as number]
  const [x, y, z, w] = [m[3] as number, m[4] as number, m[5] as number, m[6] as number]
  const [xx, yy, zz] = [2 * x * x, 2 * y * y, 2 * z * z]
  const [xy, xz, yz] = [2 * x * y, 2 * x * z, 2 * y * z]
  const [wx, wy, wz] = [2 * w * x, 2 * w * y, 2 * w * z]
  const [a, b, c] = [1 - yy - zz, xy - wz, xz + wy]
  const [d, e, f] = [xy + wz, 1 - xx - zz, yz - wx]
  const [g, h, i] = [xz - wy, yz + wx, 1 - xx - yy]
  const cx = px + scale * (a * centre.x + b * centre.y + c * centre.z)
  const cy = py + scale * (d * centre.x + e * centre.y + f * centre.z)
  const cz = pz + scale * (g * centre.x + h * centre.y + i * centre.z)
  const hx = MARGIN + scale * (abs(a) * half.x + abs(b) * half.y + abs(c) * half.z)
  const hy = MARGIN + scale * (abs(d) * half.x + abs(e) * half.y + abs(f) * half.z)
  const hz = MARGIN + scale * (abs(g) * half.x + abs(h) * half.y + abs(i) * half.z)
  into[at] = cx - hx
  into[at + 1] = cy - hy
  into[at + 2] = cz - hz
  into[at + 3] = cx + hx
  into[at + 4] = cy + hy
  into[at + 5] = cz + hz
}

/** Writes the box of a whole prop: `motion` begins with position and rotation. */
export function placeBox(spec: PropSpec, motion: Float32Array, scale: number, into: Box): void {
  place(localBoxes(spec).whole, motion, scale, into, 0)
}

/** The boxes of a prop's colliders, six numbers each, in order. */
export function placeColliderBoxes(spec: PropSpec, motion: Float32Array, scale: number): Box {
  const { colliders } = localBoxes(spec)
  const boxes = new Float64Array(6 * colliders.length)
  colliders.forEach((box, i) => place(box, motion, scale, boxes, 6 * i))
  return boxes
}

/** The box around a point. */
export function boxAround({ x, y, z }: Vec3, radius: number, height: number): Box {
  return Float64Array.of(x - radius, y, z - radius, x + radius, y + height, z + radius)
}

/** The box, larger by `by` metres on every side. */
export const grown = (box: Box, by: number): Box => box.map((x, i) => (i < 3 ? x - by : x + by))

/** A motion to come: along a vector, and by some distance in all directions; metres. */
export interface Motion {
  readonly by: Vec3
  readonly all: number
}

/** The boxes, each extended over all that it passes in the motion. */
export const extended = (boxes: Box, { by, all }: Motion): Box =>
  boxes.map((x, i) => {
    const d = i % 3 === 0 ? by.x : i % 3 === 1 ? by.y : by.z
    return i % 6 < 3 ? x + min(d, 0) - all : x + max(d, 0) + all
  })

/** True if the box at `i` of `a` touches the box at `k` of `b`. */
export function touches(a: Box, i: number, b: Box, k: number): boolean {
  return (
    at(a, i) <= at(b, k + 3) &&
    at(a, i + 3) >= at(b, k) &&
    at(a, i + 1) <= at(b, k + 4) &&
    at(a, i + 4) >= at(b, k + 1) &&
    at(a, i + 2) <= at(b, k + 5) &&
    at(a, i + 5) >= at(b, k + 2)
  )
}

/**
 * Penetration depth of the box at `i` of `a` and the box at `k` of `b`, on the axis where it is least, as a share of the
 * smaller box: 0 (apart) to 1.
 */
export function depth(a: Box, i: number, b: Box, k: number): number {
  let least = 1
  for (let axis = 0; axis < 3; axis++) {
    const [lowA, highA, lowB, highB] = [at(a, i + axis), at(a, i + axis + 3), at(b, k + axis), at(b, k + axis + 3)]
    least = min(least, (min(highA, highB) - max(lowA, lowB)) / min(highA - lowA, highB - lowB))
  }
  return max(least, 0)
}

/**
 * Share of the volume of the box at `i` of `a` that the box at `k` of `b` covers, 0 to 1. The surface of uneven terrain
 * fills only a part of its box, so `b` may touch a larger share of the triangles than this.
 */
export function coverage(a: Box, i: number, b: Box, k: number): number {
  let share = 1
  for (let axis = 0; axis < 3; axis++) {
    const [lowA, highA, lowB, highB] = [at(a, i + axis), at(a, i + axis + 3), at(b, k + axis), at(b, k + axis + 3)]
    share *= max(0, min(highA, highB) - max(lowA, lowB)) / (highA - lowA)
  }
  return share
}

/** Reads without a check for speed: all indices here come from lengths. */
const at = (box: Box, i: number): number => box[i] as number
