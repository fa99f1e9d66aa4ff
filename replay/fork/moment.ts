/** What a condition sees of a run. */
import type { Field, Realm, SimEvent } from '../../sim/index.ts'
import type { Simulation } from '../simulation.ts'

/** A state after a step, and what the step reported. */
export interface Moment {
  readonly tick: number
  readonly events: readonly SimEvent[]
  readonly realm: Realm
  /** Every field of the state, with the names that `replay seek` prints. */
  fields(): Iterable<Field>
}

export const momentOf = (
  simulation: Pick<Simulation<Realm>, 'fields'>,
  realm: Realm,
  tick: number,
  events: readonly SimEvent[],
): Moment => ({ tick, events, realm, fields: () => simulation.fields(realm) })
