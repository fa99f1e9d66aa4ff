/** What a scene spawns. Most of it is drawn until the simulation's own checks take it, so that scenes stay at the edges of whatever the rules are. */
import { checkScale } from '../../sim/shapes.ts'
import { checkProp } from '../../sim/shapes.ts'
import { SCALE_MAX, SCALE_MIN, type Collider, type PropSpec, type Shape } from '../../sim/index.ts'
import type { Draw } from './edges.ts'
import { heavyCompound, prop } from './makes.ts'
import type { Style } from './styles.ts'

/** Draws for one thing; the later the tamer. */
const TRIES = 12
/** How often the first draw is kept whatever the checks say. */
const UNCHECKED_SHARE = 0.15

export interface Thing {
  readonly spec: PropSpec
  readonly scale: number
}

const { fround } = Math
const SCALES = [SCALE_MIN, SCALE_MAX, 1, 1, 1, 0.1, 2, 19.999998, 0.051].map(fround)

export function drawScale(draw: Draw, wild: number): number {
  if (!draw.chance(wild)) return draw.float(0.5, 2)
  return draw.weighted<() => number>([[8, () => draw.of(SCALES)], [2, () => draw.spread(SCALE_MIN, SCALE_MAX)], [0.3, () => draw.edge()]])()
}

/** A thing of any make. */
function anyThing(draw: Draw, wild: number): Thing {
  const isUnchecked = draw.chance(UNCHECKED_SHARE)
  for (let left = TRIES; ; left--) {
    const now = (wild * left) / TRIES
    const thing = { spec: prop(draw, now), scale: drawScale(draw, now) }
    if (left <= 1 || isUnchecked || (checkProp(thing.spec) ?? checkScale(thing.spec, thing.scale)) === null) return thing
  }
}

const single = (shape: Shape): readonly Collider[] => [{ shape, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } }]
const make = (motion: PropSpec['motion'], colliders: readonly Collider[], density = 250): PropSpec => ({ name: 'x', motion, colliders, density, friction: 0.5, restitution: 0.1, color: 1 })

/** A mesh of few vertices and as many triangles as a command holds: its bytes in a checkpoint are thirty times those on the wire. */
function bloat(draw: Draw): PropSpec {
  const points = Array.from({ length: 20 }, () => [draw.float(-1, 1), draw.float(-1, 1), draw.float(-1, 1)])
  return make('static', single({ type: 'trimesh', vertices: points.flat(), indices: Array.from({ length: 3 * 4_900 }, () => draw.below(20)) }))
}

/** Gives one thing after the other. A pile's things are alike. */
export function thingsOf(draw: Draw, { thing, wild }: Style): () => Thing {
  switch (thing) {
    case 'pile': {
      const half = draw.of([0.25, 0.1, 0.5])
      const scale = fround(draw.of([1, 1, 2, SCALE_MAX, 0.2]))
      const spec = make('dynamic', single(draw.weighted<Shape>([
        [4, { type: 'box', halfExtents: { x: half, y: half, z: half } }], [1, { type: 'sphere', radius: half }], [1, { type: 'capsule', halfHeight: half, radius: half }],
      ])))
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
      return () => anyThing(draw, wild)
  }
}
