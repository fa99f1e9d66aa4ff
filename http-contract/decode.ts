/** Checks JSON from the network against a schema of the contract. Reports the first problem with its place. */
import * as Result from 'effect/Result'
import * as Schema from 'effect/Schema'
import * as SchemaIssue from 'effect/SchemaIssue'

/** A schema for JSON values, without transformations and services. */
export type JsonCodec<T = unknown> = Schema.Codec<T, unknown>

export interface Fault {
  /** Keys from the value's root. */
  readonly path: readonly string[]
  /** `Expected …` or `Missing key`. */
  readonly message: string
}

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault }

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** Drops unknown fields, so that later servers and clients may send more. */
export function decode<T>(schema: JsonCodec<T>, value: unknown): Decoded<T> {
  const result = Schema.decodeUnknownResult(schema)(value)
  if (Result.isSuccess(result)) return { ok: true, value: result.success }
  const [first] = format(result.failure.issue).issues
  const path = (first?.path ?? []).map((key) => String(typeof key === 'object' ? key.key : key))
  return { ok: false, fault: { path, message: first?.message ?? 'not valid' } }
}
