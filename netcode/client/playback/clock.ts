/**
 * Estimates the server's current tick. A snapshot's arrival gives a lower bound; the quickest arrival gives the best
 * one (the minimum filter of NTP, RFC 5905 section 10), plus half of the quickest round trip for its travel. Clock
 * drift is measured by how the quickest arrivals of each second move over a minute.
 */
import { defined } from '../../../sim/assert.ts'

/** Length of an interval whose quickest arrival is remembered, ms. */
const STRETCH_MS = 1_000
/** Intervals that the estimate uses. After them, a lasting change of the path is accepted. */
const WINDOW_STRETCHES = 10
/** Intervals over which drift is measured, and the distance between those that are compared. */
const DRIFT_STRETCHES = 60
const DRIFT_APART = 15
/** Quartz differs by less than 100 ppm; a worse machine is still followed. A larger difference is not drift. */
const DRIFT_PPM_MAX = 1_000
/** How much faster or slower than real time the estimate runs to correct an error. */
const SLEW_SHARE = 0.05
/** A larger error is corrected in one step, ms: the server paused, or this machine slept. */
const STEP_MS = 250
/** If all arrivals in this time came more than STEP_MS late, the server paused, ms. */
const PAUSED_MS = 1_000

interface ArrivalWindow {
  readonly index: number
  /** The least difference between arrival time and tick time, ms, and when it was measured. */
  least: number
  atMs: number
  /** The quickest round trip, ms; Infinity if none was measured. */
  rttMs: number
}

export class ServerClock {
  readonly #tickMs: number
  #stretches: ArrivalWindow[] = []
  /** The time since which every arrival was late; null if the last was in time. */
  #lateSinceMs: number | null = null
  #ppm = 0
  #tick: number | null = null
  #atMs = 0
  #steps = 0

  constructor(tickRate: number) {
    this.#tickMs = 1_000 / tickRate
  }

  /** How much faster this machine's clock runs than the server's, parts per million. */
  get driftPpm(): number {
    return this.#ppm
  }

  /** How often the estimate was corrected in a step instead of slewed. */
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
    // The server seems impossibly far ahead: this machine's clock stood still.
    if (expected !== null && offset < expected - STEP_MS) this.#forget()
    this.#lateSinceMs = null
    const stretch = this.#stretch(nowMs)
    if (offset > stretch.least) return
    stretch.least = offset
    stretch.atMs = nowMs
  }

  /** A round trip was measured, without the time that the server held the answer. */
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

  /** The median slope between intervals DRIFT_APART apart (Theil-Sen): one change of the path does not move it. */
  #measureDrift(): void {
    const slopes: number[] = []
    for (let i = DRIFT_APART; i < this.#stretches.length; i += 1) {
      const [a, b] = [this.#stretches[i - DRIFT_APART], this.#stretches[i]]
      if (a && b && a.least < Infinity && b.least < Infinity) slopes.push((b.least - a.least) / (b.atMs - a.atMs))
    }
    if (slopes.length < DRIFT_APART) return
    const median = defined(slopes.toSorted((a, b) => a - b)[slopes.length >> 1], 'a non-empty list has a median')
    const ppm = median * 1e6
    this.#ppm = Math.abs(ppm) <= DRIFT_PPM_MAX ? ppm : 0
  }

  /** Arrival time minus tick time of the quickest arrival, with drift applied; null before the first. */
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

  /**
   * The server's tick, fractional; 0 before the first snapshot and round trip. It advances evenly, and goes back only
   * in a step.
   */
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
