/**
 * What carries packets. Three implementations stand behind it (WebRTC, WebSocket, in-memory) and pass one contract
 * suite. A transport moves whole messages of at most MESSAGE_BYTES_MAX bytes and knows nothing of their content.
 */

/** Given by the transport, never used again while it runs. */
export type ConnectionId = number

export type TransportKind = 'webrtc' | 'websocket' | 'memory'

/** Largest message either way, bytes: what fits a data channel message that every stack accepts. */
export const MESSAGE_BYTES_MAX = 16_384

/**
 * Largest message from the server over an ordered transport, bytes. A lockstep peer starts from one checkpoint message
 * (up to about 1.5 MB for a full realm); 8 MiB leaves room for larger realms and still bounds what a peer may buffer.
 * Towards the server MESSAGE_BYTES_MAX holds on every transport.
 */
export const ORDERED_MESSAGE_BYTES_MAX = 8 * 1024 * 1024

/** Why a connection ended, as `closed` says it where no one gave a reason of their own. */
export const CLOSE_REASON = {
  peer: 'closed by peer',
  lost: 'connection lost',
  stopped: 'server stopped',
  restarted: 'transport restarted',
  slow: 'reads too slowly',
  text: 'sent a text message',
  oversize: 'sent an oversize message',
  channel: 'opened a second channel',
  flood: 'sends too fast',
  internal: 'internal error',
} as const

/** Thrown by `send` for a message that the transport does not carry: empty, or over `bytesMax`. */
export class MessageSizeError extends RangeError {
  constructor(bytes: number, bytesMax: number) {
    super(`A message must have 1 to ${bytesMax} bytes; this one has ${bytes}. Split it, or send bulk data over HTTP.`)
    this.name = 'MessageSizeError'
  }
}

/** Throws a MessageSizeError unless 1 <= bytes.length <= bytesMax. */
export function checkMessageSize(bytes: Uint8Array, bytesMax: number): void {
  if (bytes.length === 0 || bytes.length > bytesMax) throw new MessageSizeError(bytes.length, bytesMax)
}

/** Who connected. `session` is what the admission check made of the token. */
export interface Peer {
  readonly session: string
  readonly kind: TransportKind
  /** True where messages arrive all and in order (WebSocket); lockstep peers need that. */
  readonly ordered: boolean
  /** Remote address, for limits and logs. */
  readonly address: string
}

/** What a server hears from a transport. Each connection: `opened` once, `received` any number of times, `closed` once. */
export interface ServerEvents {
  opened(connection: ConnectionId, peer: Peer): void
  received(connection: ConnectionId, bytes: Uint8Array): void
  closed(connection: ConnectionId, reason: string): void
}

/** Says whose the token is; null: not admitted. Asked before anything is spent on the peer. */
export type Admission = (token: string) => Promise<{ readonly session: string } | null>

export interface ServerTransport {
  readonly kind: TransportKind
  /**
   * Queues a message; the bytes are not read after `flush`. Unordered transports drop it when their buffer is full;
   * ordered ones close a connection that reads too slowly. Nothing happens for a connection that is closed or closing.
   * Throws a MessageSizeError over MESSAGE_BYTES_MAX (unordered) or ORDERED_MESSAGE_BYTES_MAX (ordered).
   */
  send(connection: ConnectionId, bytes: Uint8Array): void
  /** Sends what is queued; called once a tick. */
  flush(): void
  /** Flushes, lets what is queued leave, then ends the connection; `closed` follows once, with the same reason. */
  close(connection: ConnectionId, reason: string): void
  /** Ends every connection with CLOSE_REASON.stopped; resolves when nothing of the transport runs any more. */
  stop(): Promise<void>
}

export interface ClientEvents {
  received(bytes: Uint8Array): void
  closed(reason: string): void
}

/**
 * A client's end. `send` copies the bytes, drops them when the connection is closed, and throws a MessageSizeError over
 * MESSAGE_BYTES_MAX. `closed` is heard once, after `close` too.
 */
export interface ClientConnection {
  readonly kind: TransportKind
  readonly ordered: boolean
  send(bytes: Uint8Array): void
  close(reason: string): void
}

/** Connects to a server at an http(s) URL with a token; rejects with a ConnectError. */
export type Connect = (url: string, token: string, events: ClientEvents) => Promise<ClientConnection>

/**
 * `bad-identity`: the login's identity is none of this server; without it one begins as a new guest. `busy`: too many connect at this
 * moment, or the transport starts again; the same again in a second or a few helps. `starting`: the same again helps once the
 * realm has started, however long that takes. `no-loopback`: the server is reached on its own machine alone, where this browser
 * has no WebRTC.
 */
export type ConnectReason =
  | 'unreachable'
  | 'refused'
  | 'busy'
  | 'starting'
  | 'udp-blocked'
  | 'no-loopback'
  | 'timed-out'
  | 'bad-identity'

/** Why a connection could not be made, in words for a person. */
export class ConnectError extends Error {
  readonly reason: ConnectReason
  constructor(reason: ConnectReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ConnectError'
    this.reason = reason
  }
}
