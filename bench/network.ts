/**
 * What players notice of the network, over real WebRTC against the built server: the time from an input until another
 * client sees it, round trips, snapshots and bytes. On this machine's loopback interface, and, where network namespaces
 * are permitted, over a line without faults and one with 5 % loss, 50 ms and 20 ms jitter each way.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { LinkConditions } from '../netcode/link-conditions.ts'
import { whyNoNetwork } from '../testing/network/available.ts'
import { Network } from '../testing/network/network.ts'
import type { Report, Row } from './report.ts'

/** Twelve pairs of bots are watched, each gives a figure every few seconds (testing/bots/effect-watch.ts). */
const CLIENTS = 24
const SECONDS = 40
const CLI = 'cli/otherworld.js'
const LINES: readonly { readonly name: string; readonly conditions: Partial<LinkConditions> }[] = [
  { name: 'a line without faults', conditions: {} },
  { name: '5 % loss, 50 ms, 20 ms jitter', conditions: { lossShare: 0.05, delayMs: 50, jitterMs: 20 } },
]

/** Fields of `otherworld/bots/1`. */
interface Figures {
  readonly connected: number
  readonly effects: number
  readonly effectMsP50: number
  readonly effectMsP99: number
  readonly rttMsP50: number
  readonly rttMsP99: number
  readonly snapshotsReceived: number
  readonly seconds: number
  readonly kbpsDownMedian: number
  readonly kbpsUpMedian: number
  readonly lossMedian: number
  readonly inputsLost: number
}

type Start = (args: readonly string[]) => ChildProcess
interface Places { readonly server: Start; readonly clients: Start; readonly address: string }

const here: Start = (args) => spawn(process.execPath, [...args], { stdio: ['ignore', 'pipe', 'inherit'] })

/** The first line that a program says. */
async function firstLine({ stdout }: ChildProcess): Promise<unknown> {
  if (stdout) for await (const line of createInterface({ input: stdout })) return JSON.parse(line)
  throw new Error('a program of the benchmark ended without a word')
}

async function figuresOf({ server, clients, address }: Places): Promise<Figures> {
  const data = mkdtempSync(join(tmpdir(), 'otherworld-bench-'))
  const serving = server([CLI, 'serve', '--json', '--host', address, '--port', '0', '--data', data])
  try {
    const { url } = await firstLine(serving) as { url: string }
    return await firstLine(clients([CLI, 'bots', '--json', '--url', url, '--count', String(CLIENTS), '--seconds', String(SECONDS), '--behaviour', 'walk'])) as Figures
  } finally {
    const ended = new Promise((resolve) => { serving.once('close', resolve) })
    serving.kill('SIGTERM')
    await ended
    rmSync(data, { recursive: true, force: true })
  }
}

async function overLine(conditions: Partial<LinkConditions>): Promise<Figures> {
  const network = await Network.start(1)
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

function rowsOf(name: string, figures: Figures): Row[] {
  const row = (what: string, value: number, unit: string): Row => ({ what: `${name}: ${what}`, value, unit })
  return [
    row(`a step seen by another, median of ${figures.effects}`, figures.effectMsP50, 'ms'),
    row('a step seen by another, p99', figures.effectMsP99, 'ms'),
    row('round trip, median', figures.rttMsP50, 'ms'),
    row('round trip, p99', figures.rttMsP99, 'ms'),
    row('snapshots a second for each', figures.snapshotsReceived / figures.connected / figures.seconds, ''),
    row('down for each', figures.kbpsDownMedian, 'kb/s'),
    row('up for each', figures.kbpsUpMedian, 'kb/s'),
    row("lost of the server's packets", figures.lossMedian * 100, '%'),
    row('commands lost', figures.inputsLost, ''),
  ]
}

export async function run(): Promise<Report> {
  if (!existsSync('dist/node/cli.js')) throw new Error('the server is not built: npm run build')
  const rows = rowsOf('loopback', await figuresOf({ server: here, clients: here, address: '127.0.0.1' }))
  const impossible = whyNoNetwork()
  if (impossible === null) for (const { name, conditions } of LINES) rows.push(...rowsOf(name, await overLine(conditions)))
  const left = impossible === null ? '' : `; bad lines are left out: ${impossible}`
  return { name: 'network', about: `${CLIENTS} walking bots over WebRTC, ${SECONDS} s; delays are each way${left}`, rows }
}
