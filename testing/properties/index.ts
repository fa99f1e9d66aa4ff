/** The ready-made properties. */
import { bounds, energy, penetration, sleep } from './motion.ts'
import { conservation, permissions } from './rules.ts'
import { arrivalOrder, determinism, isolation, restoring } from './worlds.ts'
import type { PhysicsProperty } from './property.ts'

export const PROPERTIES: readonly PhysicsProperty[] = [
  permissions,
  conservation,
  bounds,
  determinism,
  arrivalOrder,
  restoring,
  isolation,
  energy,
  penetration,
  sleep,
]

export {
  arrivalOrder,
  bounds,
  conservation,
  determinism,
  energy,
  isolation,
  penetration,
  permissions,
  restoring,
  sleep,
}
