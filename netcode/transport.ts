/**
 * What carries packets. Three implementations stand behind it (WebRTC, WebSocket, in-memory) and pass one contract
 * suite. A transport moves whole messages of at most MESSAGE_BYTES_MAX bytes and knows nothing of their content.
 */

/** Given by the transport, never used again while it runs. */
export type ConnectionId = number

export type TransportKind = 'webrtc' | 'websocket' | 'memory'

/** Largest message either way, bytes: what fits a data channel message that every stack accepts. */
export const MESSAGE_BYTES_MAX = 16_384

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
  /** Queues a message; the bytes are not read after `flush`. Unordered transports drop it when their buffer is full. */
  send(connection: ConnectionId, bytes: Uint8Array): void
  /** Sends what is queued; called once a tick. */
  flush(): void
  /** Ends one connection; `closed` follows with the same reason. */
  close(connection: ConnectionId, reason: string): void
  stop(): Promise<void>
}

export interface ClientEvents {
  received(bytes: Uint8Array): void
  closed(reason: string): void
}

/** A client's end. `send` copies the bytes. */
export interface ClientConnection {
  readonly kind: TransportKind
  readonly ordered: boolean
  send(bytes: Uint8Array): void
  close(reason: string): void
}

/** Connects to a server at an http(s) URL with a token; rejects with a ConnectError. */
export type Connect = (url: string, token: string, events: ClientEvents) => Promise<ClientConnection>

export type ConnectReason = 'unreachable' | 'refused' | 'udp-blocked' | 'timed-out'

/** Why a connection could not be made, in words for a person. */
export class ConnectError extends Error {
  readonly reason: ConnectReason
  constructor(reason: ConnectReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ConnectError'
    this.reason = reason
  }
}
