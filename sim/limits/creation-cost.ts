/**
 * The cost of creating colliders. A frame has a budget for it: otherwise one tick of many large spawns would take
 * seconds. One unit takes 3 to 16 µs: a hull point (1 unit) about 3 µs, a box that is spawned into a heap of 800 props (32
 * units) about 500 µs.
 */
import type { Realm } from '../state/state.ts'
import type { Command, PropSpec } from '../types.ts'

/** Budget of one frame for all players together, in units. The largest prop (16 hulls of 64 points) just fits. */
export const CREATION_COST_MAX = 1_100

/** Cost of a spawn or scale without its colliders: the body, and counting its owner's props among a thousand. */
const PROP_COST = 30
const COLLIDER_COST = 2
const TRIANGLE_COST = 0.25

function specCost(spec: PropSpec): number {
  let sum = PROP_COST
  for (const { shape } of spec.colliders) {
    sum += COLLIDER_COST
    if (shape.type === 'convex') sum += shape.points.length / 3
    else if (shape.type === 'trimesh') sum += (shape.indices.length / 3) * TRIANGLE_COST
  }
  return sum
}

/** The creation cost of a command. A package that the realm does not have yet counts as the largest prop. */
export function creationCost({ packages, props }: Pick<Realm, 'packages' | 'props'>, command: Command): number {
  if (command.type === 'scale') {
    const prop = props.get(command.element)
    return prop ? specCost(prop.spec) : 0
  }
  if (command.type !== 'spawn') return 0
  if (typeof command.prop !== 'string') return specCost(command.prop)
  const physics = packages.get(command.prop)?.physics
  if (!physics) return CREATION_COST_MAX
  return physics.kind === 'object' ? specCost(physics.prop) : 0
}
