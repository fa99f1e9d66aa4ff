/**
 * Network effects that players notice, over real WebRTC against the built server: the time from an input until another
 * client sees it, round trips, snapshots and bytes. Runs on this machine's loopback interface. If network namespaces
 * are permitted, it also runs over a network without faults and one with 5 % loss, 50 ms and 20 ms jitter each way.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LinkConditions } from '../netcode/link-conditions.ts'
import { whyNoNetwork } from '../test/environments/network/available.ts'
import { TestNetwork } from '../test/environments/network/network.ts'
import { median } from './measure.ts'
import { percentile } from '../bots/figures.ts'
import type { NetworkFigures } from './network-clients.ts'
import type { BenchReport, BenchRow } from './report.ts'

const CLIENTS = 8
const SECONDS = 40
const CLI = 'cli/otherworld.js'
const LINES: readonly { readonly name: string; readonly conditions: Partial<LinkConditions> }[] = [
  { name: 'a line without faults', conditions: {} },
  { name: '5 % loss, 50 ms, 20 ms jitter', conditions: { lossShare: 0.05, delayMs: 50, jitterMs: 20 } },
]

type StartProcess = (args: readonly string[]) => ChildProcess
interface NetworkHosts {
  readonly server: StartProcess
  readonly clients: StartProcess
  readonly address: string
}

const here: StartProcess = (args) => spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'inherit'] })

/** The first line that a program prints. */
async function firstLine({ stdout }: ChildProcess): Promise<unknown> {
  if (stdout) for await (const line of createInterface({ input: stdout })) return JSON.parse(line)
  throw new Error('a program of the benchmark ended without output')
}

async function figuresOf({ server, clients, address }: NetworkHosts): Promise<NetworkFigures> {
  const data = mkdtempSync(join(tmpdir(), 'otherworld-bench-'))
  const serving = server([CLI, 'serve', '--json', '--host', address, '--port', '0', '--data', data])
  try {
    const { url } = (await firstLine(serving)) as { url: string }
    return (await firstLine(
      clients(['dist/bench/network-clients.js', url, String(CLIENTS), String(SECONDS)]),
    )) as NetworkFigures
  } finally {
    const ended = new Promise((resolve) => {
      serving.once('close', resolve)
    })
    serving.kill('SIGTERM')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
}

async function overLine(conditions: Partial<LinkConditions>): Promise<NetworkFigures> {
  const network = await TestNetwork.start(1)
  try {
    const [home, away] = [await network.host('home'), await network.host('away')]
    away.line.set(conditions)
    return await figuresOf({
      server: (args) => home.spawn(process.execPath, args, ['ignore', 'pipe', 'inherit']),
      clients: (args) => away.spawn(process.execPath, args, ['ignore', 'pipe', 'inherit']),
      address: home.address,
    })
  } finally {
    await network.stop()
  }
}

function rowsOf(name: string, figures: NetworkFigures): BenchRow[] {
  const row = (what: string, value: number, unit: string): BenchRow => ({ what: `${name}: ${what}`, value, unit })
  return [
    row(`a step seen by another, median of ${figures.moveMs.length}`, median(figures.moveMs), 'ms'),
    row('a step seen by another, p99', percentile(figures.moveMs, 0.99), 'ms'),
    row(`a new prop seen by another, median of ${figures.spawnMs.length}`, median(figures.spawnMs), 'ms'),
    row('a new prop seen by another, p99', percentile(figures.spawnMs, 0.99), 'ms'),
    row('not seen within 5 s', figures.unseen, ''),
    row('round trip, median', median(figures.rttMs), 'ms'),
    row('round trip, p99', percentile(figures.rttMs, 0.99), 'ms'),
    row('drawn behind the newest snapshot, median', median(figures.delayMs), 'ms'),
    row('snapshots a second for each', median(figures.snapshotsPerSecond), ''),
    row('down for each', median(figures.kbpsDown), 'kbit/s'),
    row('up for each', median(figures.kbpsUp), 'kbit/s'),
  ]
}

export async function run(): Promise<BenchReport> {
  if (!existsSync('dist/node/cli.js')) throw new Error('the server is not built: npm run build')
  const rows = rowsOf('loopback', await figuresOf({ server: here, clients: here, address: '127.0.0.1' }))
  const impossible = whyNoNetwork()
  if (impossible === null)
    for (const { name, conditions } of LINES) rows.push(...rowsOf(name, await overLine(conditions)))
  const left = impossible === null ? '' : `; bad lines are left out: ${impossible}`
  return {
    name: 'network',
    about: `${CLIENTS} clients over WebRTC, each watched by another, ${SECONDS} s; delays are each way${left}`,
    rows,
  }
}
