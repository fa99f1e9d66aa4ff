/** The players of a realm, by player and by the link that each is connected with. */
import { assert, defined } from '../../../sim/assert.ts'
import type { PlayerId } from '../../../sim/index.ts'
import type { LinkId } from '../../both-threads/realm-messages.ts'
import type { Member } from './member.ts'

export class MemberTable {
  readonly #byPlayer = new Map<PlayerId, Member>()
  readonly #byLink = new Map<LinkId, Member>()

  get size(): number {
    return this.#byPlayer.size
  }

  /** Number of connected players. */
  get connected(): number {
    return this.#byLink.size
  }

  /** All members, connected or not, in the order in which they were added. */
  all(): MapIterator<Member> {
    return this.#byPlayer.values()
  }

  /** Connected members with their links. */
  links(): MapIterator<[LinkId, Member]> {
    return this.#byLink.entries()
  }

  get(player: PlayerId): Member | undefined {
    return this.#byPlayer.get(player)
  }

  onLink(link: LinkId): Member | undefined {
    return this.#byLink.get(link)
  }

  add(member: Member): void {
    const before = this.#byPlayer.get(member.player)
    assert(before === undefined || before === member, 'a player has one member')
    this.#byPlayer.set(member.player, member)
  }

  /** Connects a member, in place of its link before. */
  attach(member: Member, link: LinkId, nowMs: number): void {
    assert(!this.#byLink.has(link), 'a link is attached to one member, once')
    if (member.link !== null) this.#byLink.delete(member.link)
    this.#byLink.set(link, member)
    member.attach(link, nowMs)
  }

  detach(member: Member, nowMs: number): void {
    const link = defined(member.link, 'a connected member has a link')
    assert(this.#byLink.get(link) === member, 'a link leads to its member')
    this.#byLink.delete(link)
    member.detach(nowMs)
  }

  /** Gives up all links. The sessions still send their goodbyes. */
  releaseLinks(nowMs: number): void {
    for (const member of this.#byLink.values()) member.releaseLink(nowMs)
    this.#byLink.clear()
  }

  remove(member: Member): void {
    if (member.link !== null) this.#byLink.delete(member.link)
    this.#byPlayer.delete(member.player)
  }
}
