/** The routes of the server's HTTP port. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Cause, Effect } from 'effect'
import { API_CORS, handleCors, rawPathOf, sendError, sendJson, sendRefusal, type HttpRefusal } from '../../http/http.ts'
import type { AssetsService } from '../../storage/assets/index.ts'
import { METRICS_CONTENT_TYPE } from '../metrics/text.ts'
import { inArea } from '../log.ts'
import { RouteError, securityHeaders, sendText } from './reply.ts'
import { only, type RequestError, type Router } from './router.ts'
import { serverRoutes, type ServerRouteParts } from './server-routes.ts'
import { attempt, type RunEffect } from './effect-runner.ts'
import type { StaticFiles } from './static-files.ts'
import type { Health } from './status.ts'

export interface HttpParts extends ServerRouteParts {
  readonly viewer: StaticFiles
  /** Origins of pages elsewhere that may use the API. */
  readonly origins: readonly string[]
  /** Handlers of the transports (signalling at /.wrtc/v2, /v1/ws). They return false for other paths. */
  readonly transports: readonly ((request: IncomingMessage, response: ServerResponse) => boolean)[]
  /** The file store: answers requests below /v1/assets, with headers of its own. */
  readonly assets: Pick<AssetsService, 'answers' | 'origin'>
  readonly api: Router
  health(): Health
  /** Returns text in the Prometheus format. */
  metrics(): string
  readonly run: RunEffect
}

/** Answers every request. An exception of a handler becomes a JSON error and never ends the process. */
export function httpHandler(parts: HttpParts): (request: IncomingMessage, response: ServerResponse) => void {
  const server = serverRoutes(parts)
  return (request, response) => {
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    const refuse = (refusal: HttpRefusal): Effect.Effect<void> => Effect.sync(() => sendRefusal(response, refusal))
    const answered = route(parts, server, request, response).pipe(
      Effect.catchTags({ RouteError: refuse, HttpError: refuse }),
      Effect.catchCause((cause) => {
        const error = Cause.squash(cause)
        return Effect.andThen(
          Effect.logError(
            `${request.method} ${rawPathOf(request)}: ${error instanceof Error ? error.stack : String(error)}`,
          ),
          Effect.sync(() => sendError(response, error)),
        )
      }),
      inArea('http'),
    )
    void parts.run(answered)
  }
}

const route = (
  parts: HttpParts,
  server: Router,
  request: IncomingMessage,
  response: ServerResponse,
): Effect.Effect<void, RequestError> =>
  Effect.gen(function* () {
    if (parts.assets.answers(request, response)) return undefined
    securityHeaders(response, request.headers.host, parts.assets.origin)
    if (parts.transports.some((answers) => answers(request, response))) return undefined
    // Pages of other sites may not use a visitor's browser for requests here, unless the operator allows their origin
    if (yield* attempt(() => handleCors(request, response, parts.origins, API_CORS))) return undefined
    const path = yield* pathOf(request)
    if ((yield* server(path, request, response)) || (yield* parts.api(path, request, response))) return undefined
    if (path.startsWith('/.wrtc/')) return yield* notFound(path)
    yield* only(request, ['GET', 'HEAD'])
    if (path === '/healthz') {
      const health = parts.health()
      return sendJson(response, health.ok ? 200 : 503, health)
    }
    if (path === '/metrics') return sendText(response, METRICS_CONTENT_TYPE, parts.metrics())
    if (path.startsWith('/v1/') || !page(parts.viewer, path, request, response)) return yield* notFound(path)
    return undefined
  })

const pathOf = (request: IncomingMessage): Effect.Effect<string, RouteError> =>
  Effect.try({
    try: () => {
      const url = request.url ?? '/'
      // A path may begin with two slashes: as a relative reference it would name a host (RFC 3986, 4.2).
      return decodeURIComponent(new URL(url.startsWith('/') ? `http://server${url}` : url, 'http://server').pathname)
    },
    catch: () =>
      new RouteError({
        reason: 'bad-path',
        message: 'the path is not valid',
        where: request.url ?? '',
        fix: 'percent-encode it as UTF-8',
      }),
  })

const notFound = (path: string): RouteError =>
  new RouteError({
    reason: 'not-found',
    message: 'there is nothing at this address',
    where: path,
    fix: 'see /v1/openapi.json for the addresses of the API',
  })

/** The page while the viewer is not built; it needs no scripts and no styles. */
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Otherworld</title>
<h1>The server runs, but its page is not built</h1>
<p>Run <code>npm run build</code> in the server's directory and start it again.</p>
<p><a href="v1/status">Status of the realm</a></p></html>
`

/** False: there is no such file. */
function page(viewer: StaticFiles, path: string, request: IncomingMessage, response: ServerResponse): boolean {
  if (viewer.count > 0 || path !== '/') return viewer.serve(path, request, response)
  response.writeHead(503, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(request.method === 'HEAD' ? undefined : NOT_BUILT)
  return true
}
