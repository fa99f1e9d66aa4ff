/** Brings what the simulation reports back to the session that asked for it. */
import type { ServerMessage } from '../../protocol/index.ts'
import type { PlayerId, Realm, RejectReason, SimEvent } from '../../sim/index.ts'
import type { Member } from './member.ts'

export interface OutcomeTargets {
  memberOf(player: PlayerId): Member | undefined
  /** The player cannot enter; `reason` is for its person. */
  refused(member: Member, reason: string): void
}

export class OutcomeRouter {
  readonly #realm: Realm
  readonly #targets: OutcomeTargets
  /** Whom a join of the server's, by its sequence, is for. */
  readonly #joins = new Map<number, PlayerId>()

  constructor(realm: Realm, targets: OutcomeTargets) {
    this.#realm = realm
    this.#targets = targets
  }

  /** The outcome of the server's input `sequence` will say whether `player` may enter. */
  expectJoin(sequence: number, player: PlayerId): void {
    this.#joins.set(sequence, player)
  }

  route(events: readonly SimEvent[]): void {
    for (const event of events) {
      // Sequence 0 is nobody's input: something slipped from a hand, which the catalog tells everyone.
      if (!('sequence' in event) || event.sequence === 0) continue
      if (event.player === 0) this.#toServer(event)
      else this.#toPlayer(event)
    }
  }

  #toServer(event: Extract<SimEvent, { readonly sequence: number }>): void {
    if (event.type === 'permitted') this.#permitted(event.changed)
    const player = this.#joins.get(event.sequence)
    if (player === undefined || (event.type !== 'joined' && event.type !== 'rejected')) return
    this.#joins.delete(event.sequence)
    const member = this.#targets.memberOf(player)
    if (!member) return
    if (event.type === 'joined') member.stage = 'playing'
    else this.#targets.refused(member, this.#wordsFor(event.reason))
  }

  #permitted(player: PlayerId): void {
    const permissions = this.#realm.players.get(player)?.permissions
    if (permissions !== undefined)
      this.#targets.memberOf(player)?.session.queue({ type: 'permissionsChanged', permissions })
  }

  #toPlayer(event: Extract<SimEvent, { readonly sequence: number }>): void {
    const member = this.#targets.memberOf(event.player)
    if (!member) return
    member.session.queue(outcomeOf(event, this.#realm.tick))
  }

  #wordsFor(reason: RejectReason): string {
    if (reason === 'realm-full')
      return `The realm is full: ${this.#realm.definition.playersMax} players are in it. Try again later.`
    return `The realm did not let you in (${reason}).`
  }
}

/** What the sender of an input is told of it. */
export function outcomeOf(event: Extract<SimEvent, { readonly sequence: number }>, tick: number): CommandOutcome {
  const { sequence } = event
  if (event.type === 'rejected') return { type: 'commandRejected', sequence, reason: event.reason, tick }
  return { type: 'commandDone', sequence, element: 'element' in event ? event.element : 0, tick }
}

export type CommandOutcome = Extract<ServerMessage, { readonly type: 'commandDone' | 'commandRejected' }>
