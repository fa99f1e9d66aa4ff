/**
 * A server in one process for tests of clients: the tick and the sessions of the real server, the in-memory transport,
 * and one clock that the test advances. It admits every token as a session of that name; `observer` is a lockstep
 * peer's.
 */
import { MemoryTransport, type LinkConditions } from '../../netcode/memory.ts'
import type { ConnectionId, Peer } from '../../netcode/transport.ts'
import { decodeLockstep, encodeLockstep } from '../../protocol/index.ts'
import { unpackOutbound } from '../../server/both-threads/realm-messages.ts'
import { RealmMeters } from '../../server/metrics/realm-meters.ts'
import { InteractionCenter } from '../../server/realm/interaction-center.ts'
import { RealmCore } from '../../server/realm/realm-core.ts'
import { scratchLog } from '../../server/realm/recorder/scratch-log.ts'
import { Observers } from '../../server/realm/replication/observers.ts'
import { SendBuffer } from '../../server/realm/replication/send-buffer.ts'
import type { ReplicationPlan } from '../../server/realm/replication/replication.ts'
import { Sessions } from '../../server/realm/sessions/sessions.ts'
import {
  free,
  genesis,
  type Command,
  type Engine,
  type InputFrame,
  type Realm,
  type RealmDefinition,
} from '../../sim/index.ts'
import { uidOf } from '../../testing/simulator/uid.ts'

export interface SmallServerOptions {
  readonly engine: Engine
  readonly definition: RealmDefinition
  readonly conditions?: Partial<LinkConditions>
  readonly seed?: number
  readonly ordered?: boolean
  readonly plan?: ReplicationPlan
  /** Changes messages to lockstep peers: the sabotage that they must notice. */
  readonly forge?: (message: { readonly engine: string; readonly simVersion: number }) => {
    readonly engine: string
    readonly simVersion: number
  }
}

export class SmallServer {
  readonly transport: MemoryTransport
  readonly realm: Realm
  readonly frames: InputFrame[] = []
  /** Reasons with which the server closed connections. */
  readonly closes: string[] = []
  readonly #options: SmallServerOptions
  readonly #center: InteractionCenter
  readonly #core: RealmCore
  readonly #sessions: Sessions
  readonly #observers: Observers
  readonly #out = new SendBuffer()
  /** Players by token. */
  readonly #players = new Map<string, number>()
  readonly #links = new Set<ConnectionId>()

  constructor(options: SmallServerOptions) {
    this.#options = options
    const realm = genesis(options.engine, options.definition)
    this.realm = realm
    this.#center = new InteractionCenter({
      rights: {
        verdict: (_, hash) =>
          realm.packages.has(hash) ? { ok: true, definition: null } : { ok: false, reason: 'unknown-package' },
      },
    })
    this.#core = new RealmCore({ realm, log: scratchLog(realm), center: this.#center, sampleTicks: Infinity })
    this.transport = new MemoryTransport({
      admission: (token) => Promise.resolve({ session: token }),
      ordered: options.ordered ?? false,
      seed: options.seed ?? 1,
      ...(options.conditions === undefined ? {} : { conditions: options.conditions }),
      events: {
        opened: (connection, peer) => this.#opened(connection, peer),
        received: (connection, bytes) => this.#received(connection, bytes),
        closed: (connection) => this.#closed(connection),
      },
    })
    this.#observers = new Observers({ out: this.#out, realm, epoch: 1 })
    this.#sessions = new Sessions(
      {
        realm,
        log: scratchLog(realm),
        center: this.#center,
        packageAccess: { forget: () => undefined },
        out: this.#out,
        meters: new RealmMeters(),
        note: () => undefined,
        closedTo: () => null,
        ...(options.plan === undefined ? {} : { plan: options.plan }),
      },
      this.nowMs,
    )
  }

  get nowMs(): number {
    return this.transport.nowMs
  }

  /** Breaks all connections. Clients may return. */
  breakConnections(): void {
    for (const connection of this.#links) this.transport.close(connection, 'broken by the test')
  }

  free(): void {
    free(this.realm)
  }

  #opened(connection: ConnectionId, { session, ordered }: Peer): void {
    this.#links.add(connection)
    if (session === 'observer') return this.#observers.opened(connection, ordered, this.nowMs)
    const player = this.#players.get(session) ?? this.#players.size + 1
    this.#players.set(session, player)
    const claims = {
      session,
      player,
      user: player,
      name: `Player ${player}`,
      uid: uidOf(player),
      role: 'player',
    } as const
    return this.#sessions.opened(connection, claims, 0, this.nowMs)
  }

  #received(connection: ConnectionId, bytes: Uint8Array): void {
    if (this.#observers.has(connection)) this.#observers.received(connection, bytes, this.nowMs)
    else this.#sessions.received(connection, bytes, this.nowMs)
  }

  #closed(connection: ConnectionId): void {
    this.#links.delete(connection)
    this.#observers.closed(connection)
    this.#sessions.closed(connection, this.nowMs)
  }

  /** Queues an input of the server for the next tick. */
  order(command: Command): void {
    this.#center.order(command)
  }

  /** Runs one tick: simulates what arrived, sends the results, and advances the clock by a tick. */
  tick(): void {
    this.simulate()
    this.transport.advance(this.nowMs + 1_000 / this.realm.definition.tickRate)
  }

  /** Runs one tick; the caller advances the clock. */
  simulate(): void {
    const outcome = this.#core.run()
    this.frames.push(outcome.frame)
    this.#sessions.ticked(outcome, this.nowMs)
    this.#observers.ticked(outcome, this.nowMs)
    this.#send()
  }

  /** Sends in the order of the links, so that the network's random numbers do not depend on which client joined first. */
  #send(): void {
    const batch = this.#out.flush()
    const packets: { readonly link: ConnectionId; readonly bytes: Uint8Array }[] = []
    unpackOutbound(batch, (link, bytes) => void packets.push({ link, bytes: this.#forged(link, bytes) }))
    for (const { link, bytes } of packets.toSorted((a, b) => a.link - b.link)) this.transport.send(link, bytes)
    for (const { link, reason } of batch.closes) {
      this.closes.push(reason)
      this.transport.close(link, reason)
    }
    this.transport.flush()
  }

  #forged(link: ConnectionId, bytes: Uint8Array): Uint8Array {
    const { forge } = this.#options
    if (forge === undefined || !this.#observers.has(link)) return bytes
    const message = decodeLockstep(bytes)
    if (!message.ok || message.value.type !== 'start') return bytes
    return encodeLockstep({ ...message.value, ...forge(message.value) })
  }
}
