/** Reads untrusted JSON: values are read by their type, never asserted on. */
import { isObject, type JsonObject } from '../sim/json.ts'
import { clipped } from './text.ts'
import { Rejected } from './types.ts'

export { isObject, type JsonObject }

/** The value if it is an object, otherwise an empty one. The validator reports wrong types. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** The value if it is an array, otherwise an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The members of `json[key]` as objects. Other values become empty objects, so that indices stay valid. */
export const objectsOf = (json: JsonObject, key: string): JsonObject[] => listOf(json[key]).map(objectOf)

/** A whole number of at least 0, or null. */
export const countOf = (value: unknown): number | null =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null

export const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** `extensions[name]` of an object, if it is an object. */
export const extensionOf = (holder: JsonObject, name: string): JsonObject | null => {
  const found = objectOf(holder['extensions'])[name]
  return isObject(found) ? found : null
}

/** A copy without one key. */
export const without = (object: JsonObject, key: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))

/** Refuses the upload for one rule. Always throws Rejected. */
export function refuse(
  rule: string,
  where: string,
  message: string,
  value: number | string | null = null,
  limit: number | string | null = null,
): never {
  throw new Rejected({ rule, where, value: typeof value === 'string' ? clipped(value) : value, limit, message })
}
