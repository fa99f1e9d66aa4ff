/** The fields of a state by name, and how two states differ in them. */
import type { ElementId, Field } from '../sim/index.ts'

export type FieldValue = Field['value']

/** A field that two states have with different values. Null: the state has no such field. */
export interface FieldDifference {
  /** 0: the realm itself. */
  readonly element: ElementId
  /** For example "position.x". */
  readonly field: string
  readonly expected: FieldValue | null
  readonly actual: FieldValue | null
}

const keyOf = ({ element, field }: Field): string => `${element} ${field}`

/** The fields that differ, in the order of `expected`; then those that only `actual` has. Tells 0 from -0. */
export function fieldDifferences(expected: Iterable<Field>, actual: Iterable<Field>): FieldDifference[] {
  const others = new Map(Array.from(actual, (each) => [keyOf(each), each]))
  const found: FieldDifference[] = []
  for (const each of expected) {
    const other = others.get(keyOf(each))
    others.delete(keyOf(each))
    if (!other || !Object.is(other.value, each.value))
      found.push({ element: each.element, field: each.field, expected: each.value, actual: other?.value ?? null })
  }
  for (const { element, field, value } of others.values()) found.push({ element, field, expected: null, actual: value })
  return found
}

/**
 * A number's bits in hex: 8 digits if a 32-bit float holds it, as almost every number of the state is one, else the 16
 * of a 64-bit float (IEEE 754). Null for text and for no value.
 */
export function bitsOf(value: FieldValue | null): string | null {
  if (typeof value !== 'number') return null
  const view = new DataView(new ArrayBuffer(8))
  const isSingle = Object.is(Math.fround(value), value)
  if (isSingle) view.setFloat32(0, value)
  else view.setFloat64(0, value)
  const digits = view.getBigUint64(0).toString(16).padStart(16, '0')
  return `0x${isSingle ? digits.slice(0, 8) : digits}`
}

/** A value for people: text in quotes, a fraction with its bits, "none" for no value. Whole numbers need no bits. */
export function fieldText(value: FieldValue | null): string {
  if (value === null) return 'none'
  if (typeof value === 'string') return `"${value}"`
  if (Object.is(value, -0)) return '-0'
  return Number.isInteger(value) ? String(value) : `${value} (${bitsOf(value)})`
}
