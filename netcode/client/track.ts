/** The states of one strand as they came, and its state at any moment between and shortly after them. */

/** States kept of one strand: 1.6 s at 20 Hz, more than the longest delay. */
export const TRACK_LENGTH_MAX = 32
/** Up to this gap an element counts as sent seldom, and goes evenly from state to state, ticks. */
const GAP_TICKS_MAX = 45
/** After a longer one it rested, until this many ticks before the state that shows it elsewhere. */
const SPAN_TICKS_MAX = 15
/** How far beyond the newest state a guess goes, ticks. */
const AHEAD_TICKS_MAX = 30

interface Keyed<T> {
  readonly tick: number
  readonly state: T
}

export class Track<T> {
  #keys: Keyed<T>[] = []

  /** Takes a state; one of an older tick finds its place. */
  add(tick: number, state: T): void {
    let at = this.#keys.length
    while (at > 0 && (this.#keys[at - 1]?.tick ?? 0) > tick) at -= 1
    if (this.#keys[at - 1]?.tick === tick) return
    this.#keys.splice(at, 0, { tick, state })
    if (this.#keys.length > TRACK_LENGTH_MAX) this.#keys.shift()
  }

  get length(): number {
    return this.#keys.length
  }

  /** The newest state, whatever its tick. */
  get newest(): T | null {
    return this.#keys.at(-1)?.state ?? null
  }

  /** The state at a moment: mixed from the two around it; after the last, that one, or what `ahead` makes of it; null before the first. */
  at(tick: number, mix: (a: T, b: T, t: number) => T, ahead?: (state: T, ticks: number) => T): T | null {
    const after = this.#keys.findIndex((key) => key.tick > tick)
    if (after < 0) return this.#beyond(tick, ahead)
    const b = this.#keys[after]
    const a = this.#keys[after - 1]
    if (a === undefined || b === undefined) return null
    const from = b.tick - a.tick <= GAP_TICKS_MAX ? a.tick : b.tick - SPAN_TICKS_MAX
    return tick <= from ? a.state : mix(a.state, b.state, (tick - from) / (b.tick - from))
  }

  #beyond(tick: number, ahead?: (state: T, ticks: number) => T): T | null {
    const last = this.#keys.at(-1)
    if (last === undefined || ahead === undefined) return last?.state ?? null
    return ahead(last.state, Math.min(AHEAD_TICKS_MAX, tick - last.tick))
  }
}
