/** Searches sessions for one that violates a property, and shrinks it. */
import fc from 'fast-check'
import type { Lab } from '../physics/copies.ts'
import { arbitrarySession, type SessionOptions } from '../sessions/arbitrary-session.ts'
import { type Session } from '../sessions/session.ts'
import { checkSession } from './check.ts'
import type { PhysicsProperty, Violation } from './property.ts'

export interface FoundSession {
  /** The seed that draws the session before it is shrunk. */
  readonly seed: number
  /** The shrunk session, and what is wrong in it. */
  readonly session: Session
  readonly violation: Violation
  /** Sessions that were run to shrink it. */
  readonly shrinks: number
}

/** Seeds are from 0 to this. */
export const SEED_MAX = 0x7fff_ffff

/** Runs the session of a seed. Returns what is wrong in it, in its shrunk form, or null. */
export function searchSeed(
  seed: number,
  properties: readonly PhysicsProperty[],
  lab: Lab,
  options: SessionOptions = {},
): FoundSession | null {
  let violation: Violation | null = null
  let tries = 0
  // Only the violated property matters when the session shrinks; without one, the simulation itself ended.
  let checked = properties
  const predicate = (session: Session): boolean => {
    tries++
    const found = checkSession(session, checked, lab)
    if (!found) return true
    if (!violation) checked = properties.filter(({ name }) => name === found.property)
    violation = found
    return false
  }
  const { counterexample } = fc.check(fc.property(arbitrarySession(options), predicate), { seed, numRuns: 1 })
  const session = counterexample?.[0]
  return session && violation ? { seed, session, violation, shrinks: tries - 1 } : null
}
