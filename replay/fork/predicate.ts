/** Conditions on a run of the simulation: an expression on states and events, a fault, or a function. */
import type { Moment } from './moment.ts'
import { parseCondition, type UnknownWord } from './parse-condition.ts'

/** A condition on moments. `text` is how it was written. */
export interface MomentPredicate {
  readonly kind: 'moment'
  readonly text: string
  holds(moment: Moment): boolean
  /** For an expression: words that have matched nothing so far. */
  unknownWords?(): readonly UnknownWord[]
}

/** `fault`: the step throws. `divergence`: the state differs from the recorded one. */
export type Predicate = MomentPredicate | { readonly kind: 'fault' | 'divergence'; readonly text: string }

/** Reads "fault", "divergence" or an expression. docs/replay.md describes them. Throws ConditionError. */
export function parsePredicate(text: string): Predicate {
  const word = text.trim()
  if (word === 'fault' || word === 'divergence') return { kind: word, text: word }
  return { kind: 'moment', text, ...parseCondition(text) }
}
