/** Carries requests to the handlers of the contract's endpoints (http-contract/), and their answers back. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Effect, Schema } from 'effect'
import { methodNotAllowed, readJson, sendJson, type HttpError } from '../../http/http.ts'
import type { Endpoint } from '../../http-contract/endpoint.ts'
import {
  ALL_ENDPOINTS,
  decodeBody,
  ENDPOINTS,
  type AnswerFor,
  type Body,
  type BodyFor,
  type EndpointId,
  type ParametersFor,
} from '../../http-contract/index.ts'
import type { Claims } from '../accounts/tokens.ts'
import type { StoreError } from '../store-calls.ts'
import { RouteError } from './reply.ts'
import { attempt } from './effect-runner.ts'

/** The user whose token a request bears. Fails with RouteError 401. */
export type ClaimsOf = (request: IncomingMessage) => Effect.Effect<Claims, RouteError>

/** Refusals, answered as they are; and errors of a store that no handler expects, answered with 500. */
export type RequestError = RouteError | HttpError | StoreError

export interface Call<Id extends EndpointId = EndpointId> {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The variable segments of the path, decoded; never empty. */
  readonly parameters: ParametersFor<Id>
  /** The body's JSON, unchecked. */
  readonly json: Effect.Effect<unknown, HttpError>
}

/** Succeeds with the answer; undefined if there is none, or if it was written to the response. */
export type Handler<Id extends EndpointId> = (call: Call<Id>) => Effect.Effect<AnswerFor<Id> | undefined, RequestError>
export type Handlers<Ids extends EndpointId = EndpointId> = { readonly [Id in Ids]: Handler<Id> }

/** Endpoints about the server itself: server-routes.ts has their handlers. */
export type ServerEndpoint = 'login' | 'status' | 'openApi'
/** All other endpoints: api.ts puts their handlers together. */
export type ApiEndpoint = Exclude<EndpointId, ServerEndpoint>

/** Answers a request for a decoded path; false if the path is not one of its. */
export type Router = (
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
) => Effect.Effect<boolean, RequestError>

interface Route {
  readonly endpoint: Endpoint
  readonly segments: readonly string[]
  readonly handle: (call: Call) => Effect.Effect<unknown, RequestError>
}

/** Each caller says with `satisfies Handlers<…>` which endpoints it must have; the compiler reports one without a handler. */
export function makeRouter(handlers: Partial<Handlers>): Router {
  const routes = ALL_ENDPOINTS.flatMap(([id, endpoint]): readonly Route[] => {
    const handle = handlers[id] as Route['handle'] | undefined
    return handle === undefined ? [] : [{ endpoint, segments: endpoint.path.split('/'), handle }]
  })
  return Effect.fnUntraced(function* (path, request, response) {
    const segments = path.split('/')
    const here = routes.filter((route) => matches(route, segments))
    if (here.length === 0) return false
    yield* only(request, here.flatMap(methodsOf))
    const route = here.find((each) => methodsOf(each).includes(request.method ?? ''))
    if (!route) return false
    const answer = yield* route.handle({
      request,
      response,
      parameters: parametersOf(route, segments) as ParametersFor<EndpointId>,
      json: attempt(() => readJson(request)),
    })
    sendAnswer(route.endpoint, answer, response)
    return true
  })
}

const isParameter = (segment: string): boolean => segment.startsWith('{')

const matches = ({ segments }: Route, given: readonly string[]): boolean =>
  segments.length === given.length &&
  segments.every((segment, i) => (isParameter(segment) ? given[i] !== '' : segment === given[i]))

const parametersOf = ({ segments }: Route, given: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    segments.flatMap((segment, i) => (isParameter(segment) ? [[segment.slice(1, -1), given[i] ?? '']] : [])),
  )

/** HEAD is GET without the body. A stream of events has none. */
const methodsOf = ({ endpoint: { method, isEventStream } }: Route): readonly string[] =>
  method === 'GET' && !isEventStream ? ['GET', 'HEAD'] : [method]

function sendAnswer({ status, answer: schema }: Endpoint, answer: unknown, response: ServerResponse): void {
  if (response.headersSent || response.destroyed) return
  if (schema === null) response.writeHead(status).end()
  else sendJson(response, status, Schema.encodeUnknownSync(schema)(answer))
}

/** Fails with HttpError 405 for any other method. */
export const only = (request: IncomingMessage, methods: readonly string[]): Effect.Effect<void, HttpError> =>
  methods.includes(request.method ?? '') ? Effect.void : Effect.fail(methodNotAllowed(request, [...new Set(methods)]))

type IdWithBody = { [Id in EndpointId]: undefined extends BodyFor<Id> ? never : Id }[EndpointId]

/** The body of a request as the contract has it. Fails with RouteError 400, which says what is wrong and what to do. */
export function readBody<Id extends IdWithBody>(id: Id, json: unknown): Effect.Effect<BodyFor<Id>, RouteError> {
  const decoded = decodeBody(ENDPOINTS[id].body as Body<BodyFor<Id>>, json)
  return decoded.ok ? Effect.succeed(decoded.value) : Effect.fail(new RouteError(decoded.refusal))
}
