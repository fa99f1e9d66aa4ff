/** The routes of the server's HTTP port. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Effect, Exit, Cause } from 'effect'
import type { RealmDefinition } from '../sim/index.ts'
import { plainAddress } from '../netcode/connection-limits.ts'
import { originAllowed } from '../netcode/origin.ts'
import { LoginError, type GatewayService } from './gateway.ts'
import { HttpError, readJson, securityHeaders, sendError, sendJson } from './http-reply.ts'
import type { StaticFiles } from './static-files.ts'
import type { Health, ServerStatus } from './status.ts'

export interface HttpParts {
  readonly gateway: GatewayService
  readonly viewer: StaticFiles
  readonly definition: RealmDefinition
  /** Origins of pages elsewhere that may use the API. */
  readonly origins: readonly string[]
  /** Answers a request of WebRTC signalling (/.wrtc/v2) and returns true; null where WebRTC is off. */
  readonly signalling: ((request: IncomingMessage, response: ServerResponse) => boolean) | null
  status(): ServerStatus
  health(): Health
  log(line: string): void
}

const LOGIN_STATUS: Readonly<Record<LoginError['reason'], number>> = { 'bad-name': 400, 'bad-role': 400, 'not-permitted': 403, 'too-many-logins': 429 }

/** Answers every request; what a handler throws becomes a JSON error, and never ends the process. */
export function httpHandler(parts: HttpParts): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    route(parts, request, response).catch((error: unknown) => {
      if (error instanceof HttpError) return sendError(response, error)
      if (request.destroyed && !request.complete) return undefined
      parts.log(`http: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}`)
      return sendError(response, new HttpError(500, 'internal', 'the server failed to answer', request.url ?? '', 'try again; the server log says more'))
    })
  }
}

async function route(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  securityHeaders(response, request.headers.host)
  if (parts.signalling?.(request, response)) return undefined
  const path = pathOf(request)
  checkOrigin(parts, request, response)
  if (path.startsWith('/.wrtc/')) throw new HttpError(404, 'no-webrtc', 'there is no WebRTC signalling at this address', path, 'connect by WebSocket at /v1/ws')
  if (request.method === 'OPTIONS') return void response.writeHead(204).end()
  if (path === '/v1/login') return login(parts, request, response)
  only(request, ['GET', 'HEAD'])
  if (path === '/healthz') {
    const health = parts.health()
    return sendJson(response, health.ok ? 200 : 503, health)
  }
  if (path === '/v1/status') return sendJson(response, 200, parts.status())
  if (path === `/v1/realms/${encodeURIComponent(parts.definition.id)}/definition`) return sendJson(response, 200, parts.definition)
  if (path === '/v1/ws') throw new HttpError(426, 'upgrade-required', 'this address takes WebSocket connections only', path, 'connect with ws://')
  if (path.startsWith('/v1/')) throw notFound(path)
  return page(parts, path, request, response)
}

function pathOf(request: IncomingMessage): string {
  try {
    return decodeURIComponent(new URL(request.url ?? '/', 'http://server').pathname)
  } catch {
    throw new HttpError(400, 'bad-path', 'the path is not valid', request.url ?? '', 'percent-encode it as UTF-8')
  }
}

/** Pages of other sites may not use the API, unless the operator names them: a visitor's browser is not their tool. */
function checkOrigin(parts: HttpParts, request: IncomingMessage, response: ServerResponse): void {
  const { origin, host } = request.headers
  if (!originAllowed(origin, host, parts.origins))
    throw new HttpError(403, 'foreign-origin', `pages of ${String(origin).slice(0, 200)} may not use this server`, 'Origin', 'let the operator start the server with --origins ORIGIN')
  if (origin === undefined || !parts.origins.includes(origin)) return
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-allow-headers', 'authorization, content-type')
  response.setHeader('access-control-allow-methods', 'GET, HEAD, POST')
  response.setHeader('access-control-max-age', '600')
  response.setHeader('cross-origin-resource-policy', 'cross-origin')
  response.setHeader('vary', 'origin')
}

function only(request: IncomingMessage, methods: readonly string[]): void {
  if (!methods.includes(request.method ?? ''))
    throw new HttpError(405, 'method-not-allowed', `${request.method} is not possible here`, request.url ?? '', `use ${methods.join(' or ')}`)
}

const notFound = (path: string): HttpError => new HttpError(404, 'not-found', 'there is nothing at this address', path, 'see docs/operating.md for the addresses')

async function login(parts: HttpParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  only(request, ['POST'])
  const { headers, socket } = request
  const caller = {
    address: plainAddress(socket.remoteAddress ?? ''),
    host: headers.host,
    forwarded: headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined,
  }
  const exit = await Effect.runPromiseExit(parts.gateway.login(await readJson(request), caller))
  if (Exit.isSuccess(exit)) return sendJson(response, 200, exit.value)
  const error = Cause.squash(exit.cause)
  if (!(error instanceof LoginError)) throw error
  throw new HttpError(LOGIN_STATUS[error.reason], error.reason, error.what, error.where, error.fix)
}

/** Plain words where the viewer is not built; no scripts, no styles. */
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Otherworld</title>
<h1>The server runs, but its page is not built</h1>
<p>Run <code>npm run build</code> in the server's directory and start it again.</p>
<p><a href="/v1/status">Status of the realm</a></p></html>
`

function page(parts: HttpParts, path: string, request: IncomingMessage, response: ServerResponse): void {
  if (parts.viewer.count === 0 && path === '/') {
    response.writeHead(503, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
    return void response.end(request.method === 'HEAD' ? undefined : NOT_BUILT)
  }
  if (!parts.viewer.serve(path, request, response)) throw notFound(path)
}
