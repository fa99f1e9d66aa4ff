/** Admission: from a client's Hello through the admission queue to the join of its avatar. */
import { PROTOCOL_VERSION, type Hello } from '../../../protocol/index.ts'
import type { Realm } from '../../../sim/index.ts'
import type { LinkId } from '../../both-threads/realm-messages.ts'
import { AdmissionQueue } from './admission-queue.ts'
import type { InteractionCenter } from '../interaction-center.ts'
import type { Member } from './member.ts'
import { versionMismatchText } from '../replication/observers.ts'
import type { OutcomeRouter } from '../outcomes.ts'

export interface AdmissionOptions {
  readonly realm: Realm
  readonly center: InteractionCenter
  readonly outcomes: OutcomeRouter
  /** Returns why no new player may join at present, or null. */
  closedTo(): string | null
}

export class AdmissionControl {
  readonly #options: AdmissionOptions
  readonly #queue = new AdmissionQueue<{ readonly member: Member; readonly link: LinkId; readonly body: number }>()

  constructor(options: AdmissionOptions) {
    this.#options = options
  }

  /**
   * Takes the first Hello of a link. Returns why the player cannot enter, as a message for a person; null: it waits for
   * its turn.
   */
  receiveHello(member: Member, link: LinkId, hello: Hello): string | null {
    const refusal = this.#refusalOf(hello) ?? (member.stage === 'new' ? this.#options.closedTo() : null)
    if (refusal !== null) return refusal
    member.enqueue()
    this.#queue.enqueue({ member, link, body: hello.body })
    this.#admit()
    return null
  }

  /** After each tick: the next players may enter. */
  ticked(): void {
    this.#queue.startTick()
    this.#admit()
  }

  /** A player that has gone, or has changed its link, loses its place in the queue. */
  #admit(): void {
    const isWaiting = ({ member, link }: { readonly member: Member; readonly link: LinkId }): boolean =>
      member.link === link && member.connection.state === 'queued'
    for (const { member, body } of this.#queue.admit(isWaiting)) if (member.admit()) this.#join(member, body)
  }

  #join(member: Member, body: number): void {
    const { center, outcomes } = this.#options
    const { player, user, name, addressGroup, permissions } = member
    const sequence = center.order({
      type: 'join',
      player,
      user,
      ...(addressGroup === undefined ? {} : { share: addressGroup }),
      name,
      body,
      permissions,
    })
    outcomes.expectJoin(sequence, member)
  }

  #refusalOf(hello: Hello): string | null {
    const bodies = this.#options.realm.definition.bodies.length
    if (hello.protocol !== PROTOCOL_VERSION) return versionMismatchText(hello.protocol)
    if (hello.mode === 'lockstep')
      return 'Lockstep peers see everything and need a token with the role "observer"; this one is a player\'s.'
    return hello.body < bodies ? null : `There is no body ${hello.body}; this realm has bodies 0 to ${bodies - 1}.`
  }
}
