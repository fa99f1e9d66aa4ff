/**
 * Chooses the moment at which others are drawn: far enough behind the server that there is a snapshot on either side of
 * it (interpolation; Valve, "Source Multiplayer Networking"). The delay follows the measured arrivals: nearly all of
 * the last seconds' came within it. It grows as soon as more than a few are late, and shrinks slowly, because lateness
 * comes in clusters.
 */

/**
 * Bounds of the delay behind a snapshot that arrives in time, ms. The lower bound is a send interval at 20 a second,
 * and a frame.
 */
export const DELAY_MS_MIN = 65
export const DELAY_MS_MAX = 500
/** Arrivals that lateness is measured over: 5 s at 20 a second. */
const ARRIVALS_MAX = 100
/** Share of the arrivals that comes within the delay. */
const IN_TIME_SHARE = 0.97
/** Time in which excess delay shrinks to 1/e, ms; the delay grows at once. */
const SHRINK_MS = 4_000
/** Longer gaps say nothing about the send interval, ms. */
const INTERVAL_MS_MAX = 250
/** How much faster or slower than real time the drawn moment runs: nobody notices a tenth. */
const RATE_SHARE = 0.1
/** A larger lag is skipped at once, ms: the page slept, or the server's clock jumped. */
const JUMP_MS = 1_000
/** How far beyond the newest snapshot is drawn while none arrives, ms. */
const AHEAD_MS_MAX = 250
/** Playback does not wait for later arrivals, ms. */
const LATE_MS_MAX = 400
/** After this many of them in a row, the server paused or the path changed, and time continues from there. */
const PAUSED_ARRIVALS = 5
/**
 * After this time without a call the page was stalled, ms. Arrivals at its wake-up say nothing about the connection.
 */
const STALL_MS = 150
/** Time in which the arrivals of a stall are handed over, ms. */
const WAKE_MS = 50

export class Playback {
  readonly #tickMs: number
  /** Arrival time minus tick time of recent arrivals, ms. */
  #offsets: number[] = []
  /** The least of them, null before the first; and how late nearly all of them were against it, ms. */
  #base: number | null = null
  #latenessMs = 0
  #late = 0
  #intervalMs = 50
  #reachMs = 0
  #newest = 0
  #drawn = 0
  #rate = 1
  #atMs = -Infinity
  /** The last call, and when the page last woke from a stall. */
  #activeMs = -Infinity
  #wokeMs = -Infinity

  constructor(tickRate: number) {
    this.#tickMs = 1_000 / tickRate
  }

  /** How far behind snapshots that arrive in time is drawn, ms. */
  get delayMs(): number {
    return Math.min(DELAY_MS_MAX, Math.max(DELAY_MS_MIN, this.#reachMs + this.#intervalMs))
  }

  /** How late nearly all recent arrivals were against the quickest, ms. */
  get jitterMs(): number {
    return this.#reachMs
  }

  /** Newest tick of a received snapshot. */
  get newest(): number {
    return this.#newest
  }

  /** Speed of the drawn moment at the last call, against real time. */
  get rate(): number {
    return this.#rate
  }

  #noticeStall(nowMs: number): void {
    if (nowMs - this.#activeMs > STALL_MS) this.#wokeMs = nowMs
    this.#activeMs = Math.max(this.#activeMs, nowMs)
  }

  /** A snapshot of `tick` arrived. An overtaken one also measures the connection. */
  recordSnapshot(tick: number, nowMs: number): void {
    this.#noticeStall(nowMs)
    const offset = nowMs - tick * this.#tickMs
    if (this.#isUsable(offset, nowMs)) {
      // A lost snapshot counts as late as the one after it, because it could not be shown sooner.
      const missed = this.#newest > 0 && (tick - this.#newest) * this.#tickMs > this.#intervalMs * 1.5
      if (missed && this.#offsets.length > 0) this.#note(offset + this.#intervalMs)
      this.#note(offset)
    }
    if (tick <= this.#newest) return
    if (this.#newest > 0)
      this.#intervalMs += (Math.min(INTERVAL_MS_MAX, (tick - this.#newest) * this.#tickMs) - this.#intervalMs) / 16
    this.#newest = tick
  }

  /** True if an arrival measures the connection, and not a stall of the page. */
  #isUsable(offset: number, nowMs: number): boolean {
    const base = this.#base
    if (base === null) return true
    if (offset < base - JUMP_MS) this.#forget()
    else if (offset > base + LATE_MS_MAX) {
      this.#late += 1
      if (this.#late < PAUSED_ARRIVALS || nowMs - this.#wokeMs < WAKE_MS) return false
      this.#forget()
    } else if (nowMs - this.#wokeMs < WAKE_MS && offset > base + this.#reachMs) return false
    this.#late = 0
    return true
  }

  #forget(): void {
    this.#offsets = []
    this.#base = null
    this.#latenessMs = 0
    this.#reachMs = 0
  }

  #note(offset: number): void {
    this.#offsets.push(offset)
    if (this.#offsets.length > ARRIVALS_MAX) this.#offsets.shift()
    const sorted = this.#offsets.toSorted((a, b) => a - b)
    const base = sorted[0] ?? offset
    const last = sorted[Math.ceil(sorted.length * IN_TIME_SHARE) - 1] ?? base
    this.#latenessMs = Math.min(DELAY_MS_MAX, last - base)
    // If the quickest arrival changes, the moment up to which all has arrived stays the same.
    this.#reachMs += (this.#base ?? base) - base
    this.#base = base
    this.#reachMs = Math.min(DELAY_MS_MAX, Math.max(this.#reachMs, this.#latenessMs))
  }

  /** The tick, fractional, whose snapshot would arrive now if it were as quick as the quickest; 0 before the first. */
  arrivingTick(nowMs: number): number {
    return this.#base === null ? 0 : Math.max(0, (nowMs - this.#base) / this.#tickMs)
  }

  /** The moment to draw, in ticks; never goes back. */
  drawTick(nowMs: number): number {
    this.#noticeStall(nowMs)
    const isFirst = this.#atMs === -Infinity
    const elapsedMs = isFirst ? 0 : Math.max(0, nowMs - this.#atMs)
    this.#atMs = Math.max(this.#atMs, nowMs)
    if (this.#offsets.length === 0) return this.#drawn
    this.#reachMs = this.#latenessMs + (this.#reachMs - this.#latenessMs) * Math.exp(-elapsedMs / SHRINK_MS)
    this.#go(this.arrivingTick(nowMs) - this.delayMs / this.#tickMs, elapsedMs / this.#tickMs)
    return this.#drawn
  }

  #go(wanted: number, elapsed: number): void {
    const end = this.#newest + AHEAD_MS_MAX / this.#tickMs
    const error = Math.min(wanted, end) - (this.#drawn + elapsed)
    const most = elapsed * RATE_SHARE
    const isFar = this.#drawn === 0 || error * this.#tickMs > JUMP_MS
    const next = this.#drawn + elapsed + (isFar ? error : Math.min(most, Math.max(-most, error)))
    const bounded = Math.max(this.#drawn, Math.min(next, end))
    if (elapsed > 0) this.#rate = (bounded - this.#drawn) / elapsed
    this.#drawn = bounded
  }
}
