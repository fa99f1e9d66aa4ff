/** Recognises meshes that are boxes, spheres or capsules, because the engine handles these faster and more exactly. */
import type { Collider, Quat, Shape, Vec3 } from '../../../sim/index.ts'
import { distance, IDENTITY, length, multiply, rotate, sub, vec } from '../../../sim/maths/maths.ts'
import { RANGES } from '../../../sim/limits/ranges.ts'
import { distanceTo } from '../avatar/capsule.ts'
import { intoFrame, quantised, type Frame } from '../node-frame.ts'
import { boundsOf } from '../surface.ts'

const PI = 3.141592653589793
/** Largest distance of a vertex from the primitive's surface, as a share of its size. */
const OFF_MAX = 0.03
/** Least share of the primitive's volume that the mesh must have: a coarse sphere has less than a round one. */
const BOX_FILL = 0.94
const ROUND_FILL = 0.82

const near = (a: number, b: number): boolean => Math.abs(a - b) <= OFF_MAX * Math.max(a, b)
const round = (x: number): number => Math.fround(quantised(x))
const roundUp = (x: number): number => Math.max(round(x), Math.fround(RANGES.shapeExtent.min))

export const placed = (shape: Shape, { x, y, z }: Vec3, q: Quat): Collider => ({
  shape,
  position: { x: round(x), y: round(y), z: round(z) },
  rotation: { x: Math.fround(q.x), y: Math.fround(q.y), z: Math.fround(q.z), w: Math.fround(q.w) },
})

/** Rotates local Y to the axis of this index. */
const Y_TO: readonly Quat[] = [
  { x: 0, y: 0, z: -0.7071067811865476, w: 0.7071067811865476 },
  IDENTITY,
  { x: 0.7071067811865476, y: 0, z: 0, w: 0.7071067811865476 },
]

interface Box {
  readonly centre: Vec3
  readonly half: readonly [number, number, number]
}

function boxOf(points: readonly Vec3[]): Box {
  const { min, max } = boundsOf(points)
  return {
    centre: vec((min.x + max.x) / 2, (min.y + max.y) / 2, (min.z + max.z) / 2),
    half: [(max.x - min.x) / 2, (max.y - min.y) / 2, (max.z - min.z) / 2],
  }
}

/** The box around points, along the frame's axes; at least 0.2 mm thick, so that a sheet has one too. */
export function boxCollider(points: readonly Vec3[], frame: Frame): Collider {
  const { centre, half } = boxOf(points.map((p) => intoFrame(frame, p)))
  const [x, y, z] = half.map(roundUp)
  const at = rotate(frame.rotation, centre)
  return placed(
    { type: 'box', halfExtents: { x: x ?? 1, y: y ?? 1, z: z ?? 1 } },
    vec(at.x + frame.position.x, at.y + frame.position.y, at.z + frame.position.z),
    frame.rotation,
  )
}

function isBox(local: readonly Vec3[], { centre, half: [hx, hy, hz] }: Box, volume: number): boolean {
  const size = Math.max(hx, hy, hz)
  const isOnSide = (p: Vec3): boolean => {
    const d = sub(p, centre)
    return Math.min(hx - Math.abs(d.x), hy - Math.abs(d.y), hz - Math.abs(d.z)) <= OFF_MAX * size
  }
  return volume >= BOX_FILL * 8 * hx * hy * hz && local.every(isOnSide)
}

function sphereOf(local: readonly Vec3[], { centre, half: [hx, hy, hz] }: Box, volume: number): number | null {
  if (!near(hx, hy) || !near(hy, hz) || !near(hx, hz)) return null
  const r = local.reduce((most, p) => Math.max(most, distance(p, centre)), 0)
  return volume >= ROUND_FILL * (4 / 3) * PI * r * r * r && local.every((p) => distance(p, centre) >= (1 - OFF_MAX) * r)
    ? r
    : null
}

function capsuleOf(
  local: readonly Vec3[],
  { centre, half }: Box,
  volume: number,
): { axis: number; radius: number; halfHeight: number } | null {
  const axis = [1, 0, 2].toSorted((a, b) => (half[b] ?? 0) - (half[a] ?? 0))[0] ?? 1
  const [h = 0, u = 0, v = 0] = [half[axis], half[(axis + 1) % 3], half[(axis + 2) % 3]]
  const radius = Math.max(u, v)
  const halfHeight = h - radius
  if (!near(u, v) || halfHeight < 0.05 * radius) return null
  const end = (s: number): Vec3 =>
    vec(centre.x + (axis === 0 ? s : 0), centre.y + (axis === 1 ? s : 0), centre.z + (axis === 2 ? s : 0))
  const capsule = { a: end(-halfHeight), b: end(halfHeight), r: radius }
  const full = PI * radius * radius * (2 * halfHeight + (4 / 3) * radius)
  const isOn = local.every((p) => Math.abs(distanceTo(capsule, p)) <= OFF_MAX * radius)
  return volume >= ROUND_FILL * full && isOn ? { axis, radius, halfHeight } : null
}

/** The primitive that has the points as vertices, or null. `frame`: its axes; `volume`: the mesh's volume, m³. */
export function recognised(points: readonly Vec3[], frame: Frame, volume: number): Collider | null {
  const local = points.map((p) => intoFrame(frame, p))
  const box = boxOf(local)
  if (!(length(vec(...box.half)) > 1e-4)) return null
  if (isBox(local, box, volume)) return boxCollider(points, frame)
  const middle = rotate(frame.rotation, box.centre)
  const at = vec(middle.x + frame.position.x, middle.y + frame.position.y, middle.z + frame.position.z)
  const radius = sphereOf(local, box, volume)
  if (radius !== null) return placed({ type: 'sphere', radius: roundUp(radius) }, at, IDENTITY)
  const capsule = capsuleOf(local, box, volume)
  const turned = capsule && multiply(frame.rotation, Y_TO[capsule.axis] ?? IDENTITY)
  return capsule && turned
    ? placed({ type: 'capsule', halfHeight: roundUp(capsule.halfHeight), radius: roundUp(capsule.radius) }, at, turned)
    : null
}
