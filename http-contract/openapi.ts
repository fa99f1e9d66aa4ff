/** The contract as an OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1.html). */
import * as Schema from 'effect/Schema'
import type { JsonCodec } from './decode.ts'
import { ALL_ENDPOINTS, BODY_ERRORS, COMMON_ERRORS } from './endpoints.ts'
import type { Endpoint } from './endpoint.ts'
import { ErrorBody, meaningOf, statusOf, type ErrorReason } from './errors.ts'

type Json = Readonly<Record<string, unknown>>

export interface OpenApi extends Json {
  readonly openapi: '3.1.0'
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>
  readonly components: { readonly schemas: Json; readonly securitySchemes: Json }
}

/** All reasons with which an endpoint may refuse a request. */
export const reasonsOf = ({ asker, body, errors }: Endpoint): readonly ErrorReason[] => [
  ...errors,
  ...(asker === 'anyone' ? [] : (['token'] as const)),
  ...(body === null ? [] : BODY_ERRORS),
  ...COMMON_ERRORS,
]

/** `version` is the software's version. */
export function openApi(version: string): OpenApi {
  const schemas: Record<string, unknown> = {}
  const paths: Record<string, Record<string, Json>> = {}
  /** A JSON Schema whose definitions are in the document's components. */
  const schemaOf = (schema: JsonCodec): unknown => {
    const { schema: root, definitions } = Schema.toJsonSchemaDocument(schema)
    Object.assign(schemas, withComponents(definitions))
    return withComponents(root)
  }
  const error = schemaOf(ErrorBody)
  for (const [id, endpoint] of ALL_ENDPOINTS)
    (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operationOf(id, endpoint, schemaOf, error)
  return {
    openapi: '3.1.0',
    info: {
      title: 'Otherworld',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description: 'The HTTP API of an Otherworld server. The file docs/api.md of its repository explains it.',
    },
    paths,
    components: {
      schemas,
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'The token of a login.' } },
    },
  }
}

function operationOf(id: string, endpoint: Endpoint, schemaOf: (schema: JsonCodec) => unknown, error: unknown): Json {
  const { path, asker, body, status, answer, isEventStream, summary } = endpoint
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
  const media = isEventStream ? 'text/event-stream' : 'application/json'
  return {
    operationId: id,
    description: summary,
    ...(asker === 'anyone' ? {} : { security: [{ token: [] }] }),
    ...(names.length === 0
      ? {}
      : {
          parameters: names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } })),
        }),
    ...(body === null
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body.schema) } } } }),
    responses: {
      [status]: {
        description: 'Success.',
        ...(answer === null ? {} : { content: { [media]: { schema: schemaOf(answer) } } }),
      },
      ...errorsOf(reasonsOf(endpoint), error),
    },
  }
}

/** One response for each status, with its reasons. */
function errorsOf(reasons: readonly ErrorReason[], schema: unknown): Json {
  const statuses = [...new Set(reasons.map(statusOf))].toSorted((a, b) => a - b)
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: reasons
          .filter((reason) => statusOf(reason) === status)
          .map((reason) => `\`${reason}\`: ${meaningOf(reason)}`)
          .join('. '),
        content: { 'application/json': { schema } },
      },
    ]),
  )
}

const withComponents = (schema: unknown): unknown =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/'))
