/** Routes what the simulation reports of a command to the session that sent the command. */
import { assert } from '../../sim/assert.ts'
import type { ServerMessage } from '../../protocol/index.ts'
import type { PlayerId, Realm, RejectReason, SimEvent } from '../../sim/index.ts'
import type { Member } from './sessions/member.ts'
import { plural } from '../../http-contract/plural.ts'

/** Message that reports the outcome of a command to its sender. */
export type CommandOutcome = Extract<ServerMessage, { readonly type: 'commandDone' | 'commandRejected' }>

type SequencedEvent = Extract<SimEvent, { readonly sequence: number }>

export interface OutcomeTargets {
  memberOf(player: PlayerId): Member | undefined
  /** The player cannot enter. `reason` is a message for a person. */
  refuse(member: Member, reason: string): void
}

export class OutcomeRouter {
  readonly #realm: Realm
  readonly #targets: OutcomeTargets
  /** Joins under way, by the sequence of the server's input. */
  readonly #joins = new Map<number, Member>()

  constructor(realm: Realm, targets: OutcomeTargets) {
    this.#realm = realm
    this.#targets = targets
  }

  /** The outcome of the server's input `sequence` will say whether `member` may enter. */
  expectJoin(sequence: number, member: Member): void {
    assert(!this.#joins.has(sequence), 'each join has its own sequence')
    this.#joins.set(sequence, member)
  }

  route(events: readonly SimEvent[]): void {
    for (const event of events) {
      // Sequence 0 belongs to no input: a prop slipped from a hand, which the catalog reports to everyone.
      if (!('sequence' in event) || event.sequence === 0) continue
      if (event.player === 0) this.#routeToServer(event)
      else this.#targets.memberOf(event.player)?.session.queue(outcomeOf(event, this.#realm.tick))
    }
  }

  #routeToServer(event: SequencedEvent): void {
    if (event.type === 'permitted') this.#reportPermissions(event.changed)
    const member = this.#joins.get(event.sequence)
    if (member === undefined || (event.type !== 'joined' && event.type !== 'rejected')) return
    this.#joins.delete(event.sequence)
    // The player may have left since, and may even be back as a new member with its own join.
    if (this.#targets.memberOf(member.player) !== member) return
    if (event.type === 'joined') member.joined()
    else this.#targets.refuse(member, this.#refusalText(event.reason))
  }

  #reportPermissions(player: PlayerId): void {
    const permissions = this.#realm.players.get(player)?.permissions
    if (permissions !== undefined)
      this.#targets.memberOf(player)?.session.queue({ type: 'permissionsChanged', permissions })
  }

  #refusalText(reason: RejectReason): string {
    if (reason === 'realm-full')
      return `The realm is full: ${plural(this.#realm.definition.playersMax, 'player is', 'players are')} in it. Try again later.`
    return `The realm did not admit you (${reason}).`
  }
}

/** Returns the message that reports an event to the sender of its command. */
export function outcomeOf(event: SequencedEvent, tick: number): CommandOutcome {
  const { sequence } = event
  if (event.type === 'rejected') return { type: 'commandRejected', sequence, reason: event.reason, tick }
  return { type: 'commandDone', sequence, element: 'element' in event ? event.element : 0, tick }
}
