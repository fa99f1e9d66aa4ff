/** A player of the realm as the server keeps it: outlives links, ends with its leave. */
import { MoveSchedule, ServerSession } from '../../netcode/session/index.ts'
import { TokenBucket } from '../../http/token-bucket.ts'
import { OwnMoveTracker, type SnapshotView } from '../../netcode/snapshot.ts'
import type { PlayerId, UserNumber } from '../../sim/index.ts'
import { TAKEOVERS_BURST_MAX, TAKEOVERS_PER_SECOND_MAX } from '../limits.ts'
import type { SequenceNumbers } from '../recorder/sequence-tracker.ts'
import type { LinkId } from '../realm-messages.ts'
import type { Claims } from '../accounts/tokens.ts'

export class Member {
  readonly player: PlayerId
  readonly user: UserNumber
  readonly name: string
  /** See Claims. */
  readonly share: number | undefined
  readonly session: ServerSession
  /** Its user; empty where it was recovered and has not come back. */
  uid = ''
  /** What it may do, or will when it has joined; null before its first link. */
  permissions: number | null = null
  /** Null while nobody is connected. */
  link: LinkId | null = null
  /** Since when `link` is what it is. */
  linkAtMs: number
  /** `new`: has said nothing. `joining`: its join is on its way. `playing`: it has an avatar. */
  stage: 'new' | 'joining' | 'playing' = 'new'
  /** On this link: no Hello yet; a Hello, and it waits for its turn; its turn has come; it was told of the world. */
  greeting: 'none' | 'asked' | 'admitted' | 'welcomed' = 'none'
  /** What it was shown on this link; null before the Welcome. */
  view: SnapshotView | null = null
  /** Its moves that are not in effect yet. */
  readonly moves = new MoveSchedule()
  /** Which of its moves is in effect. */
  readonly own = new OwnMoveTracker()
  /** In which of the ticks between two snapshots its own goes out. */
  phase = 0
  /** How often it may still move to another link. */
  readonly takeovers: TokenBucket
  /** It was welcomed on an earlier link, or recovered: its numbering goes on. */
  known = false

  constructor(
    { player, user, name, share }: Pick<Claims, 'player' | 'user' | 'name' | 'share'>,
    nowMs: number,
    sequences?: SequenceNumbers,
  ) {
    this.player = player
    this.user = user
    this.name = name
    this.share = share
    this.linkAtMs = nowMs
    this.takeovers = new TokenBucket(TAKEOVERS_PER_SECOND_MAX, TAKEOVERS_BURST_MAX, nowMs)
    this.session = new ServerSession(nowMs, sequences)
    this.session.detach()
  }

  attach(link: LinkId, nowMs: number): void {
    this.session.attach(nowMs)
    this.session.player = this.player
    this.moves.clear()
    this.link = link
    this.linkAtMs = nowMs
    this.greeting = 'none'
    this.view = null
  }

  detach(nowMs: number): void {
    this.session.detach()
    this.moves.clear()
    this.link = null
    this.linkAtMs = nowMs
    this.greeting = 'none'
    this.view = null
  }
}
