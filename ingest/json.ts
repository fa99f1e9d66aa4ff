/** Reading JSON that nobody vouches for: values are taken out by their type, never asserted on. */
import { isObject, type JsonObject } from '../sim/json.ts'
import { clipped } from './text.ts'
import { Rejected } from './types.ts'

export { isObject, type JsonObject }

/** The value if it is an object, else an empty one: what is of the wrong type is the validator's to report. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** The value if it is an array, else an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The members of `json[key]` as objects; what is none is an empty one, so that indices stay true. */
export const objectsOf = (json: JsonObject, key: string): JsonObject[] => listOf(json[key]).map(objectOf)

/** A whole number from 0 on, or null. */
export const countOf = (value: unknown): number | null =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** `extensions[name]` of an object, if it is one. */
export const extensionOf = (holder: JsonObject, name: string): JsonObject | null => {
  const found = objectOf(holder['extensions'])[name]
  return isObject(found) ? found : null
}

/** A copy that lacks one key. */
export const without = (object: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))

/** Refuses the upload for one rule. */
export function refuse(
  rule: string,
  where: string,
  message: string,
  value: number | string | null = null,
  limit: number | string | null = null,
): never {
  throw new Rejected({ rule, where, value: typeof value === 'string' ? clipped(value) : value, limit, message })
}
