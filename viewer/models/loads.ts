/**
 * Loads values on demand. Each frame requests keys with their distances. The nearest load first, a few at once. Values
 * that nobody requests are dropped, the least recently used first, when there are too many.
 */

/** Pauses before a transient failure is retried, ms. The last one repeats. */
const AGAIN_MS: readonly number[] = [1_000, 3_000, 10_000, 30_000]

export interface LoadsOptions<Request, Value> {
  keyOf(request: Request): string
  load(request: Request): Promise<Value>
  /** Size of a loaded value, bytes. */
  bytesOf(value: Value): number
  dispose(value: Value): void
  /** True for a transient failure: the load is retried. */
  isPassing(error: unknown): boolean
  /** Loads at once. */
  loadsMax: number
  /** Limit beyond which unused values are dropped. */
  bytesMax: number
}

interface Entry<Request, Value> {
  request: Request
  state: 'idle' | 'loading' | 'ready' | 'failed'
  value: Value | null
  problem: string | null
  failures: number
  againAtMs: number
  /** Distance in the current frame; Infinity if nobody requests it. */
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

  /** Returns the value if it is loaded; otherwise requests it. */
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

  /** Returns the value if it is loaded, without a request. */
  peek(key: string): Value | null {
    return this.#entries.get(key)?.value ?? null
  }

  /** The load error; null if there is none. */
  problemOf(key: string): string | null {
    return this.#entries.get(key)?.problem ?? null
  }

  /** Ends a frame: starts loads and drops unused values. */
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
