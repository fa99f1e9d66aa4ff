/**
 * What it costs to make colliders, counted: a frame may hold only so much of it, or one tick of many large spawns would
 * stand still for seconds. One unit is a hull point, about 3 µs.
 */
import type { Realm } from '../state/state.ts'
import type { Command, PropSpec } from '../types.ts'

/** Units of one frame, from all players together: the largest prop (16 hulls of 64 points) alone. */
export const CREATION_WORK_MAX = 1_100

/** A spawn or scale by itself: the body, and the count of what its owner has. */
const PROP_WORK = 10
const COLLIDER_WORK = 2
const TRIANGLE_WORK = 0.25

function specWork(spec: PropSpec): number {
  let sum = PROP_WORK
  for (const { shape } of spec.colliders) {
    sum += COLLIDER_WORK
    if (shape.type === 'convex') sum += shape.points.length / 3
    else if (shape.type === 'trimesh') sum += (shape.indices.length / 3) * TRIANGLE_WORK
  }
  return sum
}

/** The creation work of a command. A package that the realm does not have yet counts as the largest prop. */
export function creationWork({ packages, props }: Pick<Realm, 'packages' | 'props'>, command: Command): number {
  if (command.type === 'scale') {
    const prop = props.get(command.element)
    return prop ? specWork(prop.spec) : 0
  }
  if (command.type !== 'spawn') return 0
  if (typeof command.prop !== 'string') return specWork(command.prop)
  const physics = packages.get(command.prop)?.physics
  if (!physics) return CREATION_WORK_MAX
  return physics.kind === 'object' ? specWork(physics.prop) : 0
}
