/**
 * Replication: what each client gets of the realm after a tick. Reliable messages describe the elements and their
 * changes. Snapshots carry their motion, for each client at the rate that its connection allows.
 */
import type { OutgoingPart } from '../../../netcode/session/index.ts'
import { SnapshotSource, SnapshotBuilder } from '../../../netcode/snapshot/index.ts'
import { PROTOCOL_VERSION, type ServerMessage } from '../../../protocol/index.ts'
import { defined } from '../../../sim/assert.ts'
import { iterateAvatars, iterateProps, type Avatar, type Realm, type RealmDefinition } from '../../../sim/index.ts'
import type { RealmMeters } from '../../metrics/realm-meters.ts'
import type { RemovalNotices } from '../recorder/removal-notices.ts'
import { Catalog } from './element-catalog.ts'
import type { Member } from '../sessions/member.ts'

/**
 * Ticks between two snapshots to one client: 20 snapshots a second at 60 ticks. Clients take turns, so that no tick
 * makes all.
 */
const SNAPSHOT_TICKS = 3

/** Settings of replication that the server and a test may choose differently. */
export interface ReplicationPlan {
  /** Ticks between two samples of the state's hash to the clients. */
  readonly hashSampleTicks: number
  /** Tick of every SNAPSHOT_TICKS in which a client gets its snapshots. `welcomes`: clients welcomed before. */
  phaseOf(welcomes: number): number
  /** True if states are quantised while nobody is connected. Later ones depend on them by at most one step. */
  readonly readsUnseenStates: boolean
  /** The definition in the Welcome. */
  definitionOf(definition: RealmDefinition): RealmDefinition
}

/** Clients get each prop as it is now, so the definition comes without its props. */
const SERVER_PLAN: ReplicationPlan = {
  hashSampleTicks: 60,
  readsUnseenStates: false,
  phaseOf: (welcomes) => welcomes % SNAPSHOT_TICKS,
  definitionOf: (definition) => ({ ...definition, props: [] }),
}

export interface ReplicationOptions {
  readonly realm: Realm
  /** Notices that a user gets after the Welcome. */
  readonly removalNotices: RemovalNotices
  readonly meters: RealmMeters
  readonly plan?: ReplicationPlan
}

export class Replication {
  readonly #options: ReplicationOptions
  readonly #catalog: Catalog
  readonly #source: SnapshotSource
  readonly #plan: ReplicationPlan
  /** The definition in the Welcome, as JSON. */
  readonly #definition: string
  #welcomes = 0
  /** Messages of this tick for every welcomed client. */
  #messages: readonly ServerMessage[] = []

  constructor(options: ReplicationOptions) {
    const { definition } = options.realm
    this.#options = options
    this.#catalog = new Catalog(options.realm)
    this.#source = new SnapshotSource(definition.bounds)
    this.#plan = options.plan ?? SERVER_PLAN
    this.#definition = JSON.stringify(this.#plan.definitionOf(definition))
  }

  /** Reads the state after a tick. Call it before `queue` and `snapshot`. `hash` is the hash of the state. */
  update(hash: string, connected: number): void {
    const { realm } = this.#options
    const messages: ServerMessage[] = [...this.#catalog.update(realm)]
    if (realm.tick % this.#plan.hashSampleTicks === 0) messages.push({ type: 'hashSample', tick: realm.tick, hash })
    this.#messages = messages
    if (connected > 0 || this.#plan.readsUnseenStates)
      this.#source.update(realm.tick, iterateAvatars(realm), iterateProps(realm))
  }

  /** Queues the reliable messages of this tick for a client. An admitted player with an avatar gets its Welcome. */
  queue(member: Member): void {
    for (const message of this.#messages) member.session.queue(message)
    if (member.connection.state !== 'admitted' || member.stage !== 'playing') return
    this.#welcome(member, defined(this.#options.realm.players.get(member.player), 'a playing member has an avatar'))
  }

  #welcome(member: Member, avatar: Avatar): void {
    const { realm, removalNotices, meters } = this.#options
    const { session, isKnown } = member
    const { sequence, ackCommand } = session
    session.queue({
      type: 'welcome',
      protocol: PROTOCOL_VERSION,
      realm: realm.definition.id,
      tick: realm.tick,
      tickRate: realm.definition.tickRate,
      player: member.player,
      user: avatar.user,
      avatar: avatar.id,
      permissions: avatar.permissions,
      definition: this.#definition,
      resumed: isKnown,
      sequence,
      ackCommand,
    })
    for (const message of this.#catalog.describe(realm)) session.queue(message)
    for (const text of removalNotices.deliver(avatar.user)) session.queue({ type: 'notice', text })
    member.welcome(new SnapshotBuilder(realm.tick), this.#plan.phaseOf(this.#welcomes++))
    meters.realm.add(isKnown ? 'sessionsResumed' : 'sessionsStarted')
  }

  /** Returns the client's next snapshot if one is due. */
  snapshot({ player, connection, session, own }: Member, nowMs: number): readonly OutgoingPart[] {
    if (connection.state !== 'welcomed') return []
    const { realm, meters } = this.#options
    const avatar = defined(realm.players.get(player), 'a welcomed player has an avatar')
    const pace = session.pace(nowMs)
    if (pace === 'wait' || (pace === 'free' && realm.tick % SNAPSHOT_TICKS !== connection.phase)) return []
    meters.realm.add('snapshots')
    return [
      connection.view.nextPart(this.#source, avatar.id, session.acknowledgementMs, own.ownState(avatar, realm.tick)),
    ]
  }
}
