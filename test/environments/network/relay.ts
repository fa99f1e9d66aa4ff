/**
 * Carries IP packets between hosts, with the conditions that are set for each host's line, both ways. Each TUN device's
 * packets come in and go out as UDP datagrams on the loopback interface; socat stands between (host.ts).
 */
import { createSocket, type Socket } from 'node:dgram'
import { PERFECT, randomFrom, LossyPath, type LinkConditions } from '../../../netcode/link-conditions.ts'
import { readPacket, type Protocol } from './ip-packet.ts'

/** What is due within this is sent at once, ms: timers are no finer. */
const TIMER_MS = 0.5
/** Packets under way, above which new ones are lost: ten seconds of a hundred clients. */
const UNDER_WAY_MAX = 100_000
/** Of the socket, bytes: a stall of this process of a tenth of a second must not lose packets by itself. */
const SOCKET_BYTES = 4 * 1024 * 1024

/** A host's line to the relay. The conditions hold for packets from now on and can be changed at any time. */
export class RelayedHost {
  up: LinkConditions = PERFECT
  down: LinkConditions = PERFECT
  /** Packets of these protocols do not get through, either way. */
  blocked: ReadonlySet<Protocol> = new Set()
  /** Packets of the host, to it, and those that this line lost (by its conditions or blocked) and doubled, either way. */
  readonly counts = { sent: 0, received: 0, lost: 0, doubled: 0 }
  /** Where its packets come from and go to: an address of the loopback net. */
  readonly loopback: string
  readonly ways: { readonly up: LossyPath; readonly down: LossyPath }

  constructor(loopback: string, random: () => number) {
    this.loopback = loopback
    this.ways = { up: new LossyPath(false, random), down: new LossyPath(false, random) }
  }

  /** Both ways alike; what is not named is perfect. */
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
    // A device that is gone refuses datagrams; whoever removed it knows
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

  /** UDP port of the relay and of the lines' loopback addresses. */
  get port(): number {
    return this.#socket.address().port
  }

  line(loopback: string): RelayedHost {
    const line = new RelayedHost(loopback, this.#random)
    this.#byLoopback.set(loopback, line)
    return line
  }

  /** Packets to that address go over this line from now on, and those to its former one nowhere. */
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

  /** Counts what is lost with the line that lost it. */
  #arrivals(from: RelayedHost, to: RelayedHost, protocol: Protocol, bytes: number): number[] {
    const blocker = [from, to].find(({ blocked }) => blocked.has(protocol))
    const sent = blocker ? [] : from.ways.up.arrivals(performance.now(), bytes, from.up)
    const arrivals = sent.flatMap((atMs) => to.ways.down.arrivals(atMs, bytes, to.down))
    if (arrivals.length === 0) (blocker ?? (sent.length === 0 ? from : to)).counts.lost += 1
    if (arrivals.length > 1) (sent.length > 1 ? from : to).counts.doubled += 1
    return arrivals
  }

  /** Keeps the deliveries in the order of their times. */
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
