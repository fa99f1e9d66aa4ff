/**
 * Brings a prop to the limit of a rule about the whole prop: how thin, wide, heavy or slender it may be at its scale.
 */
import { propRadius } from '../../../sim/props/extent.ts'
import { RANGES } from '../../../sim/limits/ranges.ts'
import { leastExtent, massOf } from '../../../sim/props/solid.ts'
import type { Collider, PropSpec, Shape, Vec3 } from '../../../sim/index.ts'
import type { Draw } from './edge-numbers.ts'

export interface FittedProp {
  readonly spec: PropSpec
  readonly scale: number
}

const { fround } = Math
/** At the limit, as precisely as sums of 32-bit floats allow, and a little to each side. */
const BESIDE = [1, 1, 1 + 1e-7, 1 - 1e-7, 1 + 1e-6, 1 - 1e-6, 1.01, 0.99]

const times = ({ x, y, z }: Vec3, by: number): Vec3 => ({ x: fround(x * by), y: fround(y * by), z: fround(z * by) })
const all = (numbers: readonly number[], by: number): number[] => numbers.map((x) => fround(x * by))

function scaledShape(shape: Shape, by: number): Shape {
  switch (shape.type) {
    case 'box':
      return { ...shape, halfExtents: times(shape.halfExtents, by) }
    case 'sphere':
      return { ...shape, radius: fround(shape.radius * by) }
    case 'capsule':
      return { ...shape, radius: fround(shape.radius * by), halfHeight: fround(shape.halfHeight * by) }
    case 'convex':
      return { ...shape, points: all(shape.points, by) }
    case 'trimesh':
      return { ...shape, vertices: all(shape.vertices, by) }
  }
}

const scaledCollider = (collider: Collider, by: number): Collider => ({
  ...collider,
  shape: scaledShape(collider.shape, by),
  position: times(collider.position, by),
})
const scaledSpec = (spec: PropSpec, by: number): PropSpec => ({
  ...spec,
  colliders: spec.colliders.map((collider) => scaledCollider(collider, by)),
})

/** A needle or a sheet, as slender as permitted. */
function slender(draw: Draw, shape: Shape): Shape {
  const ratio = RANGES.slenderness.max * draw.of(BESIDE)
  switch (shape.type) {
    case 'box': {
      const thin = fround(shape.halfExtents.x / ratio)
      return {
        ...shape,
        halfExtents: draw.chance(0.5)
          ? { ...shape.halfExtents, y: thin }
          : { x: shape.halfExtents.x, y: thin, z: thin },
      }
    }
    case 'capsule':
      return { ...shape, halfHeight: fround(shape.radius * (ratio - 1)) }
    case 'convex':
      return { ...shape, points: shape.points.map((x, i) => (i % 3 === 1 ? fround(x / ratio) : x)) }
    case 'sphere':
    case 'trimesh':
      return shape
  }
}

export function toEdge(draw: Draw, { spec, scale }: FittedProp): FittedProp {
  const to = (range: { readonly min: number; readonly max: number }): number =>
    draw.of([range.min, range.min, range.max]) * draw.of(BESIDE)
  const by = (factor: number): FittedProp => ({
    spec: Number.isFinite(factor) && factor > 0 ? scaledSpec(spec, factor) : spec,
    scale,
  })
  return draw.weighted<() => FittedProp>([
    [3, () => by(to(RANGES.scaledExtent) / (leastExtent(spec) * scale))],
    [2, () => by(to(RANGES.scaledRadius) / (propRadius(spec.colliders) * scale))],
    [2, () => ({ spec: { ...spec, density: fround((spec.density * to(RANGES.mass)) / massOf(spec, scale)) }, scale })],
    [1, () => by(Math.cbrt(to(RANGES.mass) / massOf(spec, scale)))],
    [
      2,
      () => ({
        spec: {
          ...spec,
          colliders: spec.colliders.map((collider) => ({ ...collider, shape: slender(draw, collider.shape) })),
        },
        scale,
      }),
    ],
  ])()
}
