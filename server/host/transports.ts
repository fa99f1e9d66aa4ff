/**
 * The transports as a service: WebRTC in its child process, WebSocket on the HTTP port. Both report to the realm's
 * host.
 */
import { isIP } from 'node:net'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Context, Effect, Layer } from 'effect'
import type { ConnectionLimitOptions } from '../../http/connection-limits.ts'
import { HttpError } from '../../http/http.ts'
import type { Admission } from '../../netcode/transport.ts'
import { WebRtcTransport, type WebRtcStats } from '../../netcode/webrtc/main-process/transport.ts'
import { WebSocketTransport, type WebSocketStats } from '../../netcode/websocket/server.ts'
import { ServerSettings, type Settings } from '../config.ts'
import { ServerError, textOf } from '../error.ts'
import { callbackLog } from '../log.ts'
import type { Closure } from '../http/status.ts'
import { effectRunner, type RunEffect } from '../http/effect-runner.ts'
import { Gateway, type GatewayService } from '../accounts/gateway.ts'
import { RealmHost, type RealmHostService } from './realm-host.ts'

export interface TransportsService {
  /** Succeeds when WebRTC accepts connections. */
  readonly ready: Effect.Effect<void, ServerError>
  /** Each answers requests of its own paths and returns true, or returns false. */
  readonly routes: readonly ((request: IncomingMessage, response: ServerResponse) => boolean)[]
  /** For metrics. `webRtc` is null if it is switched off. */
  stats(): { readonly webSocket: WebSocketStats; readonly webRtc: WebRtcStats | null }
  /** Handles the server's WebSocket upgrades. */
  attach(server: Server): void
}

export class Transports extends Context.Service<Transports, TransportsService>()('otherworld/Transports') {
  /** When the scope ends, everyone gets a goodbye through the transports before they stop. */
  static readonly layer = Layer.effect(
    Transports,
    Effect.gen(function* () {
      const settings = yield* ServerSettings
      const gateway = yield* Gateway
      const host = yield* RealmHost
      const log = yield* callbackLog('transport')
      const report = (where: string, error: unknown): void => log.error(`${where}: ${textOf(error)}`)
      const common = {
        admission: admissionTo(host, gateway, yield* effectRunner),
        allowedOrigins: settings.origins,
        limits: connectionLimits(settings),
        report,
      }
      const makeWebSocket = Effect.sync(() => {
        const transport: WebSocketTransport = new WebSocketTransport({
          ...common,
          events: host.eventsFor(() => transport),
        })
        return transport
      })
      const makeWebRtc = Effect.sync(() => {
        if (!settings.webrtc) return null
        const transport: WebRtcTransport = new WebRtcTransport({
          ...common,
          events: host.eventsFor(() => transport),
          ...webRtcAddresses(settings),
        })
        // `ready` reports it; nobody may be waiting if the server is stopped early.
        transport.ready.catch(() => undefined)
        return transport
      })
      const webSocket = yield* Effect.acquireRelease(makeWebSocket, (transport) =>
        Effect.promise(() => transport.stop()),
      )
      const webRtc = yield* Effect.acquireRelease(makeWebRtc, (transport) =>
        Effect.promise(async () => transport?.stop()),
      )
      yield* Effect.addFinalizer(() => host.drain)
      return {
        ready: webRtc
          ? Effect.tryPromise({ try: () => webRtc.ready, catch: (error) => webRtcError(settings, error) })
          : Effect.void,
        routes: [
          (request, response) => webSocket.handleHttp(request, response),
          ...(webRtc
            ? [(request: IncomingMessage, response: ServerResponse): boolean => webRtc.handleHttp(request, response)]
            : []),
        ],
        stats: () => ({ webSocket: webSocket.stats, webRtc: webRtc?.stats ?? null }),
        attach: (server) => webSocket.attach(server),
      }
    }),
  )
}

const WHEN_CLOSED: Readonly<Record<Closure['reason'], string>> = {
  starting: 'try again in a moment',
  stopping: 'try again later',
  down: 'tell the operator of the server',
}

/** Refuses before a connection is made, because a client can be asked to wait only while it uses HTTP. */
function admissionTo(
  host: Pick<RealmHostService, 'closedTo'>,
  gateway: Pick<GatewayService, 'admit'>,
  run: RunEffect,
): Admission {
  return async (token) => {
    const admitted = await run(gateway.admit(token))
    const closure = admitted && host.closedTo()
    if (closure) throw new HttpError(503, closure.reason, closure.words, 'the realm', WHEN_CLOSED[closure.reason])
    return admitted
  }
}

/** An address that may have many connections may also open them, within half a minute. */
function connectionLimits({ connectionsPerAddressMax }: Settings): Partial<ConnectionLimitOptions> {
  return {
    connectionsPerAddressMax,
    connectBurstMax: connectionsPerAddressMax,
    connectsPerSecondMax: Math.max(1, connectionsPerAddressMax / 30),
  }
}

/** For a host name (localhost), WebRTC chooses the interface. */
function webRtcAddresses({ host, udpPort, publicAddress }: Settings): {
  readonly udpPort?: number
  readonly bindAddress?: string
  readonly publicAddress?: string
} {
  const anywhere = host === '0.0.0.0' || host === '::' || isIP(host) === 0
  return {
    ...(udpPort === 0 ? {} : { udpPort }),
    ...(anywhere ? {} : { bindAddress: host }),
    ...(publicAddress === null ? {} : { publicAddress }),
  }
}

function webRtcError({ udpPort }: Settings, cause: unknown): ServerError {
  return new ServerError({
    reason: 'transport',
    what: `WebRTC could not be started: ${textOf(cause)}`,
    where: udpPort === 0 ? 'UDP' : `UDP port ${udpPort}`,
    fix: 'give a free port with --udp-port N (0: any)',
    cause,
  })
}
