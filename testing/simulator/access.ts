/** A client's access to the server: a network with its own conditions, which outlives servers and connections. */
import { MemoryClient, MemoryTransport, type LinkConditions } from '../../netcode/memory.ts'
import {
  CLOSE_REASON,
  ConnectError,
  type ClientConnection,
  type ClientEvents,
  type ServerEvents,
  type ServerTransport,
} from '../../netcode/transport.ts'
import type { VirtualClock } from './clock.ts'

/** Time that a client waits for an answer to its first packet, ms. */
const CONNECT_MS_MAX = 3_000
/** Round trips of a handshake. */
const HANDSHAKE_TRIPS = 3

/** Sees the packets at a client's end, and may change or drop (null) incoming ones. */
export interface Tap {
  sent(bytes: Uint8Array): void
  received(bytes: Uint8Array): Uint8Array | null
}

export interface AccessOptions {
  readonly clock: VirtualClock
  readonly seed: number
  /** True: WebSocket (ordered). False: WebRTC. */
  readonly ordered: boolean
  readonly conditions: Partial<LinkConditions>
  readonly tap: Tap
}

interface OpenLink {
  readonly connection: MemoryClient
  readonly events: ClientEvents
}

export class Access {
  readonly ordered: boolean
  readonly #options: AccessOptions
  #transport: MemoryTransport | null = null
  #conditions: Partial<LinkConditions>
  #blackoutUntilMs = 0
  #links: OpenLink[] = []
  #lives = 0

  constructor(options: AccessOptions) {
    this.#options = options
    this.ordered = options.ordered
    this.#conditions = options.conditions
  }

  get nextDueMs(): number {
    return this.#transport?.nextDueMs ?? Infinity
  }

  advance(nowMs: number): void {
    this.#transport?.advance(nowMs)
  }

  // --- the server's end

  /** The server listens. */
  open(eventsFor: (transport: () => ServerTransport) => ServerEvents): void {
    const { clock, seed, ordered } = this.#options
    const transport: MemoryTransport = new MemoryTransport({
      events: eventsFor(() => transport),
      admission: (token) => Promise.resolve({ session: token }),
      ordered,
      seed: seed + this.#lives++ * 7_919,
      nowMs: clock.nowMs,
    })
    this.#transport = transport
    this.#apply()
  }

  /** The server's process is killed. */
  die(): void {
    this.#transport?.die()
    this.#transport = null
  }

  /** The server's transport stops in order. */
  async stop(): Promise<void> {
    const transport = this.#transport
    this.#transport = null
    await transport?.stop()
  }

  // --- the network

  set(conditions: Partial<LinkConditions>): void {
    this.#conditions = conditions
    this.#apply()
  }

  /** No packet passes for this time. */
  blackout(ms: number): void {
    const { clock } = this.#options
    this.#blackoutUntilMs = Math.max(this.#blackoutUntilMs, clock.nowMs + ms)
    this.#apply()
    clock.at(this.#blackoutUntilMs, () => this.#apply())
  }

  #apply(): void {
    const leftMs = this.#blackoutUntilMs - this.#options.clock.nowMs
    // What TCP sends during a blackout arrives after it.
    const blackout: Partial<LinkConditions> =
      leftMs <= 0 ? {} : this.ordered ? { delayMs: (this.#conditions.delayMs ?? 0) + leftMs } : { lossShare: 1 }
    this.#transport?.setConditions({
      lossShare: 0,
      lossBurst: 1,
      duplicateShare: 0,
      jitterMs: 0,
      rateKbps: Infinity,
      queueMsMax: 200,
      ...this.#conditions,
      ...blackout,
    })
  }

  // --- the client's end

  async connect(token: string, events: ClientEvents): Promise<ClientConnection> {
    const { clock, tap } = this.#options
    await clock.sleep(HANDSHAKE_TRIPS * 2 * (this.#conditions.delayMs ?? 0) + 1)
    if (clock.nowMs < this.#blackoutUntilMs) {
      await clock.sleep(CONNECT_MS_MAX)
      throw new ConnectError('timed-out', 'The server does not answer: the network is down.')
    }
    if (this.#transport === null)
      throw new ConnectError('unreachable', 'The server does not answer: nothing listens at its address.')
    const { ordered } = this
    const link: { connection: MemoryClient | null } = { connection: null }
    const connection = await this.#transport.connect('', token, {
      received: (bytes) => {
        const kept = tap.received(bytes)
        if (kept !== null) events.received(kept)
      },
      closed: (reason) => {
        this.#links = this.#links.filter((open) => open.connection !== link.connection)
        events.closed(reason)
      },
    })
    if (!(connection instanceof MemoryClient)) throw new TypeError('the in-memory transport gave another connection')
    link.connection = connection
    this.#links.push({ connection, events })
    const send = (bytes: Uint8Array): void => {
      tap.sent(bytes)
      connection.send(bytes)
    }
    return { kind: connection.kind, ordered, send, close: (reason) => connection.close(reason) }
  }

  /**
   * The client's end disappears without a goodbye: a killed process, or a lost address. `noticed`: the client's system
   * reports it.
   */
  vanish(noticed: boolean): void {
    for (const { connection, events } of this.#links.splice(0)) {
      connection.vanish()
      if (noticed) events.closed(CLOSE_REASON.lost)
    }
  }
}
