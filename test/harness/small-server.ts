/**
 * A server in one process for tests of clients: a realm, the in-memory transport, and one clock that the test advances.
 * It admits every token as a session of that name, and keeps lost sessions for ever.
 */
import { MemoryTransport, type LinkConditions } from '../../netcode/memory.ts'
import { OwnMoveTracker, SnapshotSource, SnapshotBuilder } from '../../netcode/snapshot/index.ts'
import { MoveSchedule, ServerSession, type OutgoingPart } from '../../netcode/session/index.ts'
import type { ConnectionId, Peer } from '../../netcode/transport.ts'
import { encodeLockstep, isLatestWins, PROTOCOL_VERSION, type ServerMessage } from '../../protocol/index.ts'
import { avatarAdded, propAdded } from '../../server/realm/replication/element-catalog.ts'
import { outcomeOf } from '../../server/realm/outcomes.ts'
import {
  avatars,
  checkpoint,
  compareInputs,
  free,
  genesis,
  hash,
  props,
  SIM_VERSION,
  step,
  bodyView,
  type Command,
  type Engine,
  type Input,
  type InputFrame,
  type Realm,
  type RealmDefinition,
  type SimEvent,
} from '../../sim/index.ts'

export interface SmallServerOptions {
  readonly engine: Engine
  readonly definition: RealmDefinition
  readonly conditions?: Partial<LinkConditions>
  readonly seed?: number
  readonly ordered?: boolean
  /** Changes messages to lockstep peers: the sabotage that they must notice. */
  readonly forge?: (message: { readonly engine: string; readonly simVersion: number }) => {
    readonly engine: string
    readonly simVersion: number
  }
}

interface Member {
  readonly player: number
  readonly session: ServerSession
  connection: ConnectionId | null
  /** The snapshot view of this connection, from its Welcome on. */
  view: SnapshotBuilder | null
  readonly own: OwnMoveTracker
  readonly moves: MoveSchedule
  greeting: 'none' | 'asked' | 'welcomed'
  known: boolean
}

export class SmallServer {
  readonly transport: MemoryTransport
  readonly realm: Realm
  /** Reasons with which clients were disconnected. */
  readonly faults: string[] = []
  readonly frames: InputFrame[] = []
  readonly #options: SmallServerOptions
  readonly #members = new Map<string, Member>()
  readonly #byConnection = new Map<ConnectionId, Member>()
  readonly #observers = new Set<ConnectionId>()
  #inputs: Input[] = []
  #serverSequence = 0
  readonly #source: SnapshotSource
  #shown = new Map<number, string>()

  constructor(options: SmallServerOptions) {
    this.#options = options
    this.realm = genesis(options.engine, options.definition)
    this.#source = new SnapshotSource(options.definition.bounds)
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
  }

  get nowMs(): number {
    return this.transport.nowMs
  }

  /** Breaks all connections. Clients may return. */
  breakConnections(): void {
    for (const connection of [...this.#byConnection.keys(), ...this.#observers])
      this.transport.close(connection, 'broken by the test')
  }

  free(): void {
    free(this.realm)
  }

  #opened(connection: ConnectionId, { session }: Peer): void {
    const member = this.#members.get(session) ?? {
      player: this.#members.size + 1,
      session: new ServerSession(this.nowMs),
      connection: null,
      view: null,
      own: new OwnMoveTracker(),
      moves: new MoveSchedule(),
      greeting: 'none' as const,
      known: false,
    }
    member.session.player = member.player
    member.session.attach(this.nowMs)
    member.connection = connection
    member.greeting = 'none'
    member.view = null
    this.#members.set(session, member)
    this.#byConnection.set(connection, member)
  }

  #closed(connection: ConnectionId): void {
    const member = this.#byConnection.get(connection)
    this.#byConnection.delete(connection)
    this.#observers.delete(connection)
    if (member?.connection !== connection) return
    member.connection = null
    member.session.detach()
    member.moves.clear()
  }

  #received(connection: ConnectionId, bytes: Uint8Array): void {
    const member = this.#byConnection.get(connection)
    if (member === undefined) return
    const heard = member.session.receive(bytes, this.nowMs)
    if (!heard.ok) {
      this.faults.push(heard.error.message)
      return this.transport.close(connection, heard.error.message)
    }
    const { hello, goodbye, commands, latest, tick, moveTicks } = heard.value
    this.#inputs.push(...commands, ...member.moves.sort(latest, tick, moveTicks, this.realm.tick + 1))
    if (goodbye !== null) {
      this.#send(member, member.session.packets([], this.nowMs, true))
      return this.transport.close(connection, goodbye)
    }
    if (hello?.mode === 'lockstep') return this.#startPeer(connection)
    if (hello !== null && member.greeting === 'none') this.#greet(member, hello.body)
    return undefined
  }

  #greet(member: Member, body: number): void {
    member.greeting = 'asked'
    if (!this.realm.players.has(member.player))
      this.order({
        type: 'join',
        player: member.player,
        user: member.player,
        name: `Player ${member.player}`,
        body,
        permissions: this.realm.definition.permissions,
      })
  }

  /** Queues an input of the server for the next tick. */
  order(command: Command): void {
    this.#serverSequence += 1
    this.#inputs.push({ player: 0, sequence: this.#serverSequence, command })
  }

  #startPeer(connection: ConnectionId): void {
    if (this.#observers.has(connection)) return
    this.#observers.add(connection)
    const says = { engine: this.#options.engine.sha256, simVersion: SIM_VERSION }
    this.transport.send(
      connection,
      encodeLockstep({
        type: 'start',
        protocol: PROTOCOL_VERSION,
        ...(this.#options.forge?.(says) ?? says),
        definition: JSON.stringify(this.realm.definition),
        tick: this.realm.tick,
        checkpoint: checkpoint(this.realm),
        epoch: 1,
      }),
    )
  }

  /** Runs one tick: simulates what arrived, sends the results, and advances the clock by a tick. */
  tick(): void {
    this.simulate()
    this.transport.advance(this.nowMs + 1_000 / this.realm.definition.tickRate)
  }

  /** Runs one tick; the caller advances the clock. */
  simulate(): void {
    const frame = { tick: this.realm.tick + 1, inputs: this.#inputs.toSorted(compareInputs) }
    this.#inputs = []
    this.frames.push(frame)
    const events = step(this.realm, frame)
    for (const { player, sequence, command } of frame.inputs)
      if (!isLatestWins(command.type))
        for (const member of this.#members.values()) if (member.player === player) member.session.recorded(sequence)
    this.#tell(events)
    const lockstep = encodeLockstep({ type: 'frame', frame, hash: hash(this.realm) })
    for (const connection of this.#observers) this.transport.send(connection, lockstep)
    this.transport.flush()
  }

  #tell(events: readonly SimEvent[]): void {
    const news = this.#news()
    this.#source.update(this.realm.tick, avatars(this.realm), props(this.realm))
    for (const member of this.#members.values()) {
      const avatar = this.realm.players.get(member.player)
      if (avatar) member.own.update(avatar, this.realm.tick)
      this.#inputs.push(...member.moves.takeDue(this.realm.tick + 1))
      for (const event of events)
        if ('sequence' in event && event.player === member.player)
          member.session.queue(outcomeOf(event, this.realm.tick))
      if (member.greeting === 'welcomed') for (const message of news) member.session.queue(message)
      if (member.greeting === 'asked' && this.realm.players.has(member.player)) this.#welcome(member)
      if (member.connection !== null && !this.#observers.has(member.connection))
        this.#send(member, member.session.packets(this.#parts(member), this.nowMs))
    }
  }

  #parts({ player, view, session, own }: Member): OutgoingPart[] {
    const avatar = this.realm.players.get(player)
    if (view === null || avatar === undefined) return []
    const pace = session.pace(this.nowMs)
    if (pace === 'wait' || (pace === 'free' && this.realm.tick % 3 !== 0)) return []
    return [view.nextPart(this.#source, avatar.id, session.acknowledgementMs, own.ownState(avatar, this.realm.tick))]
  }

  #send(member: Member, packets: readonly Uint8Array[]): void {
    for (const packet of packets) if (member.connection !== null) this.transport.send(member.connection, packet)
  }

  #welcome(member: Member): void {
    const avatar = this.realm.players.get(member.player)
    if (avatar === undefined) return
    const { sequence, ackCommand } = member.session
    member.session.queue({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      realm: this.realm.definition.id,
      tick: this.realm.tick,
      tickRate: this.realm.definition.tickRate,
      player: member.player,
      user: avatar.user,
      avatar: avatar.id,
      permissions: avatar.permissions,
      definition: JSON.stringify(this.realm.definition),
      resumed: member.known,
      sequence,
      ackCommand,
    })
    for (const message of this.#world()) member.session.queue(message)
    member.greeting = 'welcomed'
    member.view = new SnapshotBuilder(this.realm.tick)
    member.known = true
  }

  #world(): ServerMessage[] {
    return [...[...this.realm.avatars.values()].map(avatarAdded), ...props(this.realm).map(propAdded)]
  }

  /** Messages about elements that changed since the last tick. */
  #news(): ServerMessage[] {
    const now = new Map<number, string>()
    const news: ServerMessage[] = []
    for (const avatar of this.realm.avatars.values()) {
      const { id, bodyChoice } = avatar
      now.set(id, `${bodyChoice}`)
      if (!this.#shown.has(id)) news.push(avatarAdded(avatar))
      else if (this.#shown.get(id) !== `${bodyChoice}`)
        news.push({ type: 'avatarChanged', element: id, ...bodyView(avatar) })
    }
    for (const prop of props(this.realm)) {
      const looks = `${prop.scale} ${prop.holder} ${prop.access}`
      now.set(prop.id, looks)
      if (!this.#shown.has(prop.id)) news.push(propAdded(prop))
      else if (this.#shown.get(prop.id) !== looks)
        news.push({
          type: 'propChanged',
          element: prop.id,
          scale: prop.scale,
          holder: prop.holder,
          access: prop.access,
        })
    }
    for (const id of this.#shown.keys()) if (!now.has(id)) news.push({ type: 'elementRemoved', element: id })
    this.#shown = now
    return news
  }
}
