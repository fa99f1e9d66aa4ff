/**
 * A soak test: a server with bots that come, go, are killed and lose their connections, for a given time. Reports
 * anything that was lost, and the growth of each process's memory.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { parseMetrics, type Metrics } from '../../bots/parse-metrics.ts'
import { Dice } from '../../bots/bot-behaviour.ts'
import {
  childrenOf,
  crowd,
  residentBytes,
  serve,
  type CrowdReport,
  type CrowdRun,
  type SoakServer,
} from './programs.ts'
import { slopeOf, type Slope } from './slope.ts'

const MIB = 1024 * 1024
const SAMPLE_MS = 10_000
/** Share of the time before slopes begin: heaps and caches fill first. */
const WARM_UP_SHARE = 0.25
/** Crowds that come and go beside the permanent one, the length of their stay, and the share of them that is killed. */
const VISITORS = 3
const VISIT_SECONDS: readonly [number, number] = [15, 45]
const KILLED_SHARE = 0.3
/** Time between two kills of the WebRTC process, ms: everyone reconnects. */
const TRANSPORT_KILL_MS = 90_000

interface SoakSettings {
  readonly minutes: number
  readonly count: number
  readonly seed: number
  readonly json: boolean
}

interface SoakSample {
  readonly hours: number
  readonly bytes: Readonly<Record<string, number>>
}

class Soak {
  readonly #settings: SoakSettings
  readonly #server: SoakServer
  readonly #dice: Dice
  readonly #startMs = performance.now()
  readonly #samples: SoakSample[] = []
  readonly #reports: CrowdReport[] = []
  readonly faults: string[] = []
  #killed = 0
  #transportKills = 0

  constructor(settings: SoakSettings, server: SoakServer) {
    this.#settings = settings
    this.#server = server
    this.#dice = new Dice(settings.seed)
  }

  get #leftMs(): number {
    return this.#settings.minutes * 60_000 - (performance.now() - this.#startMs)
  }

  async run(): Promise<void> {
    const { count } = this.#settings
    const visitors = Math.max(1, Math.floor(count / 2 / VISITORS))
    const residents = Math.max(1, count - visitors * VISITORS)
    const stay = crowd(this.#server.url, [
      '--count',
      String(residents),
      '--lockstep',
      '1',
      '--seconds',
      String(Math.max(1, this.#leftMs / 1000 - 20)),
      '--behaviour',
      'mocap',
    ])
    const coming = Array.from({ length: VISITORS }, (_, i) => this.#visit(visitors, i))
    await Promise.all([this.#receive(stay), ...coming, this.#watch(stay), this.#killTransport()])
  }

  /** Runs one crowd after the other until the time is over; some are killed. */
  async #visit(count: number, lane: number): Promise<void> {
    await sleep(lane * 5_000)
    while (this.#leftMs > 40_000) {
      const seconds = Math.min(this.#dice.between(...VISIT_SECONDS), this.#leftMs / 1000 - 20)
      const dies = this.#dice.chance(KILLED_SHARE)
      const run = crowd(this.#server.url, [
        '--count',
        String(count),
        '--seconds',
        String(seconds),
        '--behaviour',
        'drag',
        '--seed',
        String(Math.floor(this.#dice.between(0, 1e9))),
      ])
      const timer = dies ? setTimeout(() => run.process.kill('SIGKILL'), seconds * 1000) : null
      await this.#receive(run)
      if (timer) clearTimeout(timer)
    }
  }

  async #receive(run: CrowdRun): Promise<void> {
    const report = await run.report.catch((error: unknown) => {
      this.faults.push(error instanceof Error ? error.message : String(error))
      return undefined
    })
    if (report === null) this.#killed++
    if (!report) return
    this.#reports.push(report)
    for (const fault of report.faults)
      this.faults.push(`after ${Math.round((performance.now() - this.#startMs) / 1000)} s: ${fault}`)
  }

  async #killTransport(): Promise<void> {
    for (;;) {
      const waitMs = Math.min(TRANSPORT_KILL_MS, this.#leftMs)
      await sleep(waitMs)
      // Bots that must reconnect need some time before the check.
      if (this.#leftMs < 45_000) return
      for (const pid of childrenOf(this.#server.process.pid ?? 0)) {
        process.kill(pid, 'SIGKILL')
        this.#transportKills++
      }
    }
  }

  async metrics(): Promise<Metrics> {
    return parseMetrics(await (await fetch(`${this.#server.url}metrics`)).text())
  }

  async #watch(stay: CrowdRun): Promise<void> {
    while (this.#leftMs > 0) {
      await sleep(Math.min(SAMPLE_MS, Math.max(0, this.#leftMs)))
      const metrics = await this.metrics().catch(() => null)
      if (!metrics) {
        this.faults.push('the server did not answer at /metrics')
        continue
      }
      const bots = residentBytes(stay.process.pid ?? 0)
      this.#samples.push({
        hours: (performance.now() - this.#startMs) / 3_600_000,
        bytes: { ...memoryOf(metrics), ...(bots === null ? {} : { 'bots rss': bots }) },
      })
      if (process.stderr.isTTY)
        process.stderr.write(
          `\r\u001B[K${metrics.sum('otherworld_players')} players, ${this.#reports.length} crowds went home, ${this.#killed} were killed, ${Math.ceil(this.#leftMs / 1000)} s left`,
        )
    }
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
  }

  /** Growth by process or heap, MiB an hour. */
  slopes(): Readonly<Record<string, Slope>> {
    const from = (this.#settings.minutes / 60) * WARM_UP_SHARE
    const names = [...new Set(this.#samples.flatMap(({ bytes }) => Object.keys(bytes)))]
    return Object.fromEntries(
      names.map((name) => [
        name,
        slopeOf(
          this.#samples
            .filter(({ hours, bytes }) => hours >= from && bytes[name])
            .map(({ hours, bytes }) => ({ x: hours, y: (bytes[name] ?? 0) / MIB })),
        ),
      ]),
    )
  }

  async figures(): Promise<Readonly<Record<string, unknown>>> {
    const metrics = await this.metrics()
    const sum = (of: (report: CrowdReport) => number): number =>
      this.#reports.reduce((total, report) => total + of(report), 0)
    const endings = (metrics.families.get('otherworld_sessions_ended_total')?.lines ?? [])
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => [labels['reason'] ?? '', value] as const)
    return {
      crowds: this.#reports.length,
      crowdsKilled: this.#killed,
      transportKills: this.#transportKills,
      sessions: metrics.sum('otherworld_sessions_started_total'),
      resumed: metrics.sum('otherworld_sessions_resumed_total'),
      sessionsEnded: Object.fromEntries(endings),
      ticks: metrics.sum('otherworld_tick_seconds_count'),
      overruns: metrics.sum('otherworld_tick_overruns_total'),
      delayedSeconds: metrics.sum('otherworld_tick_delay_seconds_total'),
      commandsDone: sum(({ commandsDone }) => commandsDone),
      inputsLost: sum(({ inputsLost }) => inputsLost),
      reconnects: sum(({ reconnects }) => reconnects),
      lockstepTicks: sum(({ lockstep }) => lockstep.ticksChecked),
      hashMismatches: sum(({ lockstep }) => lockstep.hashMismatches),
    }
  }
}

function memoryOf(metrics: Metrics): Record<string, number> {
  const of = (name: string, label: string, suffix: string): (readonly [string, number])[] =>
    (metrics.families.get(name)?.lines ?? []).map(({ labels, value }) => [`${labels[label] ?? ''} ${suffix}`, value])
  return Object.fromEntries([
    ...of('otherworld_process_resident_memory_bytes', 'process', 'rss'),
    ...of('otherworld_thread_heap_used_bytes', 'thread', 'heap'),
  ])
}

/** scripts/soak.mjs has checked the options. */
function settingsOf(): SoakSettings {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '30' },
      count: { type: 'string', default: '30' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  })
  return {
    minutes: Number(values.minutes),
    count: Number(values.count),
    seed: Number(values.seed),
    json: values.json,
  }
}

function textOf(
  figures: Readonly<Record<string, unknown>>,
  slopes: Readonly<Record<string, Slope>>,
  faults: readonly string[],
): string {
  const rows = Object.entries(slopes).map(
    ([name, { slope, plusMinus, mean }]) =>
      `  ${name.padEnd(20)}${mean.toFixed(1).padStart(8)} MiB ${`${slope >= 0 ? '+' : ''}${slope.toFixed(1)}`.padStart(9)} ± ${plusMinus.toFixed(1)} MiB an hour`,
  )
  const lines = Object.entries(figures).map(([name, value]) => `  ${name.padEnd(20)}${JSON.stringify(value)}`)
  return [...lines, ...rows, ...faults.map((fault) => `  fault: ${fault}`), ''].join('\n')
}

async function main(): Promise<number> {
  const settings = settingsOf()
  const data = mkdtempSync(join(tmpdir(), 'otherworld-soak-'))
  const server = await serve(['--data', data])
  try {
    const soak = new Soak(settings, server)
    await soak.run()
    const [figures, slopes] = [await soak.figures(), soak.slopes()]
    process.stdout.write(
      settings.json
        ? `${JSON.stringify({ schema: 'otherworld/soak/1', ...settings, ...figures, memoryMiBPerHour: slopes, faults: soak.faults, log: server.log })}\n`
        : textOf(figures, slopes, soak.faults),
    )
    return soak.faults.length === 0 ? 0 : 1
  } finally {
    const exited = new Promise((resolve) => void server.process.once('exit', resolve))
    server.process.kill('SIGTERM')
    await exited
    rmSync(data, { recursive: true, force: true })
  }
}

process.exitCode = await main()
