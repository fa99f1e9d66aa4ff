/**
 * The client's side of the WebSocket transport, over the standard WebSocket API: see client-browser.ts and
 * client-node.ts.
 */
import { below, CONNECT_MS_MAX, refusal, timedOut, unreachable } from '../connect-error.ts'
import {
  checkMessageSize,
  CLOSE_REASON,
  ConnectError,
  MESSAGE_BYTES_MAX,
  type ClientConnection,
  type ClientEvents,
  type Connect,
} from '../transport.ts'
import { offeredProtocols, TOKEN } from './token-subprotocol.ts'

/** Bytes that wait to be sent, above which the connection is closed: minutes of a client's inputs. */
const BUFFERED_BYTES_MAX = 1024 * 1024
/** Close codes of RFC 6455, 7.4.1. */
const CODE_NORMAL = 1000
const CODE_ABNORMAL = 1006
const CLOSE_REASON_CHARACTERS_MAX = 40

/** The server's answer to a plain request if it would accept an upgrade (WSK-2). */
const STATUS_UPGRADE = 426
/** Upgrades that are tried if the server admits the client. If the second fails too, a proxy blocks it. */
const TRIES_MAX = 2

/** The part of the standard WebSocket (WHATWG) that is used. */
export interface StandardWebSocket {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  send(data: Uint8Array<ArrayBuffer>): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(type: 'close', listener: (event: { readonly code: number; readonly reason: string }) => void): void
}

/** Opens a WebSocket at a ws(s) URL and offers subprotocols. */
export type OpenWebSocket = (url: string, protocols: string[]) => StandardWebSocket

/** Makes a `Connect` from a WebSocket implementation. */
export function webSocketConnect(open: OpenWebSocket): Connect {
  return async (url, token, events) => {
    const address = below(url, 'v1/ws')
    if (!TOKEN.test(token))
      throw new ConnectError(
        'refused',
        'The token cannot be from a server: tokens have only letters, digits, "-", "_" and ".".',
      )
    const socketAddress = new URL(address)
    socketAddress.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
    for (let tries = 1; ; tries += 1) {
      const connection = new WebSocketConnection(open(socketAddress.href, offeredProtocols(token)), events)
      const outcome = await connection.connected
      if (outcome === 'open') return connection
      if (outcome === 'timed-out') throw timedOut(address, CONNECT_MS_MAX)
      const { isAdmitted, error } = await explain(address, token)
      // The reason for the refusal is over by now, as when the realm has just started.
      if (!isAdmitted || tries === TRIES_MAX) throw error
    }
  }
}

/**
 * Asks over plain HTTP why the upgrade failed, because browsers hide it from the page. `isAdmitted`: an upgrade would
 * be accepted now.
 */
async function explain(
  address: URL,
  token: string,
): Promise<{ readonly isAdmitted: boolean; readonly error: ConnectError }> {
  try {
    const response = await fetch(address, {
      cache: 'no-store',
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(CONNECT_MS_MAX),
    })
    return { isAdmitted: response.status === STATUS_UPGRADE, error: await refusal(response) }
  } catch (cause) {
    return { isAdmitted: false, error: unreachable(address, cause) }
  }
}

class WebSocketConnection implements ClientConnection {
  readonly kind = 'websocket'
  readonly ordered = true
  readonly connected: Promise<'open' | 'failed' | 'timed-out'>
  readonly #socket: StandardWebSocket
  readonly #events: ClientEvents
  #state: 'connecting' | 'open' | 'ended' = 'connecting'

  constructor(socket: StandardWebSocket, events: ClientEvents) {
    this.#socket = socket
    this.#events = events
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('message', (event) => this.#message(event.data))
    this.connected = new Promise((resolve) => {
      const timer = setTimeout(() => this.#abandon(() => resolve('timed-out')), CONNECT_MS_MAX)
      socket.addEventListener('open', () => {
        clearTimeout(timer)
        if (this.#state === 'connecting') this.#state = 'open'
        resolve('open')
      })
      socket.addEventListener('close', (event) => {
        clearTimeout(timer)
        resolve('failed')
        this.#end(
          event.reason === '' ? (event.code === CODE_ABNORMAL ? CLOSE_REASON.lost : CLOSE_REASON.peer) : event.reason,
        )
      })
    })
    // A close follows every error. Without a listener Node's implementation would throw.
    socket.addEventListener('error', () => {})
  }

  send(bytes: Uint8Array): void {
    checkMessageSize(bytes, MESSAGE_BYTES_MAX)
    if (this.#state !== 'open') return
    if (this.#socket.bufferedAmount + bytes.length > BUFFERED_BYTES_MAX) return this.close(CLOSE_REASON.slow)
    this.#socket.send(new Uint8Array(bytes))
  }

  close(reason: string): void {
    if (this.#state === 'ended') return
    this.#socket.close(CODE_NORMAL, reason.slice(0, CLOSE_REASON_CHARACTERS_MAX))
    this.#end(reason)
  }

  #abandon(then: () => void): void {
    this.#state = 'ended'
    this.#socket.close()
    then()
  }

  #message(data: unknown): void {
    if (this.#state === 'open' && data instanceof ArrayBuffer && data.byteLength > 0)
      this.#events.received(new Uint8Array(data))
  }

  /** Reports the end only of a connection that the caller has. */
  #end(reason: string): void {
    const wasOpen = this.#state === 'open'
    this.#state = 'ended'
    if (wasOpen) this.#events.closed(reason)
  }
}
