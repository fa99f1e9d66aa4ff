/** The snapshots of one element, and its state at any moment between them. */

/** Snapshots kept of one element: 1.6 s at 20 Hz, more than the longest delay. */
export const TRACK_LENGTH_MAX = 32
/** An element rests until this many ticks before the snapshot that shows it elsewhere: sleepers are sent seldom. */
const SPAN_TICKS_MAX = 15

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

  /** The state at a moment: mixed from the two around it; the last known after it; null before the first. */
  at(tick: number, mix: (a: T, b: T, t: number) => T): T | null {
    const after = this.#keys.findIndex((key) => key.tick > tick)
    if (after < 0) return this.newest
    const b = this.#keys[after]
    const a = this.#keys[after - 1]
    if (a === undefined || b === undefined) return null
    const from = Math.max(a.tick, b.tick - SPAN_TICKS_MAX)
    return tick <= from ? a.state : mix(a.state, b.state, (tick - from) / (b.tick - from))
  }
}
