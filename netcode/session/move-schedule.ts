/**
 * When a client's moves take effect. A move holds until the next, so one that the network brings late makes the avatar
 * walk on for too long, and the client's prediction of it is wrong by as much. Each packet says where the client's own
 * timeline was; a move waits, a few ticks at most, until the server is as far behind that timeline as the latest of the
 * recent packets were. Then moves are as far apart as they were made (a playout buffer; RFC 3550 calls the cause jitter).
 */
import type { Input } from '../../sim/types.ts'
import { MOVE_HOLD_TICKS_MAX, MOVES_HELD_MAX } from './limits.ts'

/** How long a packet's delay is remembered, in stretches of so many ticks: 8 s at 60 ticks a second. */
const STRETCH_TICKS = 60
const STRETCHES = 8
/** After so many packets in a row that came later than can be evened out, what was known is forgotten: the path has changed. */
const LATE_MAX = 8

interface DelayWindow {
  readonly index: number
  least: number
  most: number
}

interface HeldMove {
  readonly input: Input
  readonly dueTick: number
}

export class MoveSchedule {
  /** The packets' delays: the server's next tick minus the client's, whatever their origins. */
  #stretches: DelayWindow[] = []
  #held: HeldMove[] = []
  #late = 0

  /** Moves that wait. */
  get length(): number {
    return this.#held.length
  }

  /** A packet was made at the client's `clientTick` and came before the server's `nextTick`. */
  recordArrival(clientTick: number, nextTick: number): void {
    const delay = nextTick - clientTick
    const index = Math.floor(nextTick / STRETCH_TICKS)
    this.#stretches = this.#stretches.filter((stretch) => stretch.index > index - STRETCHES)
    const least = this.#least()
    this.#late = delay > least + MOVE_HOLD_TICKS_MAX ? this.#late + 1 : 0
    if (this.#late >= LATE_MAX) this.#forget()
    if (this.#late > 0) return
    const last = this.#stretches.at(-1)
    if (last?.index !== index) this.#stretches.push({ index, least: delay, most: delay })
    else {
      last.least = Math.min(last.least, delay)
      last.most = Math.max(last.most, delay)
    }
  }

  #forget(): void {
    this.#stretches = []
    this.#late = 0
  }

  #least(): number {
    return Math.min(Infinity, ...this.#stretches.map(({ least }) => least))
  }

  /** How far the server is to be behind the client's timeline, ticks; no more than can be made up by waiting. */
  get #behind(): number {
    const bound = this.#least() + MOVE_HOLD_TICKS_MAX
    return Math.max(
      ...this.#stretches.map(({ most }) => most).filter((most) => most <= bound),
      bound - MOVE_HOLD_TICKS_MAX,
    )
  }

  /** Keeps a move that was first sent at the client's `clientTick`; `take` gives it when it is due. */
  hold(input: Input, clientTick: number, nextTick: number): void {
    const wished = this.#stretches.length === 0 ? nextTick : clientTick + this.#behind
    const dueTick = Math.max(this.#held.at(-1)?.dueTick ?? nextTick, Math.min(wished, nextTick + MOVE_HOLD_TICKS_MAX))
    this.#held.push({ input, dueTick })
  }

  /** The moves that belong in the frame of `nextTick`, oldest first; what exceeds MOVES_HELD_MAX does not wait any longer. */
  takeDue(nextTick: number): Input[] {
    const waiting = this.#held.findIndex(({ dueTick }) => dueTick > nextTick)
    const due = waiting < 0 ? this.#held.length : Math.max(waiting, this.#held.length - MOVES_HELD_MAX)
    return this.#held.splice(0, due).map(({ input }) => input)
  }

  /** The connection is gone: nothing waits, and the next one has another delay. */
  clear(): void {
    this.#held = []
    this.#forget()
  }

  /** Sorts what a packet brought: moves with a timeline wait, the rest is given back with the moves that are due. `tick` 0: the client keeps none. */
  sort(latest: readonly Input[], tick: number, moveTicks: number, nextTick: number): Input[] {
    if (tick === 0) return [...latest]
    this.recordArrival(tick, nextTick)
    for (const input of latest) if (input.command.type === 'move') this.hold(input, tick - moveTicks, nextTick)
    return [...this.takeDue(nextTick), ...latest.filter(({ command }) => command.type !== 'move')]
  }
}
