/** What a client is told of its own avatar, for its prediction to go on from. */
import type { Own } from '../../protocol/index.ts'
import type { Avatar } from '../../sim/state/state.ts'

/** Watches which move of one player is in effect, and since when. */
export class OwnMoveTracker {
  #sequence = 0
  #sinceTick = 0

  /** After each tick of the realm. */
  update({ moveSequence }: Pick<Avatar, 'moveSequence'>, tick: number): void {
    if (moveSequence === this.#sequence) return
    this.#sequence = moveSequence
    this.#sinceTick = tick
  }

  /** After `tick`, which `stepped` was told of. */
  ownState({ position, velocity, yaw, grounded, flying, intent }: Avatar, tick: number): Own {
    const moveTicks = this.#sequence === 0 ? 0 : tick - this.#sinceTick + 1
    return { moveSequence: this.#sequence, moveTicks, position, velocity, yaw, grounded, flying, jumping: intent.jump }
  }
}
