/**
 * Carries IP packets between hosts, with the conditions of each host's connection, both ways. Each TUN device's packets
 * arrive and leave as UDP datagrams on the loopback interface; socat is between (host.ts).
 */
import { createSocket, type Socket } from 'node:dgram'
import { PERFECT, randomFrom, LossyPath, type LinkConditions } from '../../../netcode/link-conditions.ts'
import { readPacket, type Protocol } from './ip-packet.ts'

/** Packets due within this time are sent at once, ms: timers are no finer. */
const TIMER_MS = 0.5
/** Packets under way, above which new ones are dropped: ten seconds of a hundred clients. */
const UNDER_WAY_MAX = 100_000
/** Buffer of the socket, bytes: a pause of this process of a tenth of a second must not lose packets. */
const SOCKET_BYTES = 4 * 1024 * 1024

/** A host's connection to the relay. The conditions apply to packets from now on and can change at any time. */
export class RelayedHost {
  up: LinkConditions = PERFECT
  down: LinkConditions = PERFECT
  /** Packets of these protocols are dropped in both directions. */
  blocked: ReadonlySet<Protocol> = new Set()
  /**
   * Packets from the host and to it, and those that this connection lost (by its conditions or blocked) or duplicated,
   * in both directions.
   */
  readonly counts = { sent: 0, received: 0, lost: 0, doubled: 0 }
  /** Source and destination address of its packets in the loopback net. */
  readonly loopback: string
  readonly ways: { readonly up: LossyPath; readonly down: LossyPath }

  constructor(loopback: string, random: () => number) {
    this.loopback = loopback
    this.ways = { up: new LossyPath(false, random), down: new LossyPath(false, random) }
  }

  /** Sets both directions alike; conditions that are not named are perfect. */
  set(conditions: Partial<LinkConditions>): void {
    this.up = this.down = { ...PERFECT, ...conditions }
  }
}

interface PacketDelivery {
  readonly dueMs: number
  readonly line: RelayedHost
  readonly packet: Buffer
}

export class Relay {
  readonly #socket: Socket
  readonly #random: () => number
  readonly #byLoopback = new Map<string, RelayedHost>()
  readonly #byAddress = new Map<string, RelayedHost>()
  #deliveries: PacketDelivery[] = []
  #timer: NodeJS.Timeout | null = null

  private constructor(socket: Socket, seed: number) {
    this.#socket = socket
    this.#random = randomFrom(seed)
    socket.on('message', (packet, { address }) => {
      const line = this.#byLoopback.get(address)
      if (line) this.#carry(line, packet)
    })
    // A removed device refuses datagrams, which its remover expects
    socket.on('error', () => {})
  }

  static async start(seed: number): Promise<Relay> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: SOCKET_BYTES })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject)
      socket.bind(0, '127.0.0.1', resolve)
    })
    return new Relay(socket, seed)
  }

  /** UDP port of the relay and of the connections' loopback addresses. */
  get port(): number {
    return this.#socket.address().port
  }

  line(loopback: string): RelayedHost {
    const line = new RelayedHost(loopback, this.#random)
    this.#byLoopback.set(loopback, line)
    return line
  }

  /** Routes packets to that address over this connection, and those to its old one nowhere. */
  route(address: string, line: RelayedHost): void {
    for (const [former, other] of this.#byAddress) if (other === line) this.#byAddress.delete(former)
    this.#byAddress.set(address, line)
  }

  async stop(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#deliveries = []
    await new Promise<void>((resolve) => {
      this.#socket.close(resolve)
    })
  }

  #carry(from: RelayedHost, packet: Buffer): void {
    const read = readPacket(packet)
    const to = read === null ? undefined : this.#byAddress.get(read.destination)
    if (read === null || to === undefined) return
    from.counts.sent += 1
    const arrivals = this.#arrivals(from, to, read.protocol, packet.length)
    for (const dueMs of arrivals) this.#schedule({ dueMs, line: to, packet })
    this.#deliver()
  }

  /** Counts a lost packet at the connection that lost it. */
  #arrivals(from: RelayedHost, to: RelayedHost, protocol: Protocol, bytes: number): number[] {
    const blocker = [from, to].find(({ blocked }) => blocked.has(protocol))
    const sent = blocker ? [] : from.ways.up.arrivals(performance.now(), bytes, from.up)
    const arrivals = sent.flatMap((atMs) => to.ways.down.arrivals(atMs, bytes, to.down))
    if (arrivals.length === 0) (blocker ?? (sent.length === 0 ? from : to)).counts.lost += 1
    if (arrivals.length > 1) (sent.length > 1 ? from : to).counts.doubled += 1
    return arrivals
  }

  /** Keeps the deliveries sorted by time. */
  #schedule(delivery: PacketDelivery): void {
    if (this.#deliveries.length >= UNDER_WAY_MAX) return
    const after = this.#deliveries.findLastIndex(({ dueMs }) => dueMs <= delivery.dueMs)
    this.#deliveries.splice(after + 1, 0, delivery)
  }

  #deliver(): void {
    const nowMs = performance.now()
    let due = 0
    for (
      let next = this.#deliveries[0];
      next !== undefined && next.dueMs <= nowMs + TIMER_MS;
      next = this.#deliveries[++due]
    ) {
      next.line.counts.received += 1
      this.#socket.send(next.packet, this.port, next.line.loopback)
    }
    this.#deliveries.splice(0, due)
    if (this.#timer) clearTimeout(this.#timer)
    const [next] = this.#deliveries
    this.#timer = next === undefined ? null : setTimeout(() => this.#deliver(), next.dueMs - nowMs)
  }
}
