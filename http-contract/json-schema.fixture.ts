/** Draws JSON that a schema of the OpenAPI document accepts. */
import { fc } from '@fast-check/vitest'

export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly propertyNames?: JsonSchema
  readonly items?: JsonSchema
  readonly prefixItems?: readonly JsonSchema[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly multipleOf?: number
}

const NUMBER_MAX = 1_000_000
/** Longest name of a person or prop. The contract has this limit as a description only. */
const TEXT_CHARACTERS_MAX = 32

export type Definitions = Readonly<Record<string, JsonSchema>>

/** `definitions`: what `$ref` names. */
export function valuesOf(schema: JsonSchema, definitions: Definitions = {}): fc.Arbitrary<unknown> {
  const { $ref, type, anyOf, properties, items, prefixItems, minimum = 0 } = schema
  const inner = (each: JsonSchema): fc.Arbitrary<unknown> => valuesOf(each, definitions)
  if ($ref !== undefined) return inner(definitions[$ref.split('/').at(-1) ?? ''] ?? {})
  if (schema.enum) return fc.constantFrom(...schema.enum)
  if (type === 'object' && properties) return objectsOf(schema, inner)
  if (type === 'object') return recordsOf(schema, inner)
  if (anyOf) return fc.oneof(...anyOf.map(inner))
  if (type === 'array' && prefixItems) return fc.tuple(...prefixItems.map(inner))
  if (type === 'array') return fc.array(inner(items ?? {}), { maxLength: 2 })
  if (type === 'string') return textsOf(schema)
  if (type === 'integer' || schema.multipleOf === 1)
    return fc.integer({ min: minimum, max: Math.min(NUMBER_MAX, schema.maximum ?? NUMBER_MAX) })
  if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true })
  if (type === 'boolean') return fc.boolean()
  if (type === 'null') return fc.constant(null)
  if (Object.keys(schema).length === 0) return fc.constant(1)
  throw new Error(`no values are drawn for such a schema yet: ${JSON.stringify(schema)}`)
}

/** Alternatives of the fields that must be there. */
export const requiredIn = ({ required = [], anyOf = [], allOf = [] }: JsonSchema): readonly (readonly string[])[] => [
  ...required.map((field) => [field]),
  ...(anyOf.length > 0 ? [anyOf.flatMap((each) => each.required ?? [])] : []),
  ...allOf.flatMap(requiredIn),
]

type Inner = (schema: JsonSchema) => fc.Arbitrary<unknown>

function objectsOf(schema: JsonSchema, inner: Inner): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], anyOf = [{}], allOf = [] } = schema
  const drawn = (of: Definitions): Record<string, fc.Arbitrary<unknown>> =>
    Object.fromEntries(Object.entries(of).map(([name, field]) => [name, inner(field)]))
  const variants = allOf.flatMap((each) => each.anyOf ?? [])
  return fc.oneof(
    ...(variants.length > 0 ? variants : anyOf).map((variant) =>
      fc.record(
        { ...drawn(properties), ...drawn(variant.properties ?? {}) },
        { requiredKeys: [...required, ...(variant.required ?? [])] },
      ),
    ),
  )
}

function recordsOf(
  { additionalProperties: values, propertyNames = {} }: JsonSchema,
  inner: Inner,
): fc.Arbitrary<unknown> {
  return fc.dictionary(textsOf(propertyNames), typeof values === 'object' ? inner(values) : fc.constant(1), {
    maxKeys: 4,
  })
}

const textsOf = ({ pattern, minLength = 0, maxLength = TEXT_CHARACTERS_MAX }: JsonSchema): fc.Arbitrary<string> =>
  pattern === undefined
    ? fc.stringMatching(new RegExp(`^[A-Za-z]{${minLength},${Math.min(maxLength, TEXT_CHARACTERS_MAX)}}$`))
    : fc.stringMatching(new RegExp(pattern))
