/** Checks of single values, shared by the decoders: each returns the value or throws Invalid with its place. */
import type { Quat, Vec3 } from '../sim/types.ts'
import { LABEL_BYTES_MAX, LABEL_CHARACTERS_MAX, NAME_BYTES_MAX, NAME_CHARACTERS_MAX, QUATERNION_TOLERANCE, TEXT_CHARACTERS_MAX, UINT32_MAX } from './limits.ts'
import { attempt, Invalid, within, type Result } from './result.ts'

type Maybe<T> = T | null | undefined

/** A number that is neither NaN nor infinite. Absent is 0, as protobuf has it. */
export function finite(value: Maybe<number>, where: string): number {
  const number = value ?? 0
  if (!Number.isFinite(number)) throw new Invalid('out-of-range', where, `is ${number}; a finite number is needed`)
  return number
}

/** A finite number of at most `limit` either way. */
export function bounded(value: Maybe<number>, where: string, limit: number): number {
  const number = finite(value, where)
  if (Math.abs(number) > limit) throw new Invalid('out-of-range', where, `is ${number}; at most ${limit} either way is taken`)
  return number
}

/** A whole number from `min` to `max`. Absent is 0. */
export function integer(value: Maybe<number>, where: string, min = 0, max = UINT32_MAX): number {
  const number = value ?? 0
  if (!(Number.isInteger(number) && number >= min && number <= max))
    throw new Invalid('out-of-range', where, `is ${number}; a whole number from ${min} to ${max} is needed`)
  return number
}

/** A sub-message that must stand there. */
export function present<T>(value: Maybe<T>, where: string): T {
  if (value === null || value === undefined) throw new Invalid('missing', where, 'is missing')
  return value
}

/** `limit`: of each coordinate, either way. */
export function vec3(value: Maybe<{ x?: number | null; y?: number | null; z?: number | null }>, where: string, limit = Infinity): Vec3 {
  const { x, y, z } = present(value, where)
  try {
    return { x: bounded(x, 'x', limit), y: bounded(y, 'y', limit), z: bounded(z, 'z', limit) }
  } catch (error) {
    throw within(where, error)
  }
}

/** A unit quaternion within QUATERNION_TOLERANCE. */
export function quat(value: Maybe<{ x?: number | null; y?: number | null; z?: number | null; w?: number | null }>, where: string): Quat {
  const given = present(value, where)
  const x = given.x ?? 0
  const y = given.y ?? 0
  const z = given.z ?? 0
  const w = given.w ?? 0
  const squared = x * x + y * y + z * z + w * w
  // Written so that NaN fails too.
  if (!(Math.abs(squared - 1) <= QUATERNION_TOLERANCE)) throw new Invalid('out-of-range', where, `(${x}, ${y}, ${z}, ${w}) is no unit quaternion`)
  return { x, y, z, w }
}

/** Reads each item of a list; an error says which. */
export function list<T, U>(items: Maybe<readonly T[]>, where: string, min: number, max: number, read: (item: T) => U): U[] {
  const given = items ?? []
  if (given.length < min || given.length > max) throw new Invalid('out-of-range', where, `has ${given.length} items; ${min} to ${max} are allowed`)
  const out: U[] = []
  try {
    for (const item of given) out.push(read(item))
  } catch (error) {
    throw within(`${where}[${out.length}]`, error)
  }
  return out
}

/** Reads a nested message; an error says in which. */
export function inside<T, U>(value: Maybe<T>, where: string, read: (value: T) => U): U {
  const given = present(value, where)
  try {
    return read(given)
  } catch (error) {
    throw within(where, error)
  }
}

/** Bytes of its own: neither a view that keeps the datagram alive nor Node's Buffer. */
export function ownBytes(value: Maybe<Uint8Array>): Uint8Array {
  return new Uint8Array(value ?? [])
}

/** Control, format, surrogate and private characters, line separators, spaces other than the plain one, the replacement character. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u00A0\u1680\u2000-\u200A\u202F\u205F\u3000\uFFFD]/u
/** The one format character that names need: it joins emoji. */
const EMOJI_JOINER = /(?<=[\p{Extended_Pictographic}\p{EMod}\uFE0F])\u200D(?=\p{Extended_Pictographic})/gu
/** Most names: quick to accept. */
const PLAIN_NAME = /^[!-~](?:[ -~]{0,30}[!-~])?$/

/** A name: 1 to 32 visible characters in Unicode's NFC, without spaces at its ends. */
export function name(value: Maybe<string>, where: string): string {
  const text = value ?? ''
  if (PLAIN_NAME.test(text)) return text
  // The length in UTF-16 first: the checks below are linear in it.
  const characters = text.length > NAME_BYTES_MAX ? Infinity : Array.from(text).length
  if (characters < 1 || characters > NAME_CHARACTERS_MAX)
    throw new Invalid('out-of-range', where, `has ${characters === Infinity ? 'too many' : characters} characters; 1 to ${NAME_CHARACTERS_MAX} are allowed`)
  if (HIDDEN.test(text.replace(EMOJI_JOINER, ''))) throw new Invalid('out-of-range', where, 'has characters that cannot be seen')
  if (text !== text.trim()) throw new Invalid('out-of-range', where, 'has spaces at its ends')
  if (text !== text.normalize('NFC')) throw new Invalid('out-of-range', where, 'is not in the normal form NFC')
  return text
}

/** Characters that no label has. */
const UNPRINTED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u

/** The name of a prop: 1 to 64 printed characters. */
export function label(value: Maybe<string>, where: string): string {
  const given = value ?? ''
  const characters = given.length > LABEL_BYTES_MAX ? Infinity : Array.from(given).length
  if (characters < 1 || characters > LABEL_CHARACTERS_MAX) throw new Invalid('out-of-range', where, `has no length from 1 to ${LABEL_CHARACTERS_MAX} characters`)
  if (UNPRINTED.test(given)) throw new Invalid('out-of-range', where, 'has characters that are not printed')
  return given
}

/** A name as a person typed it, brought into the form that the wire takes, or why it cannot be one. */
export function cleanName(typed: string): Result<string> {
  return attempt(() => name(typed.slice(0, 4 * NAME_BYTES_MAX).normalize('NFC').replace(/\s+/gu, ' ').trim(), 'name'))
}

/** A text for people, cut to TEXT_CHARACTERS_MAX where it is longer. */
export function plainText(value: Maybe<string>): string {
  const given = value ?? ''
  return given.length > TEXT_CHARACTERS_MAX ? given.slice(0, TEXT_CHARACTERS_MAX) : given
}
