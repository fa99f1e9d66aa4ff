/**
 * The in-memory transport: a network in one process on its own clock, with delay, loss, duplicates and reordering from
 * a seed. The same calls give the same deliveries. Nothing moves until you call `advance`.
 */
import { defined } from '../sim/assert.ts'
import { contain, type ReportFault } from './guard.ts'
import { PERFECT, randomFrom, LossyPath, type LinkConditions } from './link-conditions.ts'
import {
  checkMessageSize,
  CLOSE_REASON,
  ConnectError,
  MESSAGE_BYTES_MAX,
  ORDERED_MESSAGE_BYTES_MAX,
  type Admission,
  type ClientConnection,
  type ClientEvents,
  type Connect,
  type ConnectionId,
  type ServerEvents,
  type ServerTransport,
} from './transport.ts'

export type { LinkConditions } from './link-conditions.ts'

/** The end of a connection arrives at the server at least this much later, ms. */
const END_MS_MIN = 0.1
/** A peer that vanished is noticed after this time, ms, as in real WebRTC (consent freshness, RFC 7675). */
const VANISHED_MS = 30_000
/**
 * Messages in flight, above which new ones are lost: a minute of 100 clients' traffic. A test that reaches it leaks.
 */
const UNDER_WAY_MAX = 500_000

export interface MemoryOptions {
  readonly events: ServerEvents
  readonly admission: Admission
  /**
   * Like WebSocket (true) or like WebRTC (false, the default). Ordered links lose and duplicate nothing: loss becomes
   * delay.
   */
  readonly ordered?: boolean
  readonly conditions?: Partial<LinkConditions>
  /** Any integer. */
  readonly seed?: number
  readonly nowMs?: number
  /** Receives what listeners throw; the affected connection is closed. */
  readonly report?: ReportFault
}

interface ScheduledDelivery {
  readonly dueMs: number
  readonly run: () => void
}

/** A client's connection, with one more way to end than real ones have. */
export class MemoryClient implements ClientConnection {
  readonly kind = 'memory'
  readonly ordered: boolean
  readonly #link: MemoryConnection

  constructor(link: MemoryConnection) {
    this.#link = link
    this.ordered = link.ordered
  }

  send(bytes: Uint8Array): void {
    checkMessageSize(bytes, MESSAGE_BYTES_MAX)
    this.#link.sendUp(bytes.slice())
  }

  close(reason: string): void {
    this.#link.closeByClient(reason)
  }

  /** Disappears silently, like a killed process: the server notices late. */
  vanish(): void {
    this.#link.vanish()
  }
}

interface MemoryConnection {
  readonly ordered: boolean
  sendUp(bytes: Uint8Array): void
  closeByClient(reason: string): void
  vanish(): void
}

interface ServerLink {
  readonly client: ClientEvents
  readonly up: LossyPath
  readonly down: LossyPath
  state: 'open' | 'closing' | 'vanished'
  isClientOpen: boolean
  queue: Uint8Array[]
}

/**
 * A network in one process, on a clock of its own: the server's side of the transport, and `connect` for its clients.
 *
 * @example
 * ```ts
 * import { MemoryTransport } from 'otherworld/testing'
 *
 * const received: number[] = []
 * const network = new MemoryTransport({
 *   events: { opened: () => {}, closed: () => {}, received: (_connection, bytes) => received.push(bytes.length) },
 *   admission: () => Promise.resolve({ session: 'ada' }),
 *   conditions: { delayMs: 50 },
 * })
 * const connecting = network.connect('memory:', 'token', { received: () => {}, closed: () => {} })
 * for (let ms = 10; ms <= 200; ms += 10) {
 *   network.advance(ms)
 *   await new Promise((resolve) => setTimeout(resolve))
 * }
 * const client = await connecting
 * client.send(new Uint8Array(3))
 * network.advance(300)
 * if (received[0] !== 3) throw new Error('the message arrives after 50 ms')
 * ```
 */
export class MemoryTransport implements ServerTransport {
  readonly kind = 'memory'
  /** Connects a client to this server. The URL is ignored. */
  readonly connect: Connect
  readonly #options: MemoryOptions
  readonly #random: () => number
  readonly #links = new Map<ConnectionId, ServerLink>()
  #deliveries: ScheduledDelivery[] = []
  #conditions: LinkConditions
  #nowMs: number
  #nextConnection: ConnectionId = 1
  readonly #report: ReportFault
  #isStopped = false

  constructor(options: MemoryOptions) {
    this.#options = options
    this.#report = options.report ?? (() => {})
    this.#random = randomFrom(options.seed ?? 1)
    this.#conditions = { ...PERFECT, ...options.conditions }
    this.#nowMs = options.nowMs ?? 0
    this.connect = (_url, token, events) => this.#connect(token, events)
  }

  get nowMs(): number {
    return this.#nowMs
  }

  /** The time of the next delivery, ms; Infinity if nothing is in flight. */
  get nextDueMs(): number {
    return this.#deliveries[0]?.dueMs ?? Infinity
  }

  /** Changes the conditions for messages sent from now on. */
  setConditions(conditions: Partial<LinkConditions>): void {
    this.#conditions = { ...this.#conditions, ...conditions }
  }

  /** Advances the clock to `nowMs` and delivers everything due by then, in order of time. */
  advance(nowMs: number): void {
    for (let next = this.#deliveries[0]; next !== undefined && next.dueMs <= nowMs; next = this.#deliveries[0]) {
      this.#deliveries.shift()
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      next.run()
    }
    this.#nowMs = Math.max(this.#nowMs, nowMs)
  }

  send(connection: ConnectionId, bytes: Uint8Array): void {
    checkMessageSize(bytes, this.#options.ordered === true ? ORDERED_MESSAGE_BYTES_MAX : MESSAGE_BYTES_MAX)
    const link = this.#links.get(connection)
    if (link && link.state !== 'closing') link.queue.push(bytes)
  }

  flush(): void {
    for (const link of this.#links.values()) this.#flushLink(link)
  }

  close(connection: ConnectionId, reason: string): void {
    const link = this.#links.get(connection)
    if (!link || link.state === 'closing') return
    this.#flushLink(link)
    link.state = 'closing'
    // A peer of an unordered link gets no reason; it only notices that the link is gone.
    const told = this.#options.ordered === true ? reason : CLOSE_REASON.peer
    this.#schedule(link.down.lastArrival(this.#nowMs, this.#conditions), () => this.#endClient(link, told))
    this.#schedule(this.#nowMs + END_MS_MIN, () => this.#endServer(connection, reason))
  }

  stop(): Promise<void> {
    this.#isStopped = true
    for (const [connection, link] of this.#links) {
      this.#endServer(connection, CLOSE_REASON.stopped)
      this.#endClient(link, this.#options.ordered === true ? CLOSE_REASON.stopped : CLOSE_REASON.peer)
    }
    this.#deliveries = []
    return Promise.resolve()
  }

  /**
   * Kills the server's process: ordered links break, because the system resets them; unordered ones fall silent. Nobody
   * can connect.
   */
  die(): void {
    this.#isStopped = true
    this.#deliveries = []
    for (const link of this.#links.values())
      if (this.#options.ordered === true) this.#endClient(link, CLOSE_REASON.lost)
    this.#links.clear()
  }

  async #connect(token: string, events: ClientEvents): Promise<MemoryClient> {
    if (this.#isStopped) throw new ConnectError('unreachable', 'The server does not answer: it was stopped.')
    const admitted = await this.#options.admission(token)
    if (this.#isStopped) throw new ConnectError('unreachable', 'The server does not answer: it was stopped.')
    if (!admitted)
      throw new ConnectError('refused', 'The server refused: The token is not valid or no longer. Log in again.')
    const ordered = this.#options.ordered === true
    const connection = this.#nextConnection++
    const link: ServerLink = {
      client: events,
      up: new LossyPath(ordered, this.#random),
      down: new LossyPath(ordered, this.#random),
      state: 'open',
      isClientOpen: true,
      queue: [],
    }
    this.#links.set(connection, link)
    this.#guarded(connection, () =>
      this.#options.events.opened(connection, {
        session: admitted.session,
        kind: 'memory',
        ordered,
        address: `memory-${connection}`,
      }),
    )
    return new MemoryClient(this.#clientLink(connection, link, ordered))
  }

  #clientLink(connection: ConnectionId, link: ServerLink, ordered: boolean): MemoryConnection {
    const schedule = (dueMs: number, run: () => void) => this.#schedule(dueMs, run)
    return {
      ordered,
      sendUp: (bytes) => {
        if (!link.isClientOpen) return
        for (const dueMs of link.up.arrivals(this.#nowMs, bytes.length, this.#conditions))
          this.#scheduleMessage(dueMs, () => this.#receive(connection, bytes.slice()))
      },
      closeByClient: (reason) => {
        if (!link.isClientOpen) return
        this.#endClient(link, reason)
        schedule(link.up.lastArrival(this.#nowMs, this.#conditions), () =>
          this.#endServer(connection, CLOSE_REASON.peer),
        )
      },
      vanish: () => {
        link.isClientOpen = false
        if (link.state === 'open') link.state = 'vanished'
        schedule(this.#nowMs + VANISHED_MS, () => this.#endServer(connection, CLOSE_REASON.lost))
      },
    }
  }

  #flushLink(link: ServerLink): void {
    const queue = link.queue
    link.queue = []
    for (const bytes of queue) {
      const sent = bytes.slice()
      for (const dueMs of link.down.arrivals(this.#nowMs, bytes.length, this.#conditions)) {
        this.#scheduleMessage(dueMs, () => {
          if (link.isClientOpen) link.client.received(sent.slice())
        })
      }
    }
  }

  #receive(connection: ConnectionId, bytes: Uint8Array): void {
    const link = this.#links.get(connection)
    if (link && link.state !== 'closing')
      this.#guarded(connection, () => this.#options.events.received(connection, bytes))
  }

  #endClient(link: ServerLink, reason: string): void {
    if (!link.isClientOpen) return
    link.isClientOpen = false
    link.client.closed(reason)
  }

  #endServer(connection: ConnectionId, reason: string): void {
    if (this.#links.delete(connection))
      contain('closed listener', this.#report, () => this.#options.events.closed(connection, reason))
  }

  #guarded(connection: ConnectionId, run: () => void): void {
    if (!contain('listener', this.#report, run)) this.close(connection, CLOSE_REASON.internal)
  }

  #scheduleMessage(dueMs: number, run: () => void): void {
    if (this.#deliveries.length < UNDER_WAY_MAX) this.#schedule(dueMs, run)
  }

  /** Keeps the deliveries in order of time; among equal times, what was sent first comes first. */
  #schedule(dueMs: number, run: () => void): void {
    if (this.#isStopped) return
    let low = 0
    let high = this.#deliveries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (defined(this.#deliveries[middle], 'the search stays within the deliveries').dueMs <= dueMs) low = middle + 1
      else high = middle
    }
    this.#deliveries.splice(low, 0, { dueMs, run })
  }
}
