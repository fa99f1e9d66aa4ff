/** Carries requests to the handlers of the contract's endpoints (http-api/), and their answers back. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as Schema from 'effect/Schema'
import { readJson, sendJson } from '../../http/http.ts'
import type { Endpoint } from '../../http-api/endpoint.ts'
import {
  ALL_ENDPOINTS,
  decodeBody,
  ENDPOINTS,
  type AnswerFor,
  type Body,
  type BodyFor,
  type EndpointId,
  type ParametersFor,
} from '../../http-api/index.ts'
import type { Claims } from '../accounts/tokens.ts'
import { RouteError } from './reply.ts'

/** Returns the user whose token a request bears. Rejects with RouteError 401. */
export type ClaimsOf = (request: IncomingMessage) => Promise<Claims>

export interface Call<Id extends EndpointId = EndpointId> {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The variable segments of the path, decoded; never empty. */
  readonly parameters: ParametersFor<Id>
  /** The body's JSON, unchecked. Rejects with HttpError. */
  readonly json: () => Promise<unknown>
}

/** Returns the answer; undefined if there is none, or if it was written to the response. Rejects with HttpError. */
export type Handler<Id extends EndpointId> = (call: Call<Id>) => Promise<AnswerFor<Id> | undefined>
export type Handlers = { readonly [Id in EndpointId]?: Handler<Id> }

/**
 * Answers a request for a decoded path and returns true, or false if the path is not one of its. Rejects with
 * HttpError.
 */
export type Router = (path: string, request: IncomingMessage, response: ServerResponse) => Promise<boolean>

interface Route {
  readonly endpoint: Endpoint
  readonly segments: readonly string[]
  readonly handle: (call: Call) => Promise<unknown>
}

export function makeRouter(handlers: Handlers): Router {
  const routes = ALL_ENDPOINTS.flatMap(([id, endpoint]): readonly Route[] => {
    const handle = handlers[id] as Route['handle'] | undefined
    return handle === undefined ? [] : [{ endpoint, segments: endpoint.path.split('/'), handle }]
  })
  return async (path, request, response) => {
    const segments = path.split('/')
    const here = routes.filter((route) => matches(route, segments))
    if (here.length === 0) return false
    only(request, here.flatMap(methodsOf))
    const route = here.find((each) => methodsOf(each).includes(request.method ?? ''))
    if (!route) return false
    const answer = await route.handle({
      request,
      response,
      parameters: parametersOf(route, segments) as ParametersFor<EndpointId>,
      json: () => readJson(request),
    })
    sendAnswer(route.endpoint, answer, response)
    return true
  }
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

/** Throws RouteError 405 for any other method. */
export function only(request: IncomingMessage, methods: readonly string[]): void {
  if (!methods.includes(request.method ?? ''))
    throw new RouteError(
      405,
      'method-not-allowed',
      `${request.method} is not possible here`,
      request.url ?? '',
      `use ${methods.join(' or ')}`,
    )
}

type IdWithBody = { [Id in EndpointId]: undefined extends BodyFor<Id> ? never : Id }[EndpointId]

/** The body of a request as the contract has it. Throws RouteError 400 with what is wrong and what to do. */
export function readBody<Id extends IdWithBody>(id: Id, json: unknown): BodyFor<Id> {
  const decoded = decodeBody(ENDPOINTS[id].body as Body<BodyFor<Id>>, json)
  if (decoded.ok) return decoded.value
  const { reason, message, where, fix } = decoded.refusal
  throw new RouteError(400, reason as 'bad-declaration', message, where, fix)
}
