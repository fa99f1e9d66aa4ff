/** The routes of the server's HTTP port. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import { Effect } from 'effect'
import { isLoopback, plainAddress } from '../../http/connection-limits.ts'
import { API_CORS, handleCors, HttpError, sendError, sendJson } from '../../http/http.ts'
import type { AssetsService } from '../../storage/assets/index.ts'
import { openApi, statusOf, type ErrorReason, type Login, type OpenApi } from '../../http-api/index.ts'
import { METRICS_CONTENT_TYPE } from '../metrics/text.ts'
import type { GatewayService } from '../accounts/gateway.ts'
import type { CallbackLog } from '../log.ts'
import { packageVersion } from '../package-root.ts'
import { RouteError, securityHeaders, sendText } from './reply.ts'
import { makeRouter, only, type Router } from './router.ts'
import type { RunEffect } from './effect-runner.ts'
import type { StaticFiles } from './static-files.ts'
import type { Health, ServerStatus } from './status.ts'

export interface HttpParts {
  readonly gateway: GatewayService
  readonly viewer: StaticFiles
  /** Origins of pages elsewhere that may use the API. */
  readonly origins: readonly string[]
  /** Handlers of the transports (signalling at /.wrtc/v2, /v1/ws). They return false for other paths. */
  readonly transports: readonly ((request: IncomingMessage, response: ServerResponse) => boolean)[]
  /** The file store: answers requests below /v1/assets, with headers of its own. */
  readonly assets: Pick<AssetsService, 'answers' | 'origin'>
  readonly api: Router
  status(): ServerStatus
  health(): Health
  /** Returns text in the Prometheus format. */
  metrics(): string
  readonly log: CallbackLog
  readonly run: RunEffect
}

/** Answers every request. An exception of a handler becomes a JSON error and never ends the process. */
export function httpHandler(parts: HttpParts): (request: IncomingMessage, response: ServerResponse) => void {
  const server = serverRoutes(parts)
  return (request, response) => {
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    route(parts, server, request, response).catch((error: unknown) => {
      if (!(error instanceof HttpError))
        parts.log.error(
          `${request.method} ${(request.url ?? '').split('?')[0]}: ${error instanceof Error ? error.stack : String(error)}`,
        )
      sendError(response, error)
    })
  }
}

async function route(
  parts: HttpParts,
  server: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (parts.assets.answers(request, response)) return undefined
  securityHeaders(response, request.headers.host, parts.assets.origin)
  if (parts.transports.some((answers) => answers(request, response))) return undefined
  // Pages of other sites may not use a visitor's browser for requests here, unless the operator allows their origin
  if (handleCors(request, response, parts.origins, API_CORS)) return undefined
  const path = pathOf(request)
  if ((await server(path, request, response)) || (await parts.api(path, request, response))) return undefined
  if (path.startsWith('/.wrtc/')) throw notFound(path)
  only(request, ['GET', 'HEAD'])
  if (path === '/healthz') {
    const health = parts.health()
    return sendJson(response, health.ok ? 200 : 503, health)
  }
  if (path === '/metrics') return sendText(response, METRICS_CONTENT_TYPE, parts.metrics())
  if (path.startsWith('/v1/')) throw notFound(path)
  return page(parts, path, request, response)
}

/** The part of the API that is about the server itself. */
const serverRoutes = (parts: HttpParts): Router =>
  makeRouter({
    login: ({ request, json }) => login(parts.gateway, request, json, parts.run),
    status: () => Promise.resolve(parts.status()),
    openApi: () => Promise.resolve(document()),
  })

let openApiDocument: OpenApi | null = null
const document = (): OpenApi => (openApiDocument ??= openApi(packageVersion()))

function pathOf(request: IncomingMessage): string {
  try {
    return decodeURIComponent(new URL(request.url ?? '/', 'http://server').pathname)
  } catch {
    throw new RouteError(400, 'bad-path', 'the path is not valid', request.url ?? '', 'percent-encode it as UTF-8')
  }
}

const notFound = (path: string): RouteError =>
  new RouteError(404, 'not-found', 'there is nothing at this address', path, 'see docs/api.md for the addresses')

/** The address that a proxy on this machine added last. From any other peer the header is ignored. */
function callerAddress(peer: string, forwardedFor: string | string[] | undefined): string {
  if (!isLoopback(peer) || forwardedFor === undefined) return peer
  const last = plainAddress(String(forwardedFor).split(',').at(-1)?.trim() ?? '')
  return isIP(last) === 0 ? peer : last
}

async function login(
  gateway: GatewayService,
  { headers, socket }: IncomingMessage,
  json: () => Promise<unknown>,
  run: RunEffect,
): Promise<Login> {
  const caller = {
    address: callerAddress(plainAddress(socket.remoteAddress ?? ''), headers['x-forwarded-for']),
    host: headers.host,
    forwarded: headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined,
  }
  const reply = gateway
    .login(await json(), caller)
    .pipe(
      Effect.mapError(
        ({ reason, what, where, fix }) => new RouteError<ErrorReason>(statusOf(reason), reason, what, where, fix),
      ),
    )
  return run(reply)
}

/** The page while the viewer is not built; it needs no scripts and no styles. */
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Otherworld</title>
<h1>The server runs, but its page is not built</h1>
<p>Run <code>npm run build</code> in the server's directory and start it again.</p>
<p><a href="v1/status">Status of the realm</a></p></html>
`

function page(parts: HttpParts, path: string, request: IncomingMessage, response: ServerResponse): void {
  if (parts.viewer.count === 0 && path === '/') {
    response.writeHead(503, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    return void response.end(request.method === 'HEAD' ? undefined : NOT_BUILT)
  }
  if (!parts.viewer.serve(path, request, response)) throw notFound(path)
}
