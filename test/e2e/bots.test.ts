/** `otherworld bots` against a real server, over real WebRTC and WebSocket. Needs `npm run build`. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { temporaryDirectory } from '../harness/cleanup.ts'
import { until } from '../harness/wait.ts'
import type { BotsReport } from './bots-report.ts'

const CLI = fileURLToPath(new URL('../../cli/otherworld.js', import.meta.url))
const TICK_RATE = 60

interface Served {
  readonly process: ChildProcess
  readonly url: string
  readonly data: string
}

const served: Served[] = []
afterEach(async () => {
  for (const { process: server } of served.splice(0)) {
    if (server.exitCode === null && server.signalCode === null) {
      const exited = new Promise((resolve) => void server.once('exit', resolve))
      server.kill('SIGKILL')
      await exited
    }
  }
})

async function serve(...more: string[]): Promise<Served> {
  const data = temporaryDirectory()
  const server = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--data', data, '--json', ...more], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  for await (const line of createInterface({ input: server.stdout })) {
    const { url } = JSON.parse(line) as { url: string }
    served.push({ process: server, url, data })
    return { process: server, url, data }
  }
  throw new Error('the server ended before it was ready')
}

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const bots = (...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [CLI, 'bots', ...args], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr })
    })
  })

async function playersOf(url: string): Promise<number | undefined> {
  const { realms } = (await (await fetch(`${url}v1/status`)).json()) as { realms: { players: number }[] }
  return realms[0]?.players
}

const reportOf = ({ stdout }: Ended): BotsReport => JSON.parse(stdout) as BotsReport

test('bots with motion clips play over WebRTC without losing a command, and a lockstep peer agrees at every tick', async () => {
  const { url } = await serve()
  const ended = await bots(
    '--url',
    url,
    '--count',
    '6',
    '--seconds',
    '8',
    '--behaviour',
    'mocap',
    '--lockstep',
    '1',
    '--seed',
    '3',
    '--json',
  )
  const report = reportOf(ended)
  expect(report).toMatchObject({ schema: 'otherworld/bots/1', requested: 6, connected: 6, inputsLost: 0, faults: [] })
  expect(ended.code).toBe(0)
  expect(report.seconds).toBeGreaterThanOrEqual(8)
  expect(report.lockstep).toMatchObject({ peers: 1, hashMismatches: 0 })
  expect(report.lockstep.ticksChecked).toBeGreaterThanOrEqual(8 * TICK_RATE * 0.8)
  expect(report.inputsSent).toBeGreaterThan(6 * 8 * 20)
  expect(report.snapshotsReceived).toBeGreaterThan(6 * 8 * 10)
  for (const figure of [report.kbpsDownMedian, report.kbpsUpMedian, report.rttMsP50]) expect(figure).toBeGreaterThan(0)
  expect(report.rttMsP99).toBeGreaterThanOrEqual(report.rttMsP50)
})

test('dragging bots over WebSocket carry props, and two lockstep peers agree', async () => {
  const { url } = await serve()
  const ended = await bots(
    '--url',
    url,
    '--count',
    '4',
    '--seconds',
    '8',
    '--behaviour',
    'drag',
    '--transport',
    'websocket',
    '--lockstep',
    '2',
    '--json',
  )
  const report = reportOf(ended)
  expect(report.faults).toEqual([])
  expect(ended.code).toBe(0)
  expect(report.commandsDone).toBeGreaterThan(5)
  expect(report.lockstep).toMatchObject({ peers: 2, hashMismatches: 0 })
  expect(report.lockstep.ticksChecked).toBeGreaterThanOrEqual(2 * 8 * TICK_RATE * 0.8)
})

test('a server that does not allow observers is reported as the reason, with exit code 1', async () => {
  const { url } = await serve('--observers', 'nobody')
  const ended = await bots(
    '--url',
    url,
    '--count',
    '1',
    '--seconds',
    '1',
    '--transport',
    'websocket',
    '--lockstep',
    '1',
  )
  expect(ended.code).toBe(1)
  expect(ended.stderr).toMatch(/lockstep peer could not start.*observers/is)
})

test('a server that dies while bots play ends the run with exit code 1 and a message', async () => {
  const { url, process: server } = await serve()
  const playing = bots(
    '--url',
    url,
    '--count',
    '2',
    '--seconds',
    '12',
    '--behaviour',
    'drag',
    '--transport',
    'websocket',
    '--lockstep',
    '1',
    '--json',
  )
  await until('both play', async () => (await playersOf(url)) === 2)
  server.kill('SIGKILL')
  const ended = await playing
  expect(ended.code).toBe(1)
  expect(reportOf(ended).faults.join(' ')).toMatch(/connection/i)
})
