/** The TCP port as a service. It is bound before anything costly starts, so that a port in use is reported at once. */
import { createServer, type RequestListener, type Server } from 'node:http'
import { Context, Effect, Layer } from 'effect'
import { API_CORS, handleCors, HttpError, sendError } from '../../http/http.ts'
import { limitBody } from './body-deadline.ts'
import { ServerSettings, type Settings } from '../config.ts'
import { codeOf, ServerError, textOf } from '../error.ts'
import { HEADER_BYTES_MAX, REQUEST_CHECK_MS, REQUEST_MS_MAX, SOCKETS_MAX, STALL_MS_MAX } from '../limits.ts'
import { callbackLog, type CallbackLog } from '../log.ts'
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
      let handler: RequestListener = unavailable(
        settings.origins,
        'starting',
        'The server is starting. Try again in a moment.',
      )
      const server = yield* Effect.acquireRelease(
        listen(settings, log, (request, response) => handler(request, response)),
        (running) => Effect.promise(() => shut(running)),
      )
      const address = server.address()
      return {
        server,
        port: typeof address === 'object' && address !== null ? address.port : settings.port,
        answerWith: (next) => {
          handler = next ?? unavailable(settings.origins, 'stopping', 'The server is stopping.')
        },
      }
    }),
  )
}

/** With CORS headers, so that pages of allowed origins can read that they should wait. */
function unavailable(origins: readonly string[], reason: 'starting' | 'stopping', message: string): RequestListener {
  return (request, response) => {
    response.setHeader('connection', 'close')
    try {
      if (!handleCors(request, response, origins, API_CORS)) throw new HttpError(503, reason, message)
    } catch (error) {
      sendError(response, error)
    }
  }
}

function listen(settings: Settings, log: CallbackLog, handler: RequestListener): Effect.Effect<Server, ServerError> {
  return Effect.callback((resume) => {
    const server = createServer(
      {
        // limitBody has a limit for each kind of body
        requestTimeout: 0,
        headersTimeout: REQUEST_MS_MAX,
        keepAliveTimeout: REQUEST_MS_MAX,
        connectionsCheckingInterval: REQUEST_CHECK_MS,
        maxHeaderSize: HEADER_BYTES_MAX,
      },
      (request, response) => {
        limitBody(request, response, REQUEST_MS_MAX)
        handler(request, response)
      },
    )
    server.timeout = STALL_MS_MAX
    server.maxConnections = SOCKETS_MAX
    new SocketLimits(2 * settings.connectionsPerAddressMax).watch(server)
    const failed = (error: Error): void => resume(Effect.fail(listenError(settings, error)))
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

function listenError({ host, port }: Settings, cause: Error): ServerError {
  const where = `${host}:${port}`
  const code = codeOf(cause)
  if (code === 'EADDRINUSE')
    return new ServerError({
      reason: 'port-in-use',
      what: `port ${port} is in use by another program`,
      where,
      fix: 'stop that program, or give another port with --port N (0: any)',
      cause,
    })
  if (code === 'EACCES')
    return new ServerError({
      reason: 'listen',
      what: `this user may not listen on port ${port}`,
      where,
      fix: 'give a port above 1023 with --port N',
      cause,
    })
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return new ServerError({
      reason: 'listen',
      what: `this machine has no address "${host}"`,
      where,
      fix: 'give an address of this machine with --host, or 0.0.0.0 for all',
      cause,
    })
  return new ServerError({
    reason: 'listen',
    what: `the server cannot listen: ${textOf(cause)}`,
    where,
    fix: 'see --host and --port',
    cause,
  })
}
