/** Lockstep peers beside the bots. Each recomputes every tick in its own thread and compares hashes with the server. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { LockstepReport } from '../netcode/lockstep.ts'

export interface HashCheckOptions {
  readonly url: string
  readonly name: string
}

/** Messages of a peer's thread. `firstTick`: the first tick that it checks. */
export type FromHashCheck =
  | { readonly type: 'running' }
  | ({ readonly type: 'report'; readonly firstTick: number; readonly cpuSeconds: number | null } & LockstepReport)
  | { readonly type: 'trouble'; readonly reason: string }
  | { readonly type: 'ended'; readonly reason: string }

export interface WatchFigures {
  readonly peers: number
  /** Sum over all peers. */
  readonly ticksChecked: number
  readonly hashMismatches: number
  /** Figures of each peer. `gap`: ticks between its first and its last that it did not check. */
  readonly each: readonly {
    readonly firstTick: number
    readonly lastTick: number
    readonly ticksChecked: number
    readonly gap: number
    readonly firstMismatch: number | null
  }[]
}

/**
 * Time from the start of the thread to the peer's first tick, ms: loading the engine takes a second, a large checkpoint
 * another.
 */
const START_MS_MAX = 30_000
/** Time to catch up with the server at the end, ms. */
const CATCH_UP_MS_MAX = 30_000
const STOP_MS_MAX = 5_000
/** Two folders above this file, or beside the other bundles. */
const FILE = new URL(
  import.meta.url.endsWith('.ts') ? '../dist/node/lockstep-worker.js' : './lockstep-worker.js',
  import.meta.url,
)

class HashCheck {
  readonly #worker: Worker
  #running = false
  #ended: string | null = null
  #report: Extract<FromHashCheck, { type: 'report' }> | null = null
  #trouble: string | null = null

  constructor(options: HashCheckOptions) {
    this.#worker = new Worker(FILE, { workerData: options })
    this.#worker.on('message', (message: FromHashCheck) => this.#receive(message))
    this.#worker.on('error', (error: Error) => void (this.#ended ??= `its thread failed: ${error.message}`))
    this.#worker.on('exit', () => void (this.#ended ??= 'its thread ended'))
  }

  /** Number of peers that are connected and follow the server. */
  get running(): boolean {
    return this.#running
  }

  get ended(): string | null {
    return this.#ended
  }

  get trouble(): string | null {
    return this.#trouble
  }

  get report(): Extract<FromHashCheck, { type: 'report' }> | null {
    return this.#report
  }

  #receive(message: FromHashCheck): void {
    if (message.type === 'running') this.#running = true
    else if (message.type === 'report') this.#report = message
    else if (message.type === 'trouble') {
      this.#running = false
      this.#trouble = message.reason
    } else this.#ended ??= message.reason
  }

  async stop(): Promise<void> {
    if (this.#ended === null) this.#worker.postMessage('stop', [])
    for (let waitedMs = 0; this.#ended === null && waitedMs < STOP_MS_MAX; waitedMs += 20) await sleep(20)
    await this.#worker.terminate()
  }
}

export class LockstepWatch {
  readonly #watchers: readonly HashCheck[]

  /** Starts `count` peers. */
  constructor(url: string, count: number) {
    this.#watchers = Array.from({ length: count }, (_, i) => new HashCheck({ url, name: `observer ${i + 1}` }))
  }

  /** Resolves when all peers follow; rejects with the reason why one does not. */
  async started(): Promise<void> {
    for (let waitedMs = 0; !this.#watchers.every(({ running }) => running); waitedMs += 20) {
      const failed = this.#watchers.find(({ ended }) => ended !== null)
      if (failed) throw new Error(`A lockstep peer could not start: ${failed.ended ?? ''}`)
      if (waitedMs >= START_MS_MAX)
        throw new Error(`A lockstep peer did not get its first tick within ${START_MS_MAX / 1000} s.`)
      await sleep(20)
    }
  }

  /** Why peers stopped early or had to reconnect; each reason once. */
  get troubles(): string[] {
    return [
      ...new Set(this.#watchers.flatMap(({ ended, trouble }) => [ended, trouble].filter((words) => words !== null))),
    ]
  }

  /** Waits until all following peers have checked `tick`, or cannot catch up. */
  async reached(tick: number): Promise<void> {
    const behind = (): boolean =>
      this.#watchers.some(({ ended, running, report }) => ended === null && running && (report?.tick ?? 0) < tick)
    for (let waitedMs = 0; behind() && waitedMs < CATCH_UP_MS_MAX; waitedMs += 50) await sleep(50)
  }

  get figures(): WatchFigures {
    const each = this.#watchers
      .flatMap(({ report }) => (report ? [report] : []))
      .map(({ firstTick, tick, ticksChecked, firstMismatch }) => ({
        firstTick,
        lastTick: tick,
        ticksChecked,
        gap: tick - firstTick + 1 - ticksChecked,
        firstMismatch: firstMismatch?.tick ?? null,
      }))
    const mismatches = this.#watchers.reduce((sum, { report }) => sum + (report?.mismatches ?? 0), 0)
    return {
      peers: this.#watchers.length,
      ticksChecked: each.reduce((sum, { ticksChecked }) => sum + ticksChecked, 0),
      hashMismatches: mismatches,
      each,
    }
  }

  /** Processor time of all peers' threads so far, seconds; null if the system does not report it. */
  get cpuSeconds(): number | null {
    let sum = 0
    for (const { report } of this.#watchers) {
      if (report === null || report.cpuSeconds === null) return null
      sum += report.cpuSeconds
    }
    return sum
  }

  async stop(): Promise<void> {
    await Promise.all(this.#watchers.map((watcher) => watcher.stop()))
  }
}
