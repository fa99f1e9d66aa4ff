/** The realms of scenes: the default one, and small variants at the limits of valid definitions. */
import { DEFAULT_DEFINITION, parseDefinition, type RealmDefinition, type Vec3 } from '../../../sim/index.ts'
import type { Draw } from './edge-numbers.ts'

/** Share of scenes in the default realm. */
const DEFAULT_SHARE = 0.5

const GRAVITIES: readonly Vec3[] = [
  { x: 0, y: 0, z: 0 },
  { x: 0, y: -100, z: 0 },
  { x: 0, y: 100, z: 0 },
  { x: 9.81, y: 0, z: -9.81 },
  { x: 0, y: -1e-7, z: 0 },
  { x: 100, y: -100, z: 100 },
  { x: 0, y: -1.62, z: 0 },
]

function bounds(draw: Draw): RealmDefinition['bounds'] {
  const half = draw.of([8, 16, 64, 200, 10_000])
  return { min: { x: -half, y: -draw.of([1, 8, half]), z: -half }, max: { x: half, y: half, z: half } }
}

function variant(draw: Draw): RealmDefinition {
  const { props } = DEFAULT_DEFINITION
  const may = <T>(share: number, change: () => T, otherwise: T): T => (draw.chance(share) ? change() : otherwise)
  const within = may(0.4, () => bounds(draw), DEFAULT_DEFINITION.bounds)
  const inside = ({ x, y, z }: Vec3): boolean =>
    Math.abs(x) < within.max.x && Math.abs(z) < within.max.z && y >= within.min.y && y < within.max.y
  return {
    ...DEFAULT_DEFINITION,
    seed: draw.below(1_000_000),
    tickRate: may(0.5, () => draw.of([20, 30, 90, 120]), DEFAULT_DEFINITION.tickRate),
    gravity: may(0.5, () => draw.of(GRAVITIES), DEFAULT_DEFINITION.gravity),
    bounds: within,
    ground: may(
      0.3,
      () => ({ x: draw.of([1, 5, 200, 10_000]), z: draw.of([1, 5, 200, 10_000]) }),
      DEFAULT_DEFINITION.ground,
    ),
    reach: may(0.4, () => draw.of([0.5, 30, 100]), DEFAULT_DEFINITION.reach),
    elementsMax: may(0.2, () => draw.of([24, 64, 16_384]), DEFAULT_DEFINITION.elementsMax),
    workMax: may(0.3, () => draw.of([100, 500, 100_000]), DEFAULT_DEFINITION.workMax),
    stateBytesMax: may(0.3, () => draw.of([100_000, 1_000_000]), DEFAULT_DEFINITION.stateBytesMax),
    leftBehind: may(
      0.5,
      () => ({ seconds: draw.of([0, 1, 600]), remove: draw.of(['never', 'when-full', 'always'] as const) }),
      DEFAULT_DEFINITION.leftBehind,
    ),
    props: may(0.5, () => props.slice(0, draw.below(props.length)), props).filter(({ position }) => inside(position)),
  }
}

export function drawDefinition(draw: Draw): RealmDefinition {
  if (draw.chance(DEFAULT_SHARE)) return DEFAULT_DEFINITION
  const drawn = variant(draw)
  const parsed = parseDefinition(drawn)
  if (!parsed.ok) throw new Error(`a scene's definition is invalid: ${JSON.stringify(parsed.errors)}`)
  return parsed.definition
}
