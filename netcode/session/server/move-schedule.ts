/**
 * Decides when a client's moves take effect. A move stays in effect until the next, so a late one makes the avatar walk
 * too long, and the client's prediction is wrong by as much. Each packet carries the client's timeline. A move waits,
 * at most a few ticks, until the server is as far behind that timeline as the latest of the recent packets were. Then
 * moves are as far apart as they were made (a playout buffer; RFC 3550 calls the cause jitter).
 */
import type { Input } from '../../../sim/types.ts'
import { MOVE_HOLD_TICKS_MAX, MOVES_HELD_MAX } from '../limits.ts'

/** Length of the intervals in which delays are remembered, ticks: together 8 s at 60 ticks a second. */
const STRETCH_TICKS = 60
const STRETCHES = 8
/**
 * After this many packets in a row that came too late to be evened out, the measured delays are forgotten: the path has
 * changed.
 */
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

  /** A packet was made at the client's `clientTick` and arrived before the server's `nextTick`. */
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

  /** How far the server should be behind the client's timeline, ticks; at most what waiting can make up. */
  get #behind(): number {
    const bound = this.#least() + MOVE_HOLD_TICKS_MAX
    return Math.max(
      ...this.#stretches.map(({ most }) => most).filter((most) => most <= bound),
      bound - MOVE_HOLD_TICKS_MAX,
    )
  }

  /** Keeps a move that was first sent at the client's `clientTick`, until `takeDue` returns it. */
  hold(input: Input, clientTick: number, nextTick: number): void {
    const wished = this.#stretches.length === 0 ? nextTick : clientTick + this.#behind
    const dueTick = Math.max(this.#held.at(-1)?.dueTick ?? nextTick, Math.min(wished, nextTick + MOVE_HOLD_TICKS_MAX))
    this.#held.push({ input, dueTick })
  }

  /** The moves for the frame of `nextTick`, oldest first. Moves beyond MOVES_HELD_MAX are due at once. */
  takeDue(nextTick: number): Input[] {
    const waiting = this.#held.findIndex(({ dueTick }) => dueTick > nextTick)
    const due = waiting < 0 ? this.#held.length : Math.max(waiting, this.#held.length - MOVES_HELD_MAX)
    return this.#held.splice(0, due).map(({ input }) => input)
  }

  /** The connection is gone: nothing waits, and the next connection has another delay. */
  clear(): void {
    this.#held = []
    this.#forget()
  }

  /**
   * Sorts the content of a packet: moves with a timeline wait; the rest is returned with the moves that are due. `tick`
   * is 0 if the client keeps no timeline.
   */
  sort(latest: readonly Input[], tick: number, moveTicks: number, nextTick: number): Input[] {
    if (tick === 0) return [...latest]
    this.recordArrival(tick, nextTick)
    for (const input of latest) if (input.command.type === 'move') this.hold(input, tick - moveTicks, nextTick)
    return [...this.takeDue(nextTick), ...latest.filter(({ command }) => command.type !== 'move')]
  }
}
