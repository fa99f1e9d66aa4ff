/** Assertions of our own invariants. They stay on in production: a broken invariant must not become a wrong recording. */

/** Thrown where an invariant of the program does not hold: a bug, never bad input. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/**
 * Throws an AssertionError unless `condition` holds. `mustHold` says what must hold, as in "every prop has a template".
 * Never call it on wire data: bad input gets an error of its own.
 */
export function assert(condition: unknown, mustHold: string): asserts condition {
  if (!condition) throw new AssertionError(mustHold)
}

/** Returns `value`; throws an AssertionError where it is undefined or null. */
export function defined<T>(value: T, mustHold: string): NonNullable<T> {
  assert(value !== undefined && value !== null, mustHold)
  return value
}
