/**
 * A realm's links in the main thread. Events of the transports are collected for the realm in batches, and the realm's
 * packets are sent. It knows neither the worker nor time.
 */
import type { ConnectionId, Peer, ServerEvents, ServerTransport } from '../../netcode/transport.ts'
import { textOf } from '../error.ts'
import type { CallbackLog } from '../log.ts'
import { INBOUND_BYTES_MAX, INBOUND_QUEUE_MAX, LINKS_MAX } from '../limits.ts'
import { LinkTable, type LinkEntry } from './link-table.ts'
import type { ServerTable } from '../metrics/server-meters.ts'
import {
  PacketBatch,
  unpackOutbound,
  type FromRealm,
  type LinkEvent,
  type LinkId,
  type ToRealm,
} from '../both-threads/realm-messages.ts'
import type { Claims } from '../accounts/tokens.ts'

export interface RealmLinksOptions {
  readonly counted: ServerTable
  /** The claims of an admitted session. */
  claimsOf(session: string): Claims | undefined
  /** Permission bits that a user's role adds to everyone's. */
  grantedTo(uid: string): number
  /** A link of a session was opened, or closed. */
  linkOpened(claims: Claims): void
  linkClosed(claims: Claims): void
  /** Why nobody is admitted at present; null if everyone is. */
  closedTo(): string | null
  /** Something waits for the realm: `take` it within INBOUND_BATCH_MS. */
  onWaiting(): void
  readonly log: CallbackLog
}

export class RealmLinks {
  readonly #options: RealmLinksOptions
  readonly #table = new LinkTable()
  readonly #claims = new Map<LinkId, Claims>()
  readonly #inbound = new PacketBatch()
  #events: LinkEvent[] = []
  /** Packets collected or handed over since the realm's last tick, which consumes them all. */
  #waiting = 0
  #waitingBytes = 0
  #dropped = 0

  constructor(options: RealmLinksOptions) {
    this.#options = options
  }

  /** Open links. */
  get size(): number {
    return this.#table.size
  }

  /** Events for a transport. `transport` is called later, because the transport is created with these events. */
  eventsFor(transport: () => ServerTransport): ServerEvents {
    return {
      opened: (connection, peer) => this.#opened(transport(), connection, peer),
      received: (connection, bytes) => this.#received(transport(), connection, bytes),
      closed: (connection, reason) => this.#closed(transport(), connection, reason),
    }
  }

  #opened(transport: ServerTransport, connection: ConnectionId, peer: Peer): void {
    const claims = this.#options.claimsOf(peer.session)
    const refusal =
      this.#options.closedTo() ??
      (this.#table.size >= LINKS_MAX ? `the realm is full: it has ${LINKS_MAX} connections; try again later` : null)
    if (refusal !== null || !claims) {
      transport.close(connection, refusal ?? 'the session is not known; log in again')
      return
    }
    const link = this.#table.add(transport, connection)
    this.#claims.set(link, claims)
    this.#options.linkOpened(claims)
    this.#queue({ type: 'opened', link, peer, claims, granted: this.#options.grantedTo(claims.uid) })
  }

  #received(transport: ServerTransport, connection: ConnectionId, bytes: Uint8Array): void {
    const link = this.#table.linkOf(transport, connection)
    if (link === undefined) return
    this.#count('Received', transport, bytes)
    if (this.#waiting >= INBOUND_QUEUE_MAX || this.#waitingBytes + bytes.length > INBOUND_BYTES_MAX) {
      this.#dropped++
      this.#options.counted.add('inboundDropped')
      return
    }
    this.#waiting++
    this.#waitingBytes += bytes.length
    this.#inbound.add(bytes)
    this.#queue({ type: 'received', link, length: bytes.length })
  }

  #closed(transport: ServerTransport, connection: ConnectionId, reason: string): void {
    const link = this.#table.linkOf(transport, connection)
    if (link === undefined) return
    this.#remove(link)
    this.#queue({ type: 'closed', link, reason })
  }

  /** The user's role has changed. Keeps the order with opened links, which carry the permissions of their time. */
  grant(uid: string): void {
    this.#queue({ type: 'grant', uid, granted: this.#options.grantedTo(uid) })
  }

  #queue(event: LinkEvent): void {
    this.#events.push(event)
    this.#options.onWaiting()
  }

  /** Returns everything that waits for the realm. The bytes may be transferred. */
  take(): Extract<ToRealm, { readonly type: 'batch' }> & { readonly bytes: Uint8Array<ArrayBuffer> } {
    const bytes = this.#inbound.pack()
    const events = this.#events
    const dropped = this.#dropped
    this.#events = []
    this.#dropped = 0
    if (dropped > 0) this.#options.log.warn(`${dropped} packets were dropped because the realm does not keep up`)
    return { type: 'batch', events, bytes }
  }

  /** Sends the packets of a tick and closes its links. */
  send(tick: Extract<FromRealm, { readonly type: 'tick' }>): void {
    this.#waiting = 0
    this.#waitingBytes = 0
    const used = new Set<ServerTransport>()
    unpackOutbound(tick, (link, packet) => {
      const entry = this.#table.find(link)
      if (!entry) return
      this.#put(link, entry, packet)
      used.add(entry.transport)
    })
    for (const transport of used) transport.flush()
    for (const { link, reason } of tick.closes) this.#close(link, reason)
  }

  /** A packet that the transport refuses is our fault. It ends only its own link. */
  #put(link: LinkId, { transport, connection }: LinkEntry, bytes: Uint8Array): void {
    this.#count('Sent', transport, bytes)
    try {
      transport.send(connection, bytes)
    } catch (error) {
      this.#options.log.error(`a packet of ${bytes.length} bytes could not be sent: ${textOf(error)}`)
      this.#close(link, 'The server could not send what it had to.')
    }
  }

  #count(way: 'Received' | 'Sent', { kind }: ServerTransport, { length }: Uint8Array): void {
    const { counted } = this.#options
    const row = counted.rowOf(`packets${way}`, kind)
    counted.add(`packets${way}`, 1, row)
    counted.add(`bytes${way}`, length, row)
  }

  #remove(link: LinkId): void {
    const claims = this.#claims.get(link)
    this.#claims.delete(link)
    this.#table.remove(link)
    if (claims) this.#options.linkClosed(claims)
  }

  /** The transport reports the close later; the realm has already forgotten the link. */
  #close(link: LinkId, reason: string): void {
    const entry = this.#table.find(link)
    this.#remove(link)
    entry?.transport.close(entry.connection, reason)
  }

  /** The realm has died: closes all links and drops what waited for it. */
  closeAll(reason: string): void {
    for (const link of this.#table.links()) this.#close(link, reason)
    this.#events = []
    this.#waiting = 0
    this.#waitingBytes = 0
    this.#inbound.pack()
  }
}
