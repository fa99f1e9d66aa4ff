/** The connections that the main process knows of, from the first request to the confirmed end. */
import type { Place } from '../../http/connection-limits.ts'
import type { ConnectionId, Peer } from '../transport.ts'
import type { IceCandidate } from './signalling.ts'

/** The server's candidates kept for a peer to fetch; a host has a few. */
const CANDIDATES_MAX = 32

/** Ended connections whose reason is kept for who asks with their ID: those of the last seconds, also under attack. */
const ENDED_MAX = 512

/** A promise and the means to settle it. An unheard rejection is no fault: the peer may have hung up. */
export class Deferred<T> {
  readonly promise: Promise<T>
  #resolve: ((value: T) => void) | null = null
  #reject: ((error: unknown) => void) | null = null

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.promise.catch(() => {})
  }

  resolve(value: T): void {
    this.#resolve?.(value)
  }
  reject(error: unknown): void {
    this.#reject?.(error)
  }
}

/** One connection. `id` is the peer's right to it, `connection` our name for it. */
export class PeerEntry {
  readonly connection: ConnectionId
  readonly id: string
  readonly peer: Peer
  readonly place: Place
  readonly offer = new Deferred<string>()
  answer: Deferred<void> | null = null
  isAnswered = false
  state: 'half-open' | 'open' | 'closing' = 'half-open'
  /** What `closed` is to say; null for a connection that never opened, of which the owner never heard. */
  closeReason: string | null = null
  #candidates: IceCandidate[] = []
  #expiry: NodeJS.Timeout | null = null

  constructor(connection: ConnectionId, id: string, peer: Peer, place: Place) {
    this.connection = connection
    this.id = id
    this.peer = peer
    this.place = place
  }

  /** Calls `run` after `ms` unless this is called again or `cancelExpiry` before. */
  expireAfter(ms: number, run: () => void): void {
    this.cancelExpiry()
    this.#expiry = setTimeout(run, ms)
  }

  cancelExpiry(): void {
    if (this.#expiry) clearTimeout(this.#expiry)
    this.#expiry = null
  }

  addCandidate(candidate: string): void {
    if (this.#candidates.length < CANDIDATES_MAX) this.#candidates.push({ candidate, sdpMid: '0', sdpMLineIndex: 0 })
  }

  /** Those that were not taken. */
  get candidates(): readonly IceCandidate[] {
    return this.#candidates
  }

  /** Those since the last call; none before the answer is taken, or the peer would begin before the server can. */
  takeCandidates(): readonly IceCandidate[] {
    if (!this.isAnswered) return []
    const taken = this.#candidates
    this.#candidates = []
    return taken
  }

  /** Ends the requests that wait for this connection. */
  rejectPending(error: Error): void {
    this.offer.reject(error)
    this.answer?.reject(error)
  }
}

export class PeerTable {
  readonly #byConnection = new Map<ConnectionId, PeerEntry>()
  readonly #byId = new Map<string, PeerEntry>()
  /** Reasons by ID, the oldest first. */
  readonly #ended = new Map<string, string>()

  add(link: PeerEntry): void {
    this.#byConnection.set(link.connection, link)
    this.#byId.set(link.id, link)
  }

  get(connection: ConnectionId): PeerEntry | undefined {
    return this.#byConnection.get(connection)
  }
  getById(id: string): PeerEntry | undefined {
    return this.#byId.get(id)
  }
  all(): readonly PeerEntry[] {
    return [...this.#byConnection.values()]
  }

  /** Why a connection ended that was open; null where that is not known any more. */
  endOf(id: string): string | null {
    return this.#ended.get(id) ?? null
  }

  /** Forgets a connection, but for the reason of its end, and gives its place back. Returns false where it was forgotten before. */
  remove(link: PeerEntry, reason: string | null): boolean {
    if (!this.#byConnection.delete(link.connection)) return false
    if (reason !== null) this.#ended.set(link.id, reason)
    const oldest = this.#ended.keys().next()
    if (this.#ended.size > ENDED_MAX && !oldest.done) this.#ended.delete(oldest.value)
    this.#byId.delete(link.id)
    link.cancelExpiry()
    link.place.free()
    return true
  }
}
