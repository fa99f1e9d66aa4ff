/**
 * Files served by the Local Cloud while a realm runs: their download rate, and the effect on ticks and round trips of
 * 20 bots. Server, bots and downloads are processes on one machine, so with two cores they wait for each other.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Effect } from 'effect'
import { openLocalCloud } from '../storage/assets/index.ts'
import { LinkSigner } from '../storage/assets/signature.ts'
import type { ServerFigures } from '../bots/server-watch.ts'
import { crowd, serve, type CrowdReport } from '../test/soak/programs.ts'
import { median } from './measure.ts'
import type { BenchReport, BenchRow } from './report.ts'

const BOTS = 20
const SECONDS = 20
const DOWNLOADS = 20
const FILE_BYTES = 10_000_000
/** Rounds without and with downloads, alternately. */
const ROUNDS = 2
/** Rate of a fast connection at home, bytes a second. */
const LINE_BYTES_PER_SECOND = 6_250_000

/** Fields of `otherworld/bots/1`. */
interface AssetCrowdReport extends CrowdReport {
  readonly rttMsP50: number
  readonly rttMsP99: number
  readonly server: ServerFigures | null
}

/** Bytes of one download. `pace`: reads at this rate, bytes a second. */
function download(url: string, pace: number | null): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      if (response.statusCode !== 200) return reject(new Error(`the download was answered ${response.statusCode}`))
      const startMs = performance.now()
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        const earlyMs = pace === null ? 0 : (bytes / pace) * 1_000 - (performance.now() - startMs)
        if (earlyMs < 1) return
        response.pause()
        setTimeout(() => response.resume(), earlyMs)
      })
      response.on('end', () => resolve(bytes)).on('error', reject)
      return undefined
    }).on('error', reject)
  })
}

/** Downloads repeatedly in that many lanes until `isOver`; returns bytes a second. */
async function downloadAll(url: string, pace: number | null, isOver: () => boolean): Promise<number> {
  const startMs = performance.now()
  let bytes = 0
  await Promise.all(
    Array.from({ length: DOWNLOADS }, async () => {
      while (!isOver()) bytes += await download(url, pace)
    }),
  )
  return (bytes * 1_000) / (performance.now() - startMs)
}

const LOADS = [
  { name: 'no downloads', lanes: false, pace: null },
  { name: `${DOWNLOADS} at 50 Mbit/s each`, lanes: true, pace: LINE_BYTES_PER_SECOND },
  { name: `${DOWNLOADS} as fast as they come`, lanes: true, pace: null },
] as const

interface AssetRun {
  readonly name: string
  readonly crowd: AssetCrowdReport
  readonly bytesPerSecond: number
}

async function measure(url: string, file: string, { name, lanes, pace }: (typeof LOADS)[number]): Promise<AssetRun> {
  const playing = crowd(url, [
    '--count',
    String(BOTS),
    '--seconds',
    String(SECONDS),
    '--behaviour',
    'mixed',
    '--transport',
    'websocket',
  ])
  // All bots are in, and the last ones have their first snapshots
  await sleep(4_000)
  const endMs = performance.now() + (SECONDS - 2) * 1_000
  const bytesPerSecond = lanes ? await downloadAll(file, pace, () => performance.now() > endMs) : 0
  const report = await playing.report
  if (report === null || report.faults.length > 0)
    throw new Error(`the bots could not play: ${report?.faults.join('; ')}`)
  return { name, crowd: report as AssetCrowdReport, bytesPerSecond }
}

function rowsOf(name: string, runs: readonly AssetRun[]): BenchRow[] {
  const row = (what: string, unit: string, of: (run: AssetRun) => number): BenchRow => ({
    what: `${name}: ${what}`,
    value: median(runs.map(of)),
    unit,
  })
  return [
    ...(runs.some(({ bytesPerSecond }) => bytesPerSecond > 0)
      ? [row('downloaded', 'MB/s', ({ bytesPerSecond }) => bytesPerSecond / 1e6)]
      : []),
    row('tick, median', 'ms', ({ crowd: { server } }) => server?.tickMsP50 ?? NaN),
    row('tick, p99', 'ms', ({ crowd: { server } }) => server?.tickMsP99 ?? NaN),
    row('ticks over their budget', '%', ({ crowd: { server } }) => 100 * (server?.overBudgetShare ?? NaN)),
    row('round trip, median', 'ms', ({ crowd: { rttMsP50 } }) => rttMsP50),
    row('round trip, p99', 'ms', ({ crowd: { rttMsP99 } }) => rttMsP99),
    row('main thread, share of a core', '%', ({ crowd: { server } }) => 100 * (server?.cpu.main ?? NaN)),
  ]
}

/** Stores a file and returns its signed URL. */
async function prepare(data: string): Promise<string> {
  const store = await openLocalCloud({ directory: join(data, 'assets'), secret: new Uint8Array(32) })
  return Effect.runPromise(store.put(randomBytes(FILE_BYTES), 'model/gltf-binary'))
}

function linkOf(url: string, data: string, key: string): string {
  const { secret } = JSON.parse(readFileSync(join(data, 'server-identity.json'), 'utf8')) as { readonly secret: string }
  const request = { key, expiresAtMs: Date.now() + 3_600_000, file: null }
  // The same derivation as in server/host/stores.ts
  const linkSecret = createHmac('sha256', Buffer.from(secret, 'base64')).update('otherworld: links to files').digest()
  return `${url}v1/assets/${key}?${new LinkSigner(linkSecret).query(request)}`
}

export async function run(): Promise<BenchReport> {
  if (!existsSync('dist/node/cli.js')) throw new Error('the server is not built: npm run build')
  const data = mkdtempSync(join(tmpdir(), 'otherworld-bench-'))
  const key = await prepare(data)
  const server = await serve(['--data', data, '--logins-per-minute', '1000'])
  try {
    const file = linkOf(server.url, data, key)
    const runs: AssetRun[] = []
    for (let round = 0; round < ROUNDS; round += 1)
      for (const load of LOADS) runs.push(await measure(server.url, file, load))
    const rows = LOADS.flatMap(({ name }) =>
      rowsOf(
        name,
        runs.filter((each) => each.name === name),
      ),
    )
    return {
      name: 'assets',
      about: `files of ${FILE_BYTES / 1e6} MB from the Local Cloud beside a realm with ${BOTS} bots over WebSocket; ${ROUNDS} runs of ${SECONDS} s each in turns, medians`,
      rows,
    }
  } finally {
    const ended = new Promise((resolve) => {
      server.process.once('close', resolve)
    })
    server.process.kill('SIGTERM')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
}
