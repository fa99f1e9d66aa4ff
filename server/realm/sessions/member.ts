/** A player of the realm as the server keeps it. It outlives connections and ends when the player leaves. */
import { MoveSchedule, ServerSession } from '../../../netcode/session/index.ts'
import { TokenBucket } from '../../../http/token-bucket.ts'
import { OwnMoveTracker, type SnapshotBuilder } from '../../../netcode/snapshot/index.ts'
import { assert } from '../../../sim/assert.ts'
import type { Avatar, PlayerId, UserNumber } from '../../../sim/index.ts'
import { TAKEOVERS_BURST_MAX, TAKEOVERS_PER_SECOND_MAX } from '../../limits.ts'
import type { SequenceNumbers } from '../recorder/sequence-tracker.ts'
import type { LinkId } from '../../both-threads/realm-messages.ts'
import type { Claims } from '../../accounts/tokens.ts'

/** `sinceMs`: when the connection was lost. */
interface Disconnected {
  readonly state: 'disconnected'
  readonly sinceMs: number
}

/** `sinceMs`: when the link was attached. */
interface OnLink<S extends string> {
  readonly state: S
  readonly link: LinkId
  readonly sinceMs: number
}

type AwaitingHello = OnLink<'awaiting-hello'>
/** The Hello was received, and the player waits in the admission queue. */
type Queued = OnLink<'queued'>
/** It is the player's turn. The Welcome follows as soon as it has an avatar. */
type Admitted = OnLink<'admitted'>
/** The Welcome was sent, and snapshots follow. */
interface Welcomed extends OnLink<'welcomed'> {
  readonly view: SnapshotBuilder
  /** Decides in which of the ticks between two snapshots this client gets its own. */
  readonly phase: number
}

/** `new`: no join was ordered. `joining`: the join is under way. `playing`: the player has an avatar. */
type MemberState =
  | { readonly stage: 'new'; readonly connection: Disconnected | AwaitingHello | Queued }
  | { readonly stage: 'joining'; readonly connection: Disconnected | AwaitingHello | Queued | Admitted }
  | { readonly stage: 'playing'; readonly connection: Disconnected | AwaitingHello | Queued | Admitted | Welcomed }

export class Member {
  readonly player: PlayerId
  readonly user: UserNumber
  readonly name: string
  /** The claim `share` of the token: the users behind one network address. */
  readonly addressGroup: number | undefined
  readonly session: ServerSession
  /** The user's id. Null after a recovery, until the player returns. */
  uid: string | null = null
  /** Permission bits of the player, or those that it will join with. */
  permissions: number
  /** Moves that are not in effect yet. */
  readonly moves = new MoveSchedule()
  /** Knows which of the player's moves is in effect. */
  readonly own = new OwnMoveTracker()
  /** Limits how often the player may move to another link. */
  readonly takeovers: TokenBucket
  /** True if the player was welcomed before, or recovered: its sequences continue. */
  isKnown = false
  #state: MemberState

  constructor(
    { player, user, name, share }: Pick<Claims, 'player' | 'user' | 'name' | 'share'>,
    permissions: number,
    nowMs: number,
    sequences?: SequenceNumbers,
  ) {
    this.player = player
    this.user = user
    this.name = name
    this.addressGroup = share
    this.permissions = permissions
    this.takeovers = new TokenBucket(TAKEOVERS_PER_SECOND_MAX, TAKEOVERS_BURST_MAX, nowMs)
    this.session = new ServerSession(nowMs, sequences)
    this.session.detach()
    this.#state = { stage: 'new', connection: { state: 'disconnected', sinceMs: nowMs } }
  }

  /** A player whose avatar is in a recovered realm. It has been away since `awaySinceMs`. */
  static recovered(avatar: Avatar, sequences: SequenceNumbers, nowMs: number, awaySinceMs: number): Member {
    const member = new Member(avatar, avatar.permissions, nowMs, sequences)
    member.isKnown = true
    member.#state = { stage: 'playing', connection: { state: 'disconnected', sinceMs: awaySinceMs } }
    return member
  }

  get stage(): MemberState['stage'] {
    return this.#state.stage
  }

  get connection(): MemberState['connection'] {
    return this.#state.connection
  }

  /** Null while the player is disconnected. */
  get link(): LinkId | null {
    const { connection } = this.#state
    return connection.state === 'disconnected' ? null : connection.link
  }

  /** A new link, which replaces an older one. Its Hello follows. */
  attach(link: LinkId, nowMs: number): void {
    this.session.attach(nowMs)
    this.session.player = this.player
    this.moves.clear()
    this.#state = { ...this.#state, connection: { state: 'awaiting-hello', link, sinceMs: nowMs } }
  }

  /** The connection is lost. The player may return. */
  detach(nowMs: number): void {
    this.session.detach()
    this.moves.clear()
    this.releaseLink(nowMs)
  }

  /** Gives up the link, but not the session, which still has a goodbye to send. */
  releaseLink(nowMs: number): void {
    this.#state = { ...this.#state, connection: { state: 'disconnected', sinceMs: nowMs } }
  }

  /** A Hello was accepted. */
  enqueue(): void {
    const { connection } = this.#state
    assert(connection.state === 'awaiting-hello', 'a player queues once on each link')
    this.#state = { ...this.#state, connection: { ...connection, state: 'queued' } }
  }

  /** Returns true if the player has no avatar: order a join for it then. */
  admit(): boolean {
    const { stage, connection } = this.#state
    assert(connection.state === 'queued', 'a player is admitted from the queue')
    this.#state = {
      stage: stage === 'playing' ? 'playing' : 'joining',
      connection: { ...connection, state: 'admitted' },
    }
    return stage === 'new'
  }

  /** The player's join was carried out. */
  joined(): void {
    const { stage, connection } = this.#state
    assert(stage === 'joining', 'a player joins once')
    this.#state = { stage: 'playing', connection }
  }

  /** The Welcome was queued. */
  welcome(view: SnapshotBuilder, phase: number): void {
    const { stage, connection } = this.#state
    assert(
      stage === 'playing' && connection.state === 'admitted',
      'a player with an avatar is welcomed once on each link',
    )
    this.#state = { stage, connection: { ...connection, state: 'welcomed', view, phase } }
    this.isKnown = true
  }
}
