/**
 * The received states of one component, and its state at any moment between and shortly after them. The drawn state
 * never jumps: if a later state shows that it was wrong, the error fades out.
 */
import { defined } from '../../../sim/assert.ts'

/** States kept of one component: 1.6 s at 20 Hz, more than the longest delay. */
export const TRACK_LENGTH_MAX = 32
/** Up to this gap a resting component is taken as rarely sent, and interpolated evenly, ticks. */
const GAP_TICKS_MAX = 45
/** After a longer gap it rested, until this many ticks before the state that shows it elsewhere. */
const SPAN_TICKS_MAX = 15
/** Duration of an error's fade, ticks: 150 ms; shorter if states come more often. */
const FADE_TICKS_MAX = 9

interface Keyed<T> {
  readonly tick: number
  readonly state: T
}

/** How a kind of state is interpolated and extrapolated. */
export interface Interpolator<T> {
  /** The state `t` (0 to 1) of the way from a to b, `ticks` long. */
  mix(a: T, b: T, t: number, ticks: number): T
  /** The state `ticks` later, if no other arrives. */
  ahead(state: T, ticks: number): T
  /** True if it keeps moving without new states: then it did not rest even in a long gap. */
  moves(state: T): boolean
  /**
   * Adds `share` (1 to 0) of the difference between `drawn` and `right` to `state`. Returns null if the difference is
   * too large to fade.
   */
  fade(state: T, drawn: T, right: T, share: number): T | null
}

export class Track<T> {
  readonly #motion: Interpolator<T>
  #keys: Keyed<T>[] = []
  /** What was drawn last, and for which tick. */
  #drawn: Keyed<T> | null = null
  /** An error that fades out: what was drawn at a tick, and what was right. */
  #error: { readonly tick: number; readonly drawn: T; readonly right: T; readonly ticks: number } | null = null

  constructor(motion: Interpolator<T>) {
    this.#motion = motion
  }

  /** Adds a state; an older one is sorted in. */
  add(tick: number, state: T): void {
    let at = this.#keys.length
    while (at > 0 && defined(this.#keys[at - 1], 'a track has no holes among its states').tick > tick) at -= 1
    const before = this.#keys[at - 1]?.tick
    if (before === tick) return
    this.#keys.splice(at, 0, { tick, state })
    if (this.#keys.length > TRACK_LENGTH_MAX) this.#keys.shift()
    const drawn = this.#drawn
    // The drawn state was between states that were there already.
    if (drawn === null || before === undefined || drawn.tick <= before) return
    const right = this.#right(drawn.tick, Infinity)
    if (right !== null)
      this.#error = { tick: drawn.tick, drawn: drawn.state, right, ticks: Math.min(FADE_TICKS_MAX, tick - before) }
  }

  get length(): number {
    return this.#keys.length
  }

  /**
   * The oldest state, whatever its tick. It is drawn before its moment, so that nothing jumps when its moment comes.
   */
  get oldest(): T | null {
    return this.#keys[0]?.state ?? null
  }

  /**
   * The state to draw at a moment; null before the first. After the last state it is extrapolated up to `untilTick`.
   */
  at(tick: number, untilTick = Infinity): T | null {
    const right = this.#right(tick, untilTick)
    const state = right === null ? null : this.#faded(right, tick)
    this.#drawn = state === null ? null : { tick, state }
    return state
  }

  #faded(state: T, tick: number): T {
    if (this.#error === null) return state
    const { drawn, right, ticks } = this.#error
    const share = 1 - (tick - this.#error.tick) / ticks
    const faded = share <= 0 || share > 1 ? null : this.#motion.fade(state, drawn, right, share)
    if (faded === null) this.#error = null
    return faded ?? state
  }

  #right(tick: number, untilTick: number): T | null {
    const after = this.#keys.findIndex((key) => key.tick > tick)
    const last = this.#keys.at(-1)
    if (last === undefined) return null
    if (after < 0) return this.#motion.ahead(last.state, Math.max(0, Math.min(tick, untilTick) - last.tick))
    const b = this.#keys[after]
    const a = this.#keys[after - 1]
    if (a === undefined || b === undefined) return null
    const from = b.tick - a.tick <= GAP_TICKS_MAX || this.#motion.moves(a.state) ? a.tick : b.tick - SPAN_TICKS_MAX
    return tick <= from ? a.state : this.#motion.mix(a.state, b.state, (tick - from) / (b.tick - from), b.tick - from)
  }
}
