/**
 * Which moment to draw: the server's clock as the snapshots tell it, and a delay behind it that keeps a snapshot on
 * either side of the moment (interpolation; Valve, "Source Multiplayer Networking"). The delay grows with the jitter.
 */

/** Bounds of the delay, ms. At 20 snapshots a second the least spans two of them. */
export const DELAY_MS_MIN = 100
export const DELAY_MS_MAX = 500
/** The delay holds this many mean deviations of the arrival times, beside one snapshot interval. */
const JITTER_FACTOR = 3
/** Weight of a new arrival in the running means. */
const GAIN = 1 / 16
/** A clock that is off by more is set at once, ms: the server paused, or this is another one. */
const JUMP_MS = 1_000

export class Playback {
  readonly #tickMs: number
  #offsetMs: number | null = null
  #jitterMs = 0
  #intervalMs = 50
  #delayMs = DELAY_MS_MIN
  #newest = 0
  #drawn = 0
  #atMs = 0

  constructor(tickRate: number) {
    this.#tickMs = 1_000 / tickRate
  }

  get delayMs(): number {
    return this.#delayMs
  }

  get jitterMs(): number {
    return this.#jitterMs
  }

  /** Newest tick that a snapshot arrived of. */
  get newest(): number {
    return this.#newest
  }

  /** A snapshot of `tick` arrived. Parts of one tick count once. */
  arrived(tick: number, nowMs: number): void {
    if (tick <= this.#newest && this.#offsetMs !== null) return
    const offsetMs = nowMs - tick * this.#tickMs
    if (this.#offsetMs === null || Math.abs(offsetMs - this.#offsetMs) > JUMP_MS) {
      this.#offsetMs = offsetMs
      this.#drawn = 0
    } else {
      const deviation = offsetMs - this.#offsetMs
      this.#offsetMs += deviation * GAIN
      this.#jitterMs += (Math.abs(deviation) - this.#jitterMs) * GAIN
      this.#intervalMs += (Math.min(500, (tick - this.#newest) * this.#tickMs) - this.#intervalMs) * GAIN
    }
    this.#newest = tick
  }

  /** The server's tick whose snapshot would arrive now, with parts; 0 before the first snapshot. */
  arrivingTick(nowMs: number): number {
    return this.#offsetMs === null ? 0 : Math.max(0, (nowMs - this.#offsetMs) / this.#tickMs)
  }

  /** The moment to draw, in ticks; never goes back, but for a clock that was set anew. */
  drawTick(nowMs: number): number {
    const elapsedMs = Math.max(0, nowMs - this.#atMs)
    this.#atMs = Math.max(this.#atMs, nowMs)
    const wanted = Math.min(DELAY_MS_MAX, Math.max(DELAY_MS_MIN, this.#intervalMs * 1.5 + this.#jitterMs * JITTER_FACTOR))
    // At most a tenth faster or slower than time, so that nobody sees it.
    const change = Math.min(elapsedMs * 0.1, Math.abs(wanted - this.#delayMs))
    this.#delayMs += wanted > this.#delayMs ? change : -change
    this.#drawn = Math.max(this.#drawn, this.arrivingTick(nowMs) - this.#delayMs / this.#tickMs)
    return this.#drawn
  }
}
