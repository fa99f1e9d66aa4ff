/** Measurements from outside while guests are at work: ticks, restarts, growth, and what honest players notice. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readRecording } from '../../../replay/index.ts'
import type { RealmStatus } from '../../../server/http/status.ts'
import { ServerWatch } from '../../../bots/server-watch.ts'
import { usageOf } from '../server-process.ts'
import type { Players } from '../players.ts'

/** Time between two requests of the status, ms: the precision of a gap between ticks. */
const LOOK_MS = 100
const LOOK_MS_MAX = 2_000
const MIB = 1_048_576
/** Recordings up to this size, bytes, are read for the size of their checkpoints: larger ones take seconds. */
const READ_BYTES_MAX = 600 * MIB

export interface ServerLoad {
  readonly seconds: number
  readonly ticks: number
  /** From the server's histogram; null if it did not answer, or its realm restarted. */
  readonly tickMsP50: number | null
  readonly tickMsP99: number | null
  /** The longest tick that a status reported, ms. */
  readonly tickMsMax: number
  /** Share of ticks longer than the period. */
  readonly overBudgetShare: number | null
  /** Processor time of the realm's thread for each tick, ms: other programs on the machine do not count. */
  readonly cpuMsPerTick: number | null
  /** The longest time between two ticks by the status, ms. */
  readonly gapMsMax: number
  readonly restarts: number
  /** Status requests without an answer. */
  readonly unanswered: number
  readonly elements: number
  readonly players: number
  readonly recordedMbPerMinute: number
  readonly checkpointBytesMax: number
  readonly rssMiB: number
  readonly honest: {
    readonly count: number
    readonly in: number
    readonly reconnects: number
    readonly gapMsMax: number
    readonly rejected: Readonly<Record<string, number>>
  }
}

function recordingsOf(data: string): { readonly path: string; readonly bytes: number; readonly atMs: number }[] {
  const folder = join(data, 'recordings')
  const found = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name.endsWith('.owr'),
  )
  return found.flatMap((entry) => {
    const path = join(entry.parentPath, entry.name)
    const stat = statSync(path, { throwIfNoEntry: false })
    return stat ? [{ path, bytes: stat.size, atMs: stat.mtimeMs }] : []
  })
}

/** The largest checkpoint in recordings written since then. */
export function checkpointBytesMax(data: string, sinceMs: number): number {
  let most = 0
  for (const { path, bytes, atMs } of recordingsOf(data)) {
    if (atMs < sinceMs || bytes > READ_BYTES_MAX) continue
    const read = readRecording(new Uint8Array(readFileSync(path)))
    if (read.ok) for (const { rawBytes } of read.value.checkpoints) most = Math.max(most, rawBytes)
  }
  return most
}

export const recordedBytes = (data: string): number => recordingsOf(data).reduce((sum, { bytes }) => sum + bytes, 0)

async function statusOf(url: string): Promise<RealmStatus | null> {
  try {
    const {
      realms: [realm],
    } = (await (await fetch(`${url}v1/status`, { signal: AbortSignal.timeout(LOOK_MS_MAX) })).json()) as {
      readonly realms: readonly RealmStatus[]
    }
    return realm ?? null
  } catch {
    return null
  }
}

interface Options {
  readonly url: string
  readonly data: string
  readonly pid: number
  readonly honest: Players
}

/** Measurements over one stretch of time. */
export class LoadWatch {
  readonly #options: Options
  readonly #metrics: ServerWatch
  #from: Awaited<ReturnType<ServerWatch['scrape']>> = null
  readonly #startMs = performance.now()
  readonly #startedAtMs = Date.now()
  readonly #bytes: number
  readonly #reconnects: number
  readonly #rejected: Record<string, number>
  #timer: NodeJS.Timeout | null = null
  #first: RealmStatus | null = null
  #last: RealmStatus | null = null
  #movedAtMs = performance.now()
  #gapMsMax = 0
  #tickMsMax = 0
  #unanswered = 0

  private constructor(options: Options) {
    this.#options = options
    this.#metrics = new ServerWatch(options.url, () => performance.now())
    this.#bytes = recordedBytes(options.data)
    this.#reconnects = options.honest.reconnects
    this.#rejected = this.#tally()
    options.honest.forgetGaps()
  }

  static async begin(options: Options): Promise<LoadWatch> {
    const watch = new LoadWatch(options)
    watch.#from = await watch.#metrics.scrape()
    await watch.#look()
    watch.#schedule()
    return watch
  }

  #schedule(): void {
    this.#timer = setTimeout(
      () =>
        void this.#look().finally(() => {
          if (this.#timer) this.#schedule()
        }),
      LOOK_MS,
    )
  }

  async #look(): Promise<void> {
    const status = await statusOf(this.#options.url)
    const nowMs = performance.now()
    this.#gapMsMax = Math.max(this.#gapMsMax, nowMs - this.#movedAtMs)
    if (status === null) this.#unanswered += 1
    else {
      this.#first ??= status
      if (status.tick !== this.#last?.tick) this.#movedAtMs = nowMs
      this.#tickMsMax = Math.max(this.#tickMsMax, status.tickMsMax)
      this.#last = status
    }
  }

  get restarts(): number {
    return (this.#last?.restarts ?? 0) - (this.#first?.restarts ?? 0)
  }

  async end(): Promise<ServerLoad> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    await this.#look()
    const { data, pid, honest } = this.#options
    const seconds = (performance.now() - this.#startMs) / 1_000
    const figures = this.restarts === 0 ? this.#metrics.figures(this.#from, await this.#metrics.scrape()) : null
    return {
      seconds: Number(seconds.toFixed(1)),
      ticks: (this.#last?.tick ?? 0) - (this.#first?.tick ?? 0),
      tickMsP50: figures?.tickMsP50 ?? null,
      tickMsP99: figures?.tickMsP99 ?? null,
      tickMsMax: Math.round(this.#tickMsMax),
      overBudgetShare: figures?.overBudgetShare ?? null,
      cpuMsPerTick:
        figures && figures.ticks > 0
          ? Number(((figures.cpu.realm * figures.seconds * 1_000) / figures.ticks).toFixed(2))
          : null,
      gapMsMax: Math.round(this.#gapMsMax),
      restarts: this.restarts,
      unanswered: this.#unanswered,
      elements: this.#last?.elements ?? 0,
      players: this.#last?.players ?? 0,
      recordedMbPerMinute: Number((((recordedBytes(data) - this.#bytes) / 1e6 / seconds) * 60).toFixed(1)),
      checkpointBytesMax: checkpointBytesMax(data, this.#startedAtMs),
      rssMiB: Math.round((usageOf(pid)?.rssBytes ?? 0) / MIB),
      honest: {
        count: honest.all.length,
        in: honest.joined,
        reconnects: honest.reconnects - this.#reconnects,
        gapMsMax: Math.round(Math.max(0, ...honest.all.map((player) => player.gapMsMax))),
        rejected: Object.fromEntries(
          Object.entries(this.#tally())
            .map(([reason, times]) => [reason, times - (this.#rejected[reason] ?? 0)] as const)
            .filter(([, times]) => times > 0),
        ),
      },
    }
  }

  #tally(): Record<string, number> {
    const sum: Record<string, number> = {}
    for (const { bot } of this.#options.honest.all)
      for (const [reason, times] of Object.entries(bot.tally.rejected)) sum[reason] = (sum[reason] ?? 0) + times
    return sum
  }
}
