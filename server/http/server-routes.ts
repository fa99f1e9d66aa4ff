/** The part of the API that is about the server itself: the login, its status and the OpenAPI document. */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { Effect } from 'effect'
import { isLoopback, plainAddress } from '../../http/connection-limits.ts'
import { openApi, type Login, type OpenApi } from '../../http-contract/index.ts'
import type { GatewayService } from '../accounts/gateway.ts'
import { packageVersion } from '../package-root.ts'
import { RouteError } from './reply.ts'
import { makeRouter, type Handlers, type RequestError, type Router, type ServerEndpoint } from './router.ts'
import type { ServerStatus } from './status.ts'

export interface ServerRouteParts {
  readonly gateway: GatewayService
  status(): ServerStatus
}

export const serverRoutes = (parts: ServerRouteParts): Router =>
  makeRouter({
    login: ({ request, json }) => login(parts.gateway, request, json),
    status: () => Effect.sync(() => parts.status()),
    openApi: () => Effect.sync(document),
  } satisfies Handlers<ServerEndpoint>)

let openApiDocument: OpenApi | null = null
const document = (): OpenApi => (openApiDocument ??= openApi(packageVersion()))

/** The address that a proxy on this machine added last. From any other peer the header is ignored. */
function callerAddress(peer: string, forwardedFor: string | string[] | undefined): string {
  if (!isLoopback(peer) || forwardedFor === undefined) return peer
  const last = plainAddress(String(forwardedFor).split(',').at(-1)?.trim() ?? '')
  return isIP(last) === 0 ? peer : last
}

const login = (
  gateway: GatewayService,
  { headers, socket }: IncomingMessage,
  json: Effect.Effect<unknown, RequestError>,
): Effect.Effect<Login, RequestError> => {
  const caller = {
    address: callerAddress(plainAddress(socket.remoteAddress ?? ''), headers['x-forwarded-for']),
    host: headers.host,
    forwarded: headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined,
  }
  return Effect.flatMap(json, (body) =>
    Effect.mapError(
      gateway.login(body, caller),
      ({ reason, what, where, fix }) => new RouteError({ reason, message: what, where, fix }),
    ),
  )
}
