/**
 * What is drawn and has to be loaded first: each frame says what it wants and how far away it is; the nearest is loaded
 * first, a few at once; what nobody wants is let go, the longest unused first, when there is too much of it.
 */

/** Wait before a load that failed for a passing reason is tried again, ms; the last goes on. */
const AGAIN_MS: readonly number[] = [1_000, 3_000, 10_000, 30_000]

export interface LoadsOptions<Request, Value> {
  keyOf(request: Request): string
  load(request: Request): Promise<Value>
  /** What a loaded value weighs, bytes. */
  bytesOf(value: Value): number
  dispose(value: Value): void
  /** A failure that may pass by itself: the load is tried again. */
  isPassing(error: unknown): boolean
  /** Loads at once. */
  loadsMax: number
  /** Values that nobody wants are let go beyond this. */
  bytesMax: number
}

interface Entry<Request, Value> {
  request: Request
  state: 'idle' | 'loading' | 'ready' | 'failed'
  value: Value | null
  problem: string | null
  failures: number
  againAtMs: number
  /** In the frame under way; Infinity where nobody wants it. */
  metres: number
  usedAt: number
}

export class Loads<Request, Value> {
  readonly #options: LoadsOptions<Request, Value>
  readonly #entries = new Map<string, Entry<Request, Value>>()
  #nowMs = 0
  #frame = 0
  #loading = 0

  constructor(options: LoadsOptions<Request, Value>) {
    this.#options = options
  }

  /** Begins a frame. */
  begin(nowMs: number): void {
    this.#nowMs = nowMs
    this.#frame++
    for (const entry of this.#entries.values()) entry.metres = Infinity
  }

  /** The value, where it is loaded; else it is on its way, sooner the nearer it is. */
  want(request: Request, metres: number): Value | null {
    const key = this.#options.keyOf(request)
    let entry = this.#entries.get(key)
    if (!entry) {
      entry = {
        request,
        state: 'idle',
        value: null,
        problem: null,
        failures: 0,
        againAtMs: 0,
        metres: Infinity,
        usedAt: 0,
      }
      this.#entries.set(key, entry)
    }
    entry.request = request
    entry.metres = Math.min(entry.metres, metres)
    entry.usedAt = this.#frame
    return entry.value
  }

  /** The value, where it is loaded, without wanting it. */
  peek(key: string): Value | null {
    return this.#entries.get(key)?.value ?? null
  }

  /** Why it is not there; null: nothing is wrong with it. */
  problemOf(key: string): string | null {
    return this.#entries.get(key)?.problem ?? null
  }

  /** Ends a frame: starts loads, lets go. */
  end(): void {
    const due = [...this.#entries.values()]
      .filter(({ state, metres, againAtMs }) => metres < Infinity && state === 'idle' && this.#nowMs >= againAtMs)
      .toSorted((a, b) => a.metres - b.metres)
    for (const entry of due.slice(0, Math.max(0, this.#options.loadsMax - this.#loading))) void this.#load(entry)
    this.#release()
  }

  async #load(entry: Entry<Request, Value>): Promise<void> {
    entry.state = 'loading'
    this.#loading++
    try {
      entry.value = await this.#options.load(entry.request)
      entry.state = 'ready'
      entry.problem = null
    } catch (error) {
      entry.problem = error instanceof Error ? error.message : String(error)
      entry.state = this.#options.isPassing(error) ? 'idle' : 'failed'
      entry.againAtMs = this.#nowMs + (AGAIN_MS[Math.min(entry.failures, AGAIN_MS.length - 1)] ?? 1_000)
      entry.failures++
    } finally {
      this.#loading--
    }
  }

  #release(): void {
    let bytes = 0
    for (const { value } of this.#entries.values()) if (value !== null) bytes += this.#options.bytesOf(value)
    if (bytes <= this.#options.bytesMax) return
    const unused = [...this.#entries]
      .filter(([, { value, usedAt }]) => value !== null && usedAt < this.#frame)
      .toSorted(([, a], [, b]) => a.usedAt - b.usedAt)
    for (const [key, { value }] of unused) {
      if (bytes <= this.#options.bytesMax || value === null) return
      bytes -= this.#options.bytesOf(value)
      this.#entries.delete(key)
      this.#options.dispose(value)
    }
  }
}
