/**
 * The server's tick now. A snapshot's arrival says what the tick was at least; the one that came quickest says it best
 * (the minimum filter of NTP's clock filter, RFC 5905 section 10), and half the quickest round trip is what it was under
 * way. The clocks' drift comes from how the quickest arrivals of each second move over a minute.
 */

/** Arrivals are remembered by their quickest in each stretch of this long, ms. */
const STRETCH_MS = 1_000
/** Stretches that the estimate rests on: a lasting change of the path is believed after them. */
const WINDOW_STRETCHES = 10
/** Stretches that drift is measured over, and how far apart those are that are compared. */
const DRIFT_STRETCHES = 60
const DRIFT_APART = 15
/** Quartz differs by less than 100 ppm; a machine's that is worse is still followed. Above it is no drift. */
const DRIFT_PPM_MAX = 1_000
/** How much faster or slower than time the estimate goes to become right. */
const SLEW_SHARE = 0.05
/** An error above this is not slewed: the server paused, or this machine slept, ms. */
const STEP_MS = 250
/** All arrivals of so long came later than STEP_MS: the server paused, ms. */
const PAUSED_MS = 1_000

interface ArrivalWindow {
  readonly index: number
  /** The least arrival time minus the tick's own time, ms, and when it was measured. */
  least: number
  atMs: number
  /** The quickest round trip, ms; Infinity: none was measured. */
  rttMs: number
}

export class ServerClock {
  readonly #tickMs: number
  #stretches: ArrivalWindow[] = []
  /** Since when every arrival was late; null: the last was not. */
  #lateSinceMs: number | null = null
  #ppm = 0
  #tick: number | null = null
  #atMs = 0
  #steps = 0

  constructor(tickRate: number) {
    this.#tickMs = 1_000 / tickRate
  }

  /** How much faster this machine's clock goes than the server's, parts per million. */
  get driftPpm(): number {
    return this.#ppm
  }

  /** How often the estimate was set anew rather than slewed. */
  get steps(): number {
    return this.#steps
  }

  /** A snapshot of `tick` arrived. */
  recordSnapshot(tick: number, nowMs: number): void {
    const offset = nowMs - tick * this.#tickMs
    const expected = this.#offset(nowMs)
    if (expected !== null && offset > expected + STEP_MS) {
      this.#lateSinceMs ??= nowMs
      if (nowMs - this.#lateSinceMs >= PAUSED_MS) this.#forget()
      else return
    }
    // The server is far ahead of what is possible: this machine's clock stood still.
    if (expected !== null && offset < expected - STEP_MS) this.#forget()
    this.#lateSinceMs = null
    const stretch = this.#stretch(nowMs)
    if (offset > stretch.least) return
    stretch.least = offset
    stretch.atMs = nowMs
  }

  /** A round trip was measured, without what the other side kept the answer. */
  roundTrip(rttMs: number, nowMs: number): void {
    const stretch = this.#stretch(nowMs)
    stretch.rttMs = Math.min(stretch.rttMs, Math.max(0, rttMs))
  }

  #forget(): void {
    this.#stretches = []
    this.#lateSinceMs = null
  }

  #stretch(nowMs: number): ArrivalWindow {
    const index = Math.floor(nowMs / STRETCH_MS)
    const last = this.#stretches.at(-1)
    if (last?.index === index) return last
    const stretch = { index, least: Infinity, atMs: nowMs, rttMs: Infinity }
    this.#stretches.push(stretch)
    if (this.#stretches.length > DRIFT_STRETCHES) this.#stretches.shift()
    this.#measureDrift()
    return stretch
  }

  /** The median slope between stretches that lie DRIFT_APART apart (Theil and Sen): one change of the path does not move it. */
  #measureDrift(): void {
    const slopes: number[] = []
    for (let i = DRIFT_APART; i < this.#stretches.length; i += 1) {
      const [a, b] = [this.#stretches[i - DRIFT_APART], this.#stretches[i]]
      if (a && b && a.least < Infinity && b.least < Infinity) slopes.push((b.least - a.least) / (b.atMs - a.atMs))
    }
    if (slopes.length < DRIFT_APART) return
    const ppm = (slopes.toSorted((a, b) => a - b)[slopes.length >> 1] ?? 0) * 1e6
    this.#ppm = Math.abs(ppm) <= DRIFT_PPM_MAX ? ppm : 0
  }

  /** Arrival time minus tick time of the quickest, brought to now by the drift; null before the first. */
  #offset(nowMs: number): number | null {
    let least = Infinity
    for (const stretch of this.#stretches.slice(-WINDOW_STRETCHES))
      least = Math.min(least, stretch.least + ((nowMs - stretch.atMs) * this.#ppm) / 1e6)
    return least === Infinity ? null : least
  }

  /** Half the quickest round trip, ticks; 0 before the first. */
  get awayTicks(): number {
    return (this.#oneWayMs ?? 0) / this.#tickMs
  }

  /** Half the quickest round trip, ms; null before the first. */
  get #oneWayMs(): number | null {
    const rttMs = Math.min(Infinity, ...this.#stretches.slice(-WINDOW_STRETCHES).map((stretch) => stretch.rttMs))
    return rttMs === Infinity ? null : rttMs / 2
  }

  /** The server's tick, with parts of one; 0 before the first snapshot and round trip. It goes on evenly, and back only in a step. */
  tick(nowMs: number): number {
    const elapsed = Math.max(0, nowMs - this.#atMs) / this.#tickMs
    this.#atMs = Math.max(this.#atMs, nowMs)
    const [offset, oneWayMs] = [this.#offset(nowMs), this.#oneWayMs]
    this.#tick = this.#follow(
      offset === null || oneWayMs === null ? null : (nowMs - offset + oneWayMs) / this.#tickMs,
      elapsed,
    )
    return this.#tick ?? 0
  }

  #follow(wanted: number | null, elapsed: number): number | null {
    if (this.#tick === null) return wanted === null ? null : Math.max(0, wanted)
    const free = this.#tick + elapsed
    if (wanted === null) return free
    const error = wanted - free
    if (Math.abs(error) * this.#tickMs > STEP_MS) {
      this.#steps += 1
      return Math.max(0, wanted)
    }
    const most = elapsed * SLEW_SHARE
    return free + Math.min(most, Math.max(-most, error))
  }
}
