/** The TCP port as a service. It is bound before anything costly starts, so that a port in use, TCP or UDP, is reported at once. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { Context, Effect, Layer } from 'effect'
import { API_CORS, handleCors, sendError, sendRefusal } from '../../http/http.ts'
import { limitBody } from './body-deadline.ts'
import { ServerSettings, type Settings } from '../config.ts'
import type { ServerError } from '../error.ts'
import { HEADER_BYTES_MAX, REQUEST_CHECK_MS, REQUEST_MS_MAX, SOCKETS_MAX, STALL_MS_MAX } from '../limits.ts'
import { callbackLog, type CallbackLog } from '../log.ts'
import { MalformedRequests } from './malformed.ts'
import { portError, requireUdpPort } from './ports.ts'
import { RouteError } from './reply.ts'
import { SocketLimits } from './socket-limits.ts'

export interface ListenerService {
  readonly server: Server
  /** The port that was bound. */
  readonly port: number
  /**
   * Sets the handler of requests. Before the first call they are answered with 503 `starting`, after null with 503
   * `stopping`.
   */
  answerWith(handler: RequestListener | null): void
}

export class Listener extends Context.Service<Listener, ListenerService>()('otherworld/Listener') {
  static readonly layer = Layer.effect(
    Listener,
    Effect.gen(function* () {
      const settings = yield* ServerSettings
      const log = yield* callbackLog('http')
      let handler: RequestListener = unavailable(settings.origins, 'starting', 'try again in a moment')
      const server = yield* Effect.acquireRelease(
        listen(settings, log, (request, response) => handler(request, response)),
        (running) => Effect.promise(() => shut(running)),
      )
      yield* requireUdpPort(settings)
      const address = server.address()
      return {
        server,
        port: typeof address === 'object' && address !== null ? address.port : settings.port,
        answerWith: (next) => {
          handler = next ?? unavailable(settings.origins, 'stopping', 'try again later')
        },
      }
    }),
  )
}

/** With CORS headers, so that pages of allowed origins can read that they should wait. */
function unavailable(origins: readonly string[], reason: 'starting' | 'stopping', fix: string): RequestListener {
  return (request, response) => {
    response.setHeader('connection', 'close')
    try {
      if (!handleCors(request, response, origins, API_CORS))
        sendRefusal(response, new RouteError({ reason, message: `the server is ${reason}`, where: 'the server', fix }))
    } catch (error) {
      sendError(response, error)
    }
  }
}

function listen(settings: Settings, log: CallbackLog, handler: RequestListener): Effect.Effect<Server, ServerError> {
  return Effect.callback((resume) => {
    const malformed = new MalformedRequests()
    const serve: RequestListener = (request, response) => {
      limitBody(request, response, REQUEST_MS_MAX)
      if (!malformed.refuse(request, response)) handler(request, response)
    }
    const server = createServer(
      {
        // MalformedRequests says why a request without it is refused
        requireHostHeader: false,
        // limitBody has a limit for each kind of body
        requestTimeout: 0,
        headersTimeout: REQUEST_MS_MAX,
        keepAliveTimeout: REQUEST_MS_MAX,
        connectionsCheckingInterval: REQUEST_CHECK_MS,
        maxHeaderSize: HEADER_BYTES_MAX,
      },
      serve,
    )
    malformed.watch(server)
    // Node refuses unknown expectations without a body; a server may ignore them (RFC 9110, 10.1.1)
    server.on('checkExpectation', serve)
    server.timeout = STALL_MS_MAX
    server.maxConnections = SOCKETS_MAX
    new SocketLimits(2 * settings.connectionsPerAddressMax).watch(server)
    const failed = (error: Error): void => resume(Effect.fail(portError('tcp', settings.host, settings.port, error)))
    server.once('error', failed)
    server.listen(settings.port, settings.host, () => {
      server.off('error', failed)
      server.on('error', (error) => log.error(error.message))
      resume(Effect.succeed(server))
    })
  })
}

/** The transports have closed their sockets by now; browsers may still keep connections alive. */
function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
