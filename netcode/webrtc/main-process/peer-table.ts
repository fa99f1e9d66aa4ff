/** The connections that the main process knows, from the first request to the confirmed end. */
import type { ConnectionSlot } from '../../../http/connection-limits.ts'
import { LruMap } from '../../../http/lru-map.ts'
import type { ConnectionId, Peer } from '../../transport.ts'
import type { IceCandidate } from './signalling.ts'

/** The server's candidates kept for a peer to fetch; a server has a few. */
const CANDIDATES_MAX = 32

/**
 * Ended connections whose reason is kept for a peer that asks with its ID: those of the last seconds, also under
 * attack.
 */
const ENDED_MAX = 512

/** A promise with its resolve and reject. An unhandled rejection is not a fault, because the peer may have hung up. */
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

/** One connection. Knowing `id` is the peer's right to use it; `connection` is the server's own number for it. */
export class PeerEntry {
  readonly connection: ConnectionId
  readonly id: string
  readonly peer: Peer
  readonly place: ConnectionSlot
  readonly offer = new Deferred<string>()
  answer: Deferred<void> | null = null
  isAnswered = false
  state: 'half-open' | 'open' | 'closing' = 'half-open'
  /** The reason for `closed`; null for a connection that never opened, so that its end is not reported. */
  closeReason: string | null = null
  #candidates: IceCandidate[] = []
  #expiry: NodeJS.Timeout | null = null

  constructor(connection: ConnectionId, id: string, peer: Peer, place: ConnectionSlot) {
    this.connection = connection
    this.id = id
    this.peer = peer
    this.place = place
  }

  /** Calls `run` after `ms`, unless `expireAfter` is called again or `cancelExpiry` before. */
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

  /** Candidates that were not taken. */
  get candidates(): readonly IceCandidate[] {
    return this.#candidates
  }

  /**
   * Candidates since the last call; none before the answer is accepted, or the peer would start before the server can.
   */
  takeCandidates(): readonly IceCandidate[] {
    if (!this.isAnswered) return []
    const taken = this.#candidates
    this.#candidates = []
    return taken
  }

  /** Rejects the requests that wait for this connection. */
  rejectPending(error: Error): void {
    this.offer.reject(error)
    this.answer?.reject(error)
  }
}

export class PeerTable {
  readonly #byConnection = new Map<ConnectionId, PeerEntry>()
  readonly #byId = new Map<string, PeerEntry>()
  /** Reasons by ID, oldest first. */
  readonly #ended = new LruMap<string, string>(ENDED_MAX)

  add(peer: PeerEntry): void {
    this.#byConnection.set(peer.connection, peer)
    this.#byId.set(peer.id, peer)
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

  /** Why an open connection ended; null if that is no longer known. */
  endOf(id: string): string | null {
    return this.#ended.peek(id) ?? null
  }

  /** Removes a connection, keeps the reason of its end, and frees its place. Returns false if it was removed before. */
  remove(peer: PeerEntry, reason: string | null): boolean {
    if (!this.#byConnection.delete(peer.connection)) return false
    if (reason !== null) this.#ended.set(peer.id, reason)
    this.#byId.delete(peer.id)
    peer.cancelExpiry()
    peer.place.free()
    return true
  }
}
