/**
 * Command routing: the inputs of players go to the Interaction Center, and their acknowledgements come back from the
 * log.
 */
import { isLatestWins } from '../../protocol/index.ts'
import type { Input, InputFrame, Realm } from '../../sim/index.ts'
import type { InteractionCenter } from './interaction-center.ts'
import type { Member } from './sessions/member.ts'
import type { MemberTable } from './sessions/member-table.ts'

export class CommandRouter {
  readonly #realm: Realm
  readonly #center: InteractionCenter
  readonly #members: MemberTable

  constructor(realm: Realm, center: InteractionCenter, members: MemberTable) {
    this.#realm = realm
    this.#center = center
    this.#members = members
  }

  /** Returns false if more of the player's inputs wait than the realm keeps. The rest of `inputs` is dropped then. */
  submit({ player }: Member, inputs: readonly Input[]): boolean {
    for (const input of inputs) if (!this.#center.submit(player, input)) return false
    return true
  }

  /** Submits the moves that are due in the next tick. Returns as `submit` does. */
  submitDueMoves(member: Member): boolean {
    return this.submit(member, member.moves.takeDue(this.#realm.tick + 1))
  }

  /**
   * Submits a move that stops the avatar of a lost player. It would walk on otherwise, as a move holds until the next.
   */
  standStill({ player, session }: Member): void {
    const avatar = this.#realm.players.get(player)
    if (!avatar) return
    const command = {
      type: 'move',
      x: 0,
      y: 0,
      z: 0,
      yaw: avatar.yaw,
      jump: false,
      run: false,
      fly: avatar.flying,
    } as const
    this.#center.submit(player, { player, sequence: session.nextSequence(), command })
  }

  /** The log holds the frame. Only now are its commands acknowledged to their clients. */
  acknowledge({ inputs }: InputFrame): void {
    for (const { player, sequence, command } of inputs)
      if (!isLatestWins(command.type)) this.#members.get(player)?.session.recorded(sequence)
  }
}
