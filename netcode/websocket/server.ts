/**
 * The server's side of the WebSocket transport: ordered, for lockstep peers and for clients whose network blocks UDP.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import {
  CONNECTION_LIMITS,
  ConnectionLimits,
  isRefusal,
  plainAddress,
  type ConnectionLimitOptions,
  type ConnectionSlot,
} from '../../http/connection-limits.ts'
import { errorResponse } from '../../http/error-response.ts'
import { contain, type ReportFault } from '../guard.ts'
import {
  badToken,
  handleCors,
  HttpError,
  knownError,
  methodNotAllowed,
  originRefused,
  rawPathOf,
  requireOneHost,
  sendError,
} from '../../http/http.ts'
import { originAllowed, type AllowedOrigins } from '../../http/origin.ts'
import {
  checkMessageSize,
  CLOSE_REASON,
  MESSAGE_BYTES_MAX,
  ORDERED_MESSAGE_BYTES_MAX,
  type Admission,
  type ConnectionId,
  type ServerEvents,
  type ServerTransport,
} from '../transport.ts'
import { BUFFERED_BYTES_MAX, BUFFERED_BYTES_TOTAL_MAX, CHUNKS_MAX, FRAGMENTS_MAX } from '../limits.ts'
import { ServerSocket } from './server-socket.ts'
import { isSubprotocolOffered, offeredToken, SUBPROTOCOL } from './token-subprotocol.ts'

const WEBSOCKET_PATH = '/v1/ws'

/** Time for connections to close in order when the transport stops, ms. */
const STOP_LINGER_MS = 500

export interface WebSocketOptions {
  readonly events: ServerEvents
  readonly admission: Admission
  readonly path?: string
  /** Pages of other origins that may connect; by default only the server's own. */
  readonly allowedOrigins?: AllowedOrigins
  readonly limits?: Partial<ConnectionLimitOptions>
  readonly bufferedBytesMax?: number
  readonly bufferedBytesTotalMax?: number
  /** The peer's address if a proxy is in front of the server; by default the socket's. */
  readonly addressOf?: (request: IncomingMessage) => string
  readonly report?: ReportFault
}

export interface WebSocketStats {
  /** Includes half-open ones. */
  readonly connections: number
  readonly halfOpen: number
  /** Bytes that wait for readers. */
  readonly bufferedBytes: number
  /** Connections refused by a limit, by reason, since the start. */
  readonly refused: Readonly<Record<string, number>>
}

interface Admitted {
  readonly session: string
  readonly address: string
  readonly place: ConnectionSlot
}

export class WebSocketTransport implements ServerTransport {
  readonly kind = 'websocket'
  readonly #options: WebSocketOptions
  readonly #path: string
  readonly #report: ReportFault
  readonly #limits: ConnectionLimits
  readonly #sockets = new Map<ConnectionId, ServerSocket>()
  // ServerSocket answers pings itself, and counts them.
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MESSAGE_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: CHUNKS_MAX,
    perMessageDeflate: false,
    clientTracking: false,
    autoPong: false,
    handleProtocols: (offered) => offered.has(SUBPROTOCOL) && SUBPROTOCOL,
  })
  #detach: (() => void)[] = []
  #nextConnection: ConnectionId = 1
  #isStopped = false

  constructor(options: WebSocketOptions) {
    this.#options = options
    this.#path = options.path ?? WEBSOCKET_PATH
    this.#report = options.report ?? (() => {})
    this.#limits = new ConnectionLimits({ ...CONNECTION_LIMITS, ...options.limits })
  }

  get stats(): WebSocketStats {
    return {
      connections: this.#limits.connections,
      halfOpen: this.#limits.halfOpen,
      bufferedBytes: this.#bufferedBytes(),
      refused: this.#limits.refused,
    }
  }

  /** Handles the upgrades of an HTTP server; those of other paths are refused if nobody else listens for them. */
  attach(server: Server): void {
    const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (this.handleUpgrade(request, socket, head) || server.listenerCount('upgrade') > 1) return
      refuseUpgrade(
        socket,
        new HttpError(
          404,
          'not-found',
          'no WebSocket is served at this address',
          rawPathOf(request),
          `connect to ${this.#path}`,
        ),
      )
    }
    server.on('upgrade', onUpgrade)
    this.#detach.push(() => server.off('upgrade', onUpgrade))
  }

  /** Handles an upgrade and returns true; false if the path is another. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    if (rawPathOf(request) !== this.#path) return false
    socket.on('error', () => socket.destroy())
    this.#upgrade(request, socket, head).catch((error: unknown) => {
      if (!(error instanceof HttpError)) this.#report('upgrade', error)
      refuseUpgrade(socket, error)
    })
    return true
  }

  /**
   * Answers a plain request at the WebSocket's path with the reason for which an upgrade would be refused, or 426;
   * returns false if the path is another. Browsers do not show pages why an upgrade failed, so clients ask here.
   */
  handleHttp(request: IncomingMessage, response: ServerResponse): boolean {
    if (rawPathOf(request) !== this.#path) return false
    this.#explain(request, response).catch((error: unknown) => sendError(response, error))
    return true
  }

  send(connection: ConnectionId, bytes: Uint8Array): void {
    checkMessageSize(bytes, ORDERED_MESSAGE_BYTES_MAX)
    this.#sockets.get(connection)?.send(bytes)
  }

  /** `send` has handed messages to the sockets; this handles those that could not pass them on. */
  flush(): void {
    const totalMax = this.#options.bufferedBytesTotalMax ?? BUFFERED_BYTES_TOTAL_MAX
    let total = this.#bufferedBytes()
    const fullest =
      total > totalMax ? [...this.#sockets.values()].toSorted((a, b) => b.bufferedBytes - a.bufferedBytes) : []
    for (const socket of fullest) {
      if (total <= totalMax) break
      total -= socket.bufferedBytes
      socket.terminate(CLOSE_REASON.slow)
    }
  }

  close(connection: ConnectionId, reason: string): void {
    this.#sockets.get(connection)?.close(reason)
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const detach of this.#detach) detach()
    this.#detach = []
    const sockets = [...this.#sockets.values()]
    for (const socket of sockets) socket.close(CLOSE_REASON.stopped, STOP_LINGER_MS)
    await Promise.all(sockets.map((socket) => socket.ended))
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    requireOneHost(request)
    const { origin, host } = request.headers
    if (!originAllowed(origin, host, this.#options.allowedOrigins ?? [])) throw originRefused(origin)
    const admitted = await this.#admit(request)
    if (!isSubprotocolOffered(request.headers['sec-websocket-protocol'])) {
      admitted.place.free()
      throw noSubprotocol()
    }
    // The place is freed whatever happens to the socket, also during the handshake.
    socket.once('close', () => admitted.place.free())
    if (socket.destroyed) return admitted.place.free()
    this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => this.#open(webSocket, admitted))
  }

  /** Throws an HttpError to refuse. */
  async #admit(request: IncomingMessage): Promise<Admitted> {
    if (this.#isStopped) throw new HttpError(503, 'stopping', 'the server is stopping', 'the server', 'try again later')
    const address = this.#options.addressOf?.(request) ?? plainAddress(request.socket.remoteAddress ?? 'unknown')
    const place = this.#limits.reserve(address, performance.now())
    if (isRefusal(place)) throw place
    try {
      const admitted = await this.#options.admission(tokenOf(request))
      if (!admitted) throw badToken('Sec-WebSocket-Protocol')
      return { session: admitted.session, address, place }
    } catch (error) {
      place.free()
      throw error
    }
  }

  async #explain(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (handleCors(request, response, this.#options.allowedOrigins ?? [])) return
    if (request.method !== 'GET' && request.method !== 'HEAD') throw methodNotAllowed(request, ['GET', 'HEAD'])
    const admitted = await this.#admit(request)
    admitted.place.free()
    throw new HttpError(
      426,
      'upgrade',
      'this address takes WebSocket connections only',
      'Upgrade',
      'connect with WebSocket; a proxy on the way must pass the Upgrade header on',
    )
  }

  #open(webSocket: WebSocket, { session, address, place }: Admitted): void {
    const connection = this.#nextConnection++
    const socket = new ServerSocket(webSocket, this.#options.bufferedBytesMax ?? BUFFERED_BYTES_MAX, {
      received: (bytes) => {
        if (!contain('received listener', this.#report, () => this.#options.events.received(connection, bytes)))
          socket.close(CLOSE_REASON.internal)
      },
      closed: (reason) => {
        this.#sockets.delete(connection)
        place.free()
        contain('closed listener', this.#report, () => this.#options.events.closed(connection, reason))
      },
    })
    this.#sockets.set(connection, socket)
    place.opened()
    const heard = contain('opened listener', this.#report, () =>
      this.#options.events.opened(connection, { session, kind: 'websocket', ordered: true, address }),
    )
    if (!heard || this.#isStopped) socket.close(heard ? CLOSE_REASON.stopped : CLOSE_REASON.internal)
  }

  #bufferedBytes(): number {
    let bytes = 0
    for (const socket of this.#sockets.values()) bytes += socket.bufferedBytes
    return bytes
  }
}

/** A client that offers no subprotocol of ours expects another protocol, or none. */
const noSubprotocol = (): HttpError =>
  new HttpError(
    400,
    'subprotocol',
    `the client does not offer the subprotocol "${SUBPROTOCOL}"`,
    'Sec-WebSocket-Protocol',
    `offer "${SUBPROTOCOL}, token.TOKEN" in Sec-WebSocket-Protocol`,
  )

/**
 * The token of an upgrade, or of the plain request that asks why one was refused. Throws an HttpError if it is in the
 * URL.
 */
function tokenOf(request: IncomingMessage): string {
  const query = (request.url ?? '').split('?').slice(1).join('?')
  if (new URLSearchParams(query).has('token'))
    throw new HttpError(
      400,
      'token-in-url',
      'the token is in the URL, where proxies log it',
      'token',
      'send it as a subprotocol: "otherworld, token.TOKEN" in Sec-WebSocket-Protocol. An older client needs an update',
    )
  return (
    /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? '')?.[1] ??
    offeredToken(request.headers['sec-websocket-protocol'])
  )
}

/** Answers an upgrade with an HTTP error and closes the socket. */
function refuseUpgrade(socket: Duplex, error: unknown): void {
  if (socket.destroyed) return
  socket.once('finish', () => socket.destroy())
  socket.end(errorResponse(knownError(error)))
}
