/**
 * Generates the props that a scene spawns. Most are drawn until the simulation's own checks accept them, so that scenes
 * stay at the edges of the current rules.
 */
import { checkProp, checkScale } from '../../../sim/props/shapes.ts'
import { RANGES } from '../../../sim/limits/ranges.ts'
import { SCALE_MAX, SCALE_MIN, type Collider, type PropSpec, type Shape } from '../../../sim/index.ts'
import type { Draw } from './edge-numbers.ts'
import { toEdge, type FittedProp } from './edge-props.ts'
import { COMMAND_TRIANGLES_MAX, heavyCompound, prop } from './shapes.ts'
import type { Style } from './styles.ts'

/** Draws for one prop; later draws are less extreme. */
const TRIES = 12
/** Share of props whose first draw is kept whatever the checks say. */
const UNCHECKED_SHARE = 0.15

/** Share of extreme props that are brought to the limit of a rule about the whole prop. */
const EDGE_SHARE = 0.5

const { fround } = Math
const SCALES = [SCALE_MIN, SCALE_MAX, 1, 1, 1, 0.1, 2, 19.999998, 0.051].map(fround)

export function drawScale(draw: Draw, wild: number): number {
  if (!draw.chance(wild)) return draw.float(0.5, 2)
  return draw.weighted<() => number>([
    [8, () => draw.of(SCALES)],
    [2, () => draw.spread(SCALE_MIN, SCALE_MAX)],
    [0.3, () => draw.edge()],
  ])()
}

/** A prop of any type. */
function anyProp(draw: Draw, wild: number): FittedProp {
  const isUnchecked = draw.chance(UNCHECKED_SHARE)
  for (let left = TRIES; ; left--) {
    const now = (wild * left) / TRIES
    const drawn = { spec: prop(draw, now), scale: drawScale(draw, now) }
    const fitted = draw.chance(now * EDGE_SHARE) ? toEdge(draw, drawn) : drawn
    if (left <= 1 || isUnchecked || (checkProp(fitted.spec) ?? checkScale(fitted.spec, fitted.scale)) === null)
      return fitted
  }
}

const single = (shape: Shape): readonly Collider[] => [
  { shape, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
]
const make = (motion: PropSpec['motion'], colliders: readonly Collider[], density = 250): PropSpec => ({
  name: 'x',
  motion,
  colliders,
  density,
  friction: 0.5,
  restitution: 0.1,
  color: 1,
})

/** Vertices of a mesh that must be small on the wire: a hilly grid of five by four. */
const [BLOAT_WIDE, BLOAT_DEEP] = [5, 4]

/**
 * A mesh of few vertices and the maximum number of triangles of a player or a command: in a checkpoint it has thirty
 * times the bytes on the wire.
 */
export function bloat(draw: Draw): PropSpec {
  const count = BLOAT_WIDE * BLOAT_DEEP
  const vertices = Array.from({ length: count }, (_, i) => [
    i % BLOAT_WIDE,
    draw.float(0, 0.5),
    Math.floor(i / BLOAT_WIDE),
  ])
  // One corner, its neighbour, and one of another row: never three corners on a line.
  const triangle = (): number[] => {
    const first = draw.below(count)
    const second = first % BLOAT_WIDE === BLOAT_WIDE - 1 ? first - 1 : first + 1
    return [first, second, (first + BLOAT_WIDE * draw.whole(1, BLOAT_DEEP - 1)) % count]
  }
  return make(
    'static',
    single({
      type: 'trimesh',
      vertices: vertices.flat(),
      indices: Array.from({ length: draw.of([RANGES.meshTriangles.max, COMMAND_TRIANGLES_MAX]) }, triangle).flat(),
    }),
  )
}

/** Returns one prop after the other. Props of a pile are alike. */
export function propsOf(draw: Draw, { propType, wild }: Style): () => FittedProp {
  switch (propType) {
    case 'pile': {
      const half = draw.of([0.25, 0.1, 0.5])
      const scale = fround(draw.of([1, 1, 2, SCALE_MAX, 0.2]))
      const spec = make(
        'dynamic',
        single(
          draw.weighted<Shape>([
            [4, { type: 'box', halfExtents: { x: half, y: half, z: half } }],
            [1, { type: 'sphere', radius: half }],
            [1, { type: 'capsule', halfHeight: half, radius: half }],
          ]),
        ),
      )
      return () => ({ spec, scale })
    }
    case 'burst': {
      const spec = make(draw.of(['dynamic', 'dynamic', 'kinematic']), heavyCompound(draw, draw.of([0.1, 0.5, 2])))
      return () => ({ spec, scale: 1 })
    }
    case 'bloat':
      return () => ({ spec: bloat(draw), scale: drawScale(draw, wild) })
    case 'pair':
    case null:
      return () => anyProp(draw, wild)
  }
}
