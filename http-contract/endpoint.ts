/** The contract of one address of the API. */
import type { ErrorReason } from './errors.ts'
import { decode, type JsonCodec } from './decode.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** The server's answer if a field of a body is wrong. */
export interface FieldHelp {
  /** Default: the body's own reason. */
  readonly reason?: ErrorReason
  /** The error message. `value` is the field's value, `where` the place of the fault, e.g. `humanoid/hips`. */
  readonly message: string | ((value: unknown, where: string) => string)
  readonly fix: string
}

export interface Body<T> {
  readonly schema: JsonCodec<T>
  readonly reason: ErrorReason
  /** By field; the empty name is a body that is not an object. */
  readonly help: Readonly<Record<string, FieldHelp>>
}

export interface BodyRefusal {
  readonly reason: ErrorReason
  readonly message: string
  readonly where: string
  readonly fix: string
}

/**
 * The callers that an endpoint accepts: everybody, users with their token, or the realm's operator and owners with
 * theirs.
 */
export type Asker = 'anyone' | 'user' | 'owner'

export interface Endpoint<Path extends string = string, B = unknown, A = unknown> {
  readonly method: Method
  /** With `{name}` for each segment that varies. */
  readonly path: Path
  readonly asker: Asker
  /** Null: requests have no body. */
  readonly body: Body<B> | null
  /** The status of a success. */
  readonly status: 200 | 201 | 202 | 204
  /** Null: the answer has no body. In an event stream, the data of each event has this shape. */
  readonly answer: JsonCodec<A> | null
  readonly isEventStream: boolean
  /** For docs/api.md and OpenAPI: what the request does, in Markdown. */
  readonly summary: string
  /** Beside those that every address may answer with (`COMMON_ERRORS`). */
  readonly errors: readonly ErrorReason[]
}

/** `{name}` segments of a path as an object of texts. */
export type ParametersOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & ParametersOf<Rest>
  : unknown

type Given<A, B, Path extends string> = Partial<Pick<Endpoint<Path, B, A>, 'isEventStream' | 'asker'>> &
  Pick<Endpoint, 'summary'> & {
    readonly body?: Body<B>
    readonly answer?: JsonCodec<A>
    readonly status?: Endpoint['status']
    readonly errors?: readonly ErrorReason[]
  }

export interface BodyOf<B> {
  readonly body: [B] extends [undefined] ? null : Body<B>
}

export function endpoint<const Path extends `/v1/${string}`, B = undefined, A = undefined>(
  method: Method,
  path: Path,
  { body, answer, status, errors = [], asker = 'user', isEventStream = false, summary }: Given<A, B, Path>,
): Endpoint<Path, B, A> & BodyOf<B> {
  const made = {
    method,
    path,
    asker,
    body: body ?? null,
    status: status ?? (answer === undefined ? 204 : 200),
    answer: answer ?? null,
    isEventStream,
    summary,
    errors,
  }
  return made as Endpoint<Path, B, A> & BodyOf<B>
}

/** Checks the parsed JSON of a request's body. */
export function decodeBody<T>(
  { schema, reason, help }: Body<T>,
  json: unknown,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: BodyRefusal } {
  const decoded = decode(schema, json)
  if (decoded.ok) return decoded
  const { path, message: expected } = decoded.fault
  const [field = ''] = path
  const [onlyField = ''] = Object.keys(help)
  const key = Object.hasOwn(help, field) ? field : onlyField
  const known = help[key] ?? { message: expected, fix: 'send the fields that /v1/openapi.json describes' }
  const where = (field === key ? path.join('/') : key) || 'body'
  const value = typeof json === 'object' && json !== null ? (json as Readonly<Record<string, unknown>>)[key] : undefined
  const message = typeof known.message === 'string' ? known.message : known.message(value, where)
  return { ok: false, refusal: { reason: known.reason ?? reason, message, where, fix: known.fix } }
}

/** The address below the server's URL, without a slash at its start. Parameters are percent-encoded. */
export function pathOf<Path extends string>(
  { path }: Pick<Endpoint<Path>, 'path'>,
  parameters: ParametersOf<Path>,
): string {
  const given = parameters as Readonly<Record<string, string>>
  return path.slice(1).replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given[name] ?? ''))
}
