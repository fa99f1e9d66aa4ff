/** Checks of single values, shared by the decoders: each returns the value or throws Invalid with its place. */
import { nameFault, shownName } from '../sim/name.ts'
import type { Quat, Vec3 } from '../sim/types.ts'
import {
  LABEL_CHARACTERS_MAX,
  NAME_CHARACTERS_MAX,
  QUATERNION_TOLERANCE,
  TEXT_CHARACTERS_MAX,
  UINT32_MAX,
} from './limits.ts'
import { attempt, Invalid, within, type Result } from './result.ts'

type Maybe<T> = T | null | undefined

/** UTF-16 units of a typed name that are read: more than any valid name has, including hidden characters. */
const TYPED_CHARACTERS_MAX = 512

/** A number that is neither NaN nor infinite. An absent field is 0, as in protobuf. */
export function finite(value: Maybe<number>, where: string): number {
  const number = value ?? 0
  if (!Number.isFinite(number)) throw new Invalid('out-of-range', where, `is ${number}; expected a finite number`)
  return number
}

/** A finite number of at most `limit` either way. */
export function bounded(value: Maybe<number>, where: string, limit: number): number {
  const number = finite(value, where)
  if (Math.abs(number) > limit) throw new Invalid('out-of-range', where, `is ${number}; expected -${limit} to ${limit}`)
  return number
}

/** A whole number from `min` to `max`. An absent field is 0. */
export function integer(value: Maybe<number>, where: string, min = 0, max = UINT32_MAX): number {
  const number = value ?? 0
  if (!(Number.isInteger(number) && number >= min && number <= max))
    throw new Invalid('out-of-range', where, `is ${number}; expected a whole number from ${min} to ${max}`)
  return number
}

/** A sub-message that must be present. */
export function present<T>(value: Maybe<T>, where: string): T {
  if (value === null || value === undefined) throw new Invalid('missing', where, 'is missing')
  return value
}

/** `limit` applies to each coordinate, in both directions. */
export function vec3(
  value: Maybe<{ x?: number | null; y?: number | null; z?: number | null }>,
  where: string,
  limit = Infinity,
): Vec3 {
  const { x, y, z } = present(value, where)
  try {
    return { x: bounded(x, 'x', limit), y: bounded(y, 'y', limit), z: bounded(z, 'z', limit) }
  } catch (error) {
    throw within(where, error)
  }
}

/** A unit quaternion within QUATERNION_TOLERANCE. */
export function quat(
  value: Maybe<{ x?: number | null; y?: number | null; z?: number | null; w?: number | null }>,
  where: string,
): Quat {
  const given = present(value, where)
  const x = given.x ?? 0
  const y = given.y ?? 0
  const z = given.z ?? 0
  const w = given.w ?? 0
  const squared = x * x + y * y + z * z + w * w
  // Written so that NaN fails too.
  if (!(Math.abs(squared - 1) <= QUATERNION_TOLERANCE))
    throw new Invalid('out-of-range', where, `(${x}, ${y}, ${z}, ${w}) is not a unit quaternion`)
  return { x, y, z, w }
}

/** Reads each item of a list. An error names the item. */
export function list<T, U>(
  items: Maybe<readonly T[]>,
  where: string,
  min: number,
  max: number,
  read: (item: T) => U,
): U[] {
  const given = items ?? []
  if (given.length < min || given.length > max)
    throw new Invalid('out-of-range', where, `has ${given.length} items; ${min} to ${max} are allowed`)
  const out: U[] = []
  try {
    for (const item of given) out.push(read(item))
  } catch (error) {
    throw within(`${where}[${out.length}]`, error)
  }
  return out
}

/** Reads a nested message. An error names the field. */
export function inside<T, U>(value: Maybe<T>, where: string, read: (value: T) => U): U {
  const given = present(value, where)
  try {
    return read(given)
  } catch (error) {
    throw within(where, error)
  }
}

/** A copy of the bytes: neither a view that keeps the datagram alive nor Node's Buffer. */
export function ownBytes(value: Maybe<Uint8Array>): Uint8Array {
  return new Uint8Array(value ?? [])
}

/** A player's name: 1 to 32 characters by the rule of names (sim/name.ts), in Unicode's NFC. */
export function name(value: Maybe<string>, where: string): string {
  const text = named(value, where, NAME_CHARACTERS_MAX)
  if (text !== text.normalize('NFC')) throw new Invalid('out-of-range', where, 'is not in the normal form NFC')
  return text
}

/** A prop's or body's name: 1 to 64 characters by the same rule. */
export const label = (value: Maybe<string>, where: string): string => named(value, where, LABEL_CHARACTERS_MAX)

function named(value: Maybe<string>, where: string, charactersMax: number): string {
  const text = value ?? ''
  const fault = nameFault(text, charactersMax)
  if (fault !== null) throw new Invalid('out-of-range', where, fault)
  return text
}

/** Normalises a typed name to the form that the wire accepts, or returns why it is invalid. */
export function cleanName(typed: string): Result<string> {
  return attempt(() => {
    const shown = shownName(typed.slice(0, TYPED_CHARACTERS_MAX))
    // "It has 0 characters" would confuse somebody who typed some.
    if (shown === '' && typed !== '')
      throw new Invalid(
        'out-of-range',
        'name',
        `has no character that can be seen; 1 to ${NAME_CHARACTERS_MAX} are allowed`,
      )
    return name(shown, 'name')
  })
}

/** A text for people, cut to TEXT_CHARACTERS_MAX. */
export function plainText(value: Maybe<string>): string {
  const given = value ?? ''
  return given.length > TEXT_CHARACTERS_MAX ? given.slice(0, TEXT_CHARACTERS_MAX) : given
}
