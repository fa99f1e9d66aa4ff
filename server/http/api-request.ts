/** A request to the API below /v1, as its routes are handed it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { RouteError } from './reply.ts'
import type { Claims } from '../accounts/tokens.ts'

export interface ApiRequest {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Of the path below /v1, decoded; none is empty. */
  readonly segments: readonly string[]
  /** Whose token it bears; rejects with a RouteError 401. */
  claims(): Promise<Claims>
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
