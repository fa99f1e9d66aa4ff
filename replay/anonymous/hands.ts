/** Neutral hands: which hand a person prefers says something about the person. */
import { Hand, type HandId, type PlayerId } from '../../sim/index.ts'

const ORDER: readonly HandId[] = [Hand.right, Hand.left, Hand.pointer]

/** A player's first hand becomes the right one, the second the left one, the third the pointer. */
export class Hands {
  readonly #used = new Map<PlayerId, HandId[]>()

  of(player: PlayerId, hand: HandId): HandId {
    const used = this.#used.get(player) ?? []
    this.#used.set(player, used)
    if (!used.includes(hand)) used.push(hand)
    return ORDER[used.indexOf(hand)] ?? Hand.pointer
  }
}
