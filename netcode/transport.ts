/**
 * The interface of transports. Three implementations (WebRTC, WebSocket, in-memory) pass one contract suite. A
 * transport moves whole messages of at most MESSAGE_BYTES_MAX bytes and does not interpret them.
 */

/** Assigned by the transport, and never reused while it runs. */
export type ConnectionId = number

export type TransportKind = 'webrtc' | 'websocket' | 'memory'

/** Largest message in both directions, bytes: every WebRTC stack accepts a data channel message of this size. */
export const MESSAGE_BYTES_MAX = 16_384

/**
 * Largest message from the server over an ordered transport, bytes. A lockstep peer starts from one checkpoint message
 * (up to about 1.5 MB for a full realm); 8 MiB leaves room for larger realms and still limits what a peer buffers.
 * Messages to the server have MESSAGE_BYTES_MAX on every transport.
 */
export const ORDERED_MESSAGE_BYTES_MAX = 8 * 1024 * 1024

/** Reasons for the end of a connection, if no one gave a reason. */
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

/** Thrown by `send` for a message that is empty or over `bytesMax`. */
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

/** A connected client. `session` is the result of the admission check. */
export interface Peer {
  readonly session: string
  readonly kind: TransportKind
  /** True if messages arrive all and in order (WebSocket); lockstep peers need that. */
  readonly ordered: boolean
  /** Remote address, for limits and logs. */
  readonly address: string
}

/**
 * What a transport reports to its owner. For each connection: `opened` once, `received` any number of times, `closed`
 * once.
 */
export interface ServerEvents {
  opened(connection: ConnectionId, peer: Peer): void
  received(connection: ConnectionId, bytes: Uint8Array): void
  closed(connection: ConnectionId, reason: string): void
}

/** Returns whose token it is; null refuses it. Called before any resources are spent on the peer. */
export type Admission = (token: string) => Promise<{ readonly session: string } | null>

export interface ServerTransport {
  readonly kind: TransportKind
  /**
   * Queues a message; the bytes are not read after `flush`. Unordered transports drop it when their buffer is full;
   * ordered ones close a connection that reads too slowly. Nothing happens for a connection that is closed or closing.
   * Throws a MessageSizeError over MESSAGE_BYTES_MAX (unordered) or ORDERED_MESSAGE_BYTES_MAX (ordered).
   */
  send(connection: ConnectionId, bytes: Uint8Array): void
  /** Sends queued messages; called once a tick. */
  flush(): void
  /** Flushes, lets queued messages leave, then ends the connection. `closed` follows once, with the same reason. */
  close(connection: ConnectionId, reason: string): void
  /** Ends every connection with CLOSE_REASON.stopped. Resolves when nothing of the transport runs any more. */
  stop(): Promise<void>
}

export interface ClientEvents {
  received(bytes: Uint8Array): void
  closed(reason: string): void
}

/**
 * A client's connection. `send` copies the bytes, drops them if the connection is closed, and throws a MessageSizeError
 * over MESSAGE_BYTES_MAX. `closed` is called once, also after `close`.
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
 * `bad-identity`: the login's identity is not one of this server's; log in without it as a new guest. `busy`: too many
 * connect, or the transport restarts; try again in a few seconds. `starting`: try again until the realm has started,
 * however long it takes. `no-loopback`: the server is reachable only on its own machine, where this browser has no
 * WebRTC.
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

/** Why a connection could not be made, with a message for people. */
export class ConnectError extends Error {
  readonly reason: ConnectReason
  constructor(reason: ConnectReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ConnectError'
    this.reason = reason
  }
}
