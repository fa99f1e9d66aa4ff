/** The state of a client's own avatar that its prediction needs. */
import type { OwnState } from '../../protocol/index.ts'
import type { Avatar } from '../../sim/state/state.ts'

/** Tracks which move of one player is in effect, and since when. */
export class OwnMoveTracker {
  #sequence = 0
  #sinceTick = 0

  /** Call it after each tick of the realm. */
  update({ moveSequence }: Pick<Avatar, 'moveSequence'>, tick: number): void {
    if (moveSequence === this.#sequence) return
    this.#sequence = moveSequence
    this.#sinceTick = tick
  }

  /** The state after `tick`, for which `update` was called. */
  ownState({ position, velocity, yaw, grounded, flying, intent }: Avatar, tick: number): OwnState {
    const moveTicks = this.#sequence === 0 ? 0 : tick - this.#sinceTick + 1
    return { moveSequence: this.#sequence, moveTicks, position, velocity, yaw, grounded, flying, jumping: intent.jump }
  }
}
