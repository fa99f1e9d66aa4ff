/** Reads JSON of a file that somebody else made: each function returns a value that is safe to use. */

export type JsonObject = Readonly<Record<string, unknown>>

/** The parts of a glTF's JSON that carry VRM data. */
export interface GltfJson {
  extensions?: Record<string, unknown> | undefined
  nodes?: { children?: number[]; mesh?: number; extensions?: Record<string, unknown> }[]
  meshes?: { primitives?: { targets?: unknown[] }[] }[]
  materials?: { extensions?: Record<string, unknown> }[]
  textures?: unknown[]
}

export const objectOf = (value: unknown): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {}

/** The first `max` items, each an object. */
export const listOf = (value: unknown, max: number): readonly JsonObject[] =>
  Array.isArray(value) ? value.slice(0, max).map(objectOf) : []

/** The value as an index of the list; null if there is no such item. */
export const indexOf = (value: unknown, list: readonly unknown[] | undefined): number | null =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) < (list?.length ?? 0) ? Number(value) : null

/** The number within the range; `otherwise` if the value is not a number. */
export const number = (value: unknown, min: number, max: number, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : otherwise

export const flag = (value: unknown): boolean => value === true

/** The value if it is one of `values`, else the first of them. */
export const oneOf = <T>(value: unknown, values: readonly [T, ...T[]]): T =>
  values.find((each) => each === value) ?? values[0]

/** The first `length` numbers of a list, each clamped to ±`max`. Undefined if one is missing or not a finite number. */
export const vector = (value: unknown, length: number, max: number): readonly number[] | undefined =>
  Array.isArray(value) && value.length >= length && value.slice(0, length).every(Number.isFinite)
    ? value.slice(0, length).map((each: number) => number(each, -max, max, 0))
    : undefined
