/** A server's figures while bots play: the difference between two scrapes of its /metrics. */
import { below } from '../netcode/connect-error.ts'
import { parseMetrics, type Metrics } from './parse-metrics.ts'

/** Figures of a stretch of time. Percentiles of ticks come from the histogram, evenly within a bucket. */
export interface ServerFigures {
  readonly seconds: number
  readonly ticks: number
  readonly tickMsP50: number
  readonly tickMsP99: number
  /** Share of the ticks that took longer than the period. */
  readonly overBudgetShare: number
  /** Milliseconds by which the realm fell behind the clock. */
  readonly delayedMs: number
  /** Mean milliseconds of each part of a tick. */
  readonly partsMs: Readonly<Record<string, number>>
  /** Shares of one core. Those of threads exist only if the server's system reports them. */
  readonly cpu: { readonly server: number; readonly webrtc: number; readonly main: number; readonly realm: number }
  /** Memory at the end. */
  readonly rssMiB: { readonly server: number; readonly webrtc: number }
  /** Number of props at the end, and the mean over all scrapes. */
  readonly props: number
  readonly propsAwakeMean: number
  /** Connections that a limit refused. */
  readonly refused: number
}

interface MetricsScrape {
  readonly atMs: number
  readonly metrics: Metrics
}

const LOOK_MS_MAX = 5_000
const MIB = 1024 * 1024

export class ServerWatch {
  readonly #url: string
  readonly #nowMs: () => number
  #awake: number[] = []

  constructor(url: string, nowMs: () => number) {
    this.#url = below(url, 'metrics').href
    this.#nowMs = nowMs
  }

  /** Null if the server has no readable metrics, for example behind a proxy that hides them. */
  async scrape(): Promise<MetricsScrape | null> {
    try {
      const response = await fetch(this.#url, { signal: AbortSignal.timeout(LOOK_MS_MAX) })
      const look = { atMs: this.#nowMs(), metrics: parseMetrics(await response.text()) }
      this.#awake.push(look.metrics.sum('otherworld_props_awake'))
      return look
    } catch {
      return null
    }
  }

  /** Figures between two scrapes; the next stretch begins with the second. */
  figures(from: MetricsScrape | null, to: MetricsScrape | null): ServerFigures | null {
    const awake = this.#awake
    this.#awake = []
    if (!from || !to || !to.metrics.families.has('otherworld_tick_seconds')) return null
    const seconds = (to.atMs - from.atMs) / 1000
    const grown = (name: string, labels?: Readonly<Record<string, string>>): number =>
      to.metrics.sum(name, labels) - from.metrics.sum(name, labels)
    const now = (name: string, labels?: Readonly<Record<string, string>>): number => to.metrics.sum(name, labels)
    const ticks = grown('otherworld_tick_seconds_count')
    const buckets = tickBuckets(from.metrics, to.metrics)
    const process = (name: string): number =>
      rounded(grown('otherworld_process_cpu_seconds_total', { process: name }) / seconds, 3)
    const threads = (to.metrics.families.get('otherworld_thread_cpu_seconds_total')?.lines ?? []).map(
      ({ labels }) => labels['thread'] ?? '',
    )
    const thread = (name: string): number => grown('otherworld_thread_cpu_seconds_total', { thread: name }) / seconds
    const parts = [
      ...new Set(
        (to.metrics.families.get('otherworld_tick_part_seconds')?.lines ?? []).map(
          ({ labels }) => labels['part'] ?? '',
        ),
      ),
    ]
    return {
      seconds: rounded(seconds, 2),
      ticks,
      tickMsP50: rounded(quantile(buckets, 0.5) * 1000, 2),
      tickMsP99: rounded(quantile(buckets, 0.99) * 1000, 2),
      overBudgetShare: rounded(ticks > 0 ? grown('otherworld_tick_overruns_total') / ticks : 0, 5),
      delayedMs: rounded(grown('otherworld_tick_delay_seconds_total') * 1000, 0),
      partsMs: Object.fromEntries(
        parts.map((part) => [
          part,
          rounded((grown('otherworld_tick_part_seconds_sum', { part }) / Math.max(1, ticks)) * 1000, 3),
        ]),
      ),
      cpu: {
        server: process('server'),
        webrtc: process('webrtc'),
        main: rounded(thread('main'), 3),
        realm: rounded(
          threads.filter((name) => name.startsWith('realm ')).reduce((sum, name) => sum + thread(name), 0),
          3,
        ),
      },
      rssMiB: { server: memory(now, 'server'), webrtc: memory(now, 'webrtc') },
      props: now('otherworld_props'),
      propsAwakeMean: rounded(awake.reduce((sum, value) => sum + value, 0) / Math.max(1, awake.length), 1),
      refused: grown('otherworld_connections_refused_total'),
    }
  }
}

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits))
const memory = (now: (name: string, labels: Readonly<Record<string, string>>) => number, process: string): number =>
  rounded(now('otherworld_process_resident_memory_bytes', { process }) / MIB, 1)

/** Upper bound in seconds, and the number of additional ticks up to it, ascending. */
type Buckets = readonly (readonly [bound: number, count: number])[]

function tickBuckets(from: Metrics, to: Metrics): Buckets {
  const name = 'otherworld_tick_seconds_bucket'
  const bounds = [
    ...new Set(
      (to.families.get('otherworld_tick_seconds')?.lines ?? []).flatMap(({ labels }) =>
        labels['le'] === undefined ? [] : [labels['le']],
      ),
    ),
  ]
  return bounds.map((le) => [le === '+Inf' ? Infinity : Number(le), to.sum(name, { le }) - from.sum(name, { le })])
}

/**
 * The value below which `share` of the ticks lies, as in Prometheus' histogram_quantile: evenly within a bucket; the
 * lower bound of the last bucket.
 */
export function quantile(buckets: Buckets, share: number): number {
  const rank = share * (buckets.at(-1)?.[1] ?? 0)
  let [low, before] = [0, 0]
  for (const [bound, count] of buckets) {
    if (count >= rank && count > before)
      return bound === Infinity ? low : low + ((bound - low) * (rank - before)) / (count - before)
    ;[low, before] = [bound, count]
  }
  return low === Infinity ? 0 : low
}
