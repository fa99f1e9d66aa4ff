/**
 * Generates shapes, props and bodies at the edges of the rules. `wild` (0 to 1) says how far from ordinary the numbers
 * are.
 */
import {
  BONES,
  CAPSULES_MAX,
  COLLIDERS_MAX,
  CONVEX_POINTS_MAX,
  DEFAULT_BODY,
  type AvatarBody,
  type Collider,
  type Motion,
  type PropSpec,
  type Quat,
  type Shape,
  type Vec3,
} from '../../../sim/index.ts'
import { RANGES } from '../../../sim/limits/ranges.ts'
import { SIZES, type Draw } from './edge-numbers.ts'

const { fround } = Math
/** Triangles of a mesh that still fits in one command. */
export const COMMAND_TRIANGLES_MAX = 4_900

export function size(draw: Draw, wild: number): number {
  if (!draw.chance(wild)) return draw.float(0.1, 1)
  return draw.weighted<() => number>([
    [5, () => draw.of(SIZES)],
    [2, () => draw.spread(1e-8, 110)],
    [1, () => draw.spread(1e-3, 10)],
    [0.3, () => draw.edge()],
  ])()
}

/** Three sizes: equal, or as different as possible. */
function extents(draw: Draw, wild: number): Vec3 {
  const x = size(draw, wild)
  if (draw.chance(0.3)) return { x, y: x, z: x }
  return { x, y: size(draw, wild), z: draw.chance(0.3) ? x : size(draw, wild) }
}

export function rotation(draw: Draw, wild: number): Quat {
  if (draw.chance(0.35)) return { x: 0, y: 0, z: 0, w: 1 }
  const parts = [0, 1, 2, 3].map(() => (draw.chance(wild * 0.3) ? draw.of([0, -0, 1e-20, -1e-7]) : draw.between(-1, 1)))
  const length = Math.hypot(...parts)
  // As short and as long as a unit quaternion may be.
  const stretch = draw.chance(wild * 0.3) ? draw.of([0.9995, 1.0005, 0.995, 1.00498]) : 1
  const [x = 0, y = 0, z = 0, w = 1] =
    length > 1e-3 ? parts.map((part) => fround((part / length) * stretch)) : [-0, 0, -0, -1]
  return { x, y, z, w }
}

const flat = (points: readonly Vec3[]): number[] => points.flatMap(({ x, y, z }) => [fround(x), fround(y), fround(z)])

/** Points on a sphere, in a box, nearly in a plane or on a line, or nearly equal. */
function hull(draw: Draw, wild: number): number[] {
  const { x, y, z } = extents(draw, wild)
  const count = draw.weighted<number>([
    [3, draw.whole(4, 12)],
    [1, CONVEX_POINTS_MAX],
    [wild * 0.1, CONVEX_POINTS_MAX + 1],
    [1, draw.whole(12, CONVEX_POINTS_MAX)],
  ])
  const far = draw.chance(wild * 0.2) ? draw.of([1, 50, 99, 100]) : 0
  const unit = (): number => draw.between(-1, 1)
  const style = draw.weighted<'box' | 'sphere' | 'octahedron'>([
    [1, 'box'],
    [2, 'sphere'],
    [1, 'octahedron'],
  ])
  return flat(
    Array.from({ length: count }, (_, i): Vec3 => {
      if (style === 'octahedron' && i < 6)
        return {
          x: far + (i === 0 ? x : i === 1 ? -x : 0),
          y: i === 2 ? y : i === 3 ? -y : 0,
          z: i === 4 ? z : i === 5 ? -z : 0,
        }
      const [u, v, w] = [unit(), unit(), unit()]
      const length = style === 'sphere' ? Math.hypot(u, v, w) || 1 : 1
      return { x: far + (x * u) / length, y: (y * v) / length, z: (z * w) / length }
    }),
  )
}

/** A hilly grid, a heap of triangles, or one triangle many times. */
function mesh(draw: Draw, wild: number): Shape {
  const { x, y, z } = extents(draw, wild)
  const side = draw.weighted<number>([
    [3, draw.whole(2, 5)],
    [wild, draw.whole(5, 30)],
  ])
  const vertices = flat(
    Array.from({ length: side * side }, (_, i) => ({
      x: (((i % side) / (side - 1)) * 2 - 1) * x,
      y: draw.between(-1, 1) * y,
      z: ((Math.floor(i / side) / (side - 1)) * 2 - 1) * z,
    })),
  )
  const style = draw.weighted<'grid' | 'heap' | 'same'>([
    [3, 'grid'],
    [1, 'heap'],
    [wild, 'same'],
  ])
  if (style === 'grid') {
    const indices = Array.from({ length: (side - 1) * (side - 1) }, (_, i) => i + Math.floor(i / (side - 1))).flatMap(
      (at) => [at, at + side, at + 1, at + 1, at + side, at + side + 1],
    )
    return { type: 'trimesh', vertices, indices }
  }
  const triangles = draw.weighted<number>([
    [3, draw.whole(1, 40)],
    [wild, RANGES.meshTriangles.max + draw.whole(-1, 1)],
    [wild * 0.5, draw.whole(40, COMMAND_TRIANGLES_MAX)],
    [wild * 0.2, COMMAND_TRIANGLES_MAX],
  ])
  // Sometimes one corner twice: a degenerate triangle.
  const isCareless = draw.chance(wild * 0.1)
  const corners = (): number[] => {
    if (style === 'same') return [0, 1, side]
    const first = draw.below(side * side)
    const [second, third] = isCareless
      ? [draw.below(side * side), draw.below(side * side)]
      : [first + 1 + draw.below(side * side - 2), first + side * side - 1]
    return [first, second % (side * side), third % (side * side)]
  }
  return { type: 'trimesh', vertices, indices: Array.from({ length: triangles }, corners).flat() }
}

export function shape(draw: Draw, wild: number, motion: Motion): Shape {
  const type = draw.weighted<Shape['type']>([
    [3, 'box'],
    [3, 'sphere'],
    [3, 'capsule'],
    [2, 'convex'],
    [motion === 'static' ? 2 : wild * 0.1, 'trimesh'],
  ])
  switch (type) {
    case 'box':
      return { type, halfExtents: extents(draw, wild) }
    case 'sphere':
      return { type, radius: size(draw, wild) }
    case 'capsule':
      return { type, halfHeight: size(draw, wild), radius: size(draw, wild) }
    case 'convex':
      return { type, points: hull(draw, wild) }
    case 'trimesh':
      return mesh(draw, wild)
  }
}

function offset(draw: Draw, wild: number): Vec3 {
  if (draw.chance(0.4)) return { x: 0, y: 0, z: 0 }
  const part = (): number =>
    draw.chance(wild * 0.4) ? draw.of(SIZES) * draw.of([1, -1]) : draw.chance(0.2) ? -0 : draw.float(-1, 1)
  return { x: part(), y: part(), z: part() }
}

function collider(draw: Draw, wild: number, motion: Motion): Collider {
  return { shape: shape(draw, wild, motion), position: offset(draw, wild), rotation: rotation(draw, wild) }
}

/** The heaviest compound of a command: 16 hulls of 64 points, one inside the other. */
export const heavyCompound = (draw: Draw, radius: number): readonly Collider[] =>
  Array.from({ length: COLLIDERS_MAX }, () => {
    const points = Array.from({ length: CONVEX_POINTS_MAX }, () => {
      const [x, y, z] = [draw.between(-1, 1), draw.between(-1, 1), draw.between(-1, 1)]
      const stretch = radius / (Math.hypot(x, y, z) || 1)
      return { x: x * stretch, y: y * stretch, z: z * stretch }
    })
    return {
      shape: { type: 'convex' as const, points: flat(points) },
      position: { x: 0, y: 0, z: 0 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    }
  })

export function prop(draw: Draw, wild: number, motion?: Motion): PropSpec {
  const moves =
    motion ??
    draw.weighted<Motion>([
      [4, 'dynamic'],
      [2, 'kinematic'],
      [1, 'static'],
    ])
  const count = draw.weighted<number>([
    [6, 1],
    [2, draw.whole(2, 4)],
    [wild, draw.whole(5, COLLIDERS_MAX)],
    [wild * 0.05, COLLIDERS_MAX + 1],
    [wild * 0.02, 0],
  ])
  const heavy = draw.chance(wild * 0.01)
  return {
    name: 'x',
    motion: moves,
    colliders: heavy
      ? heavyCompound(draw, size(draw, wild))
      : Array.from({ length: count }, () => collider(draw, wild, moves)),
    density: fround(
      draw.chance(wild)
        ? draw.of([
            RANGES.density.min,
            RANGES.density.max,
            1_000,
            draw.spread(RANGES.density.min, RANGES.density.max),
            draw.chance(0.1) ? draw.edge() : 250,
          ])
        : draw.float(100, 1_000),
    ),
    friction: fround(draw.chance(wild) ? draw.of([0, -0, 1e-38, 0.5, 1, 10, draw.chance(0.1) ? draw.edge() : 5]) : 0.5),
    restitution: fround(draw.chance(wild) ? draw.of([0, 1, 0.99999994, 0.5, draw.chance(0.1) ? draw.edge() : 1]) : 0.1),
    color: draw.of([0, 1, 0xff_ff_ff]),
  }
}

/** A package's body, with bones and capsules at their minimum and maximum distances. */
export function body(draw: Draw, wild: number): AvatarBody {
  const part = (): number =>
    draw.chance(wild * 0.4)
      ? fround(draw.of([0, -0, 1e-38, 1e-7, 10, 9.999, 1, 0.05]) * draw.of([1, -1]))
      : draw.float(-0.2, 0.2)
  const point = (): Vec3 => ({ x: part(), y: part(), z: part() })
  const offsets = BONES.map((_, i) => (draw.chance(wild * 0.3) ? point() : (DEFAULT_BODY.offsets[i] ?? point())))
  const capsules = Array.from(
    {
      length: draw.weighted([
        [2, draw.whole(0, 6)],
        [1, CAPSULES_MAX],
      ]),
    },
    () => {
      const a = point()
      return {
        bone: draw.below(BONES.length),
        a,
        b: draw.chance(0.3) ? a : point(),
        radius: draw.of(SIZES.filter((radius) => radius >= 1e-3 && radius <= 10)),
      }
    },
  )
  return { name: 'b', offsets, capsules }
}
