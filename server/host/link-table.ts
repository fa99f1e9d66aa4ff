/** Numbers the links of all transports together, because each transport counts its own connections. */
import type { ConnectionId, ServerTransport } from '../../netcode/transport.ts'
import type { LinkId } from '../both-threads/realm-messages.ts'

export interface LinkEntry {
  readonly transport: ServerTransport
  readonly connection: ConnectionId
}

export class LinkTable {
  readonly #byLink = new Map<LinkId, LinkEntry>()
  readonly #byConnection = new Map<ServerTransport, Map<ConnectionId, LinkId>>()
  #last = 0

  add(transport: ServerTransport, connection: ConnectionId): LinkId {
    const link = ++this.#last
    this.#byLink.set(link, { transport, connection })
    const connections = this.#byConnection.get(transport) ?? new Map<ConnectionId, LinkId>()
    connections.set(connection, link)
    this.#byConnection.set(transport, connections)
    return link
  }

  linkOf(transport: ServerTransport, connection: ConnectionId): LinkId | undefined {
    return this.#byConnection.get(transport)?.get(connection)
  }

  find(link: LinkId): LinkEntry | undefined {
    return this.#byLink.get(link)
  }

  remove(link: LinkId): void {
    const entry = this.#byLink.get(link)
    if (!entry) return
    this.#byLink.delete(link)
    this.#byConnection.get(entry.transport)?.delete(entry.connection)
  }

  links(): readonly LinkId[] {
    return [...this.#byLink.keys()]
  }

  get size(): number {
    return this.#byLink.size
  }
}
