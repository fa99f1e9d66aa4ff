/**
 * Cost of the transports: n clients in a process of their own, which each receive 20 messages a second of 1,000 bytes
 * and send 15 of 150 bytes. Reports the share of one core that the server's side takes.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { fork } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebRtcTransport } from '../netcode/webrtc/main-process/transport.ts'
import { WebSocketTransport } from '../netcode/websocket/server.ts'
import type { ConnectionId, ServerEvents, ServerTransport } from '../netcode/transport.ts'
import type { BenchReport, BenchRow } from './report.ts'

const CLIENTS = [20, 100] as const
const KINDS = ['websocket', 'webrtc'] as const
type MeasuredTransport = (typeof KINDS)[number]

const DOWN_BYTES = 1_000
const DOWN_HZ = 20
const UP_BYTES = 150
const UP_HZ = 15
const SETTLE_MS = 2_000
const MEASURED_MS = 6_000
const CONNECT_MS_MAX = 60_000
/** Unit of times in /proc/PID/stat: USER_HZ, which is 100 wherever Node runs (proc(5)). */
const CLOCK_TICKS_PER_SECOND = 100

/** Processor seconds of another process so far; NaN on anything but Linux. */
function processorSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND
  } catch {
    return Number.NaN
  }
}

interface Bed {
  readonly http: Server
  readonly transport: ServerTransport
  readonly url: string
  readonly open: Set<ConnectionId>
  readonly received: { messages: number }
  /** Processor seconds of the whole server side so far. */
  processor(): number
}

async function bedOf(kind: MeasuredTransport): Promise<Bed> {
  const open = new Set<ConnectionId>()
  const received = { messages: 0 }
  const events: ServerEvents = {
    opened: (connection) => void open.add(connection),
    received: () => void received.messages++,
    closed: (connection) => void open.delete(connection),
  }
  const http = createServer()
  const options = { events, admission: (token: string) => Promise.resolve({ session: token }) }
  const own = (): number => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  }
  if (kind === 'websocket') {
    const transport = new WebSocketTransport(options)
    transport.attach(http)
    return { http, transport, url: await listening(http), open, received, processor: own }
  }
  const transport = new WebRtcTransport({ ...options, bindAddress: '127.0.0.1' })
  http.on('request', (request, response) => void transport.handleHttp(request, response))
  await transport.ready
  return {
    http,
    transport,
    url: await listening(http),
    open,
    received,
    processor: () => own() + processorSeconds(transport.stats.pid ?? 0),
  }
}

async function listening(http: Server): Promise<string> {
  await new Promise<void>((resolve) => void http.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`
}

interface Sending {
  /** Messages handed to the transport so far. */
  sent(): number
  stop(): void
}

/** Sends to all clients evenly until it is stopped. */
function sending({ transport, open }: Bed): Sending {
  const payload = new Uint8Array(DOWN_BYTES).fill(7)
  let sent = 0
  const timer = setInterval(() => {
    for (const connection of open) transport.send(connection, payload)
    sent += open.size
    transport.flush()
  }, 1000 / DOWN_HZ)
  return { sent: () => sent, stop: () => clearInterval(timer) }
}

/** The report of the clients' process. */
export interface ClientCounts {
  readonly sent: number
  readonly received: number
}

async function measure(kind: MeasuredTransport, count: number): Promise<BenchRow[]> {
  const bed = await bedOf(kind)
  const clients = fork(new URL('./transport-clients.js', import.meta.url), [kind, bed.url, String(count)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  let counts: ClientCounts = { sent: 0, received: 0 }
  clients.on('message', (message) => void (counts = message as ClientCounts))
  for (let waitedMs = 0; bed.open.size < count; waitedMs += 50) {
    if (waitedMs > CONNECT_MS_MAX) throw new Error(`only ${bed.open.size} of ${count} ${kind} clients connected`)
    await sleep(50)
  }
  const down = sending(bed)
  const look = () => ({
    processor: bed.processor(),
    up: bed.received.messages,
    downSent: down.sent(),
    ...counts,
    ms: performance.now(),
  })
  await sleep(SETTLE_MS)
  const from = look()
  await sleep(MEASURED_MS)
  const to = look()
  const row = (what: string, value: number, unit: string): BenchRow => ({
    what: `${kind}, ${count} clients: ${what}`,
    value,
    unit,
  })
  const rows = [
    row('share of one core', (100_000 * (to.processor - from.processor)) / (to.ms - from.ms), '%'),
    row(
      'messages a second each way together',
      (1000 * (to.up - from.up + to.received - from.received)) / (to.ms - from.ms),
      '',
    ),
    row('arrived of those to the server', (100 * (to.up - from.up)) / (to.sent - from.sent), '%'),
    row('arrived of those to the clients', (100 * (to.received - from.received)) / (to.downSent - from.downSent), '%'),
  ]
  down.stop()
  clients.kill()
  await bed.transport.stop()
  await new Promise((resolve) => void bed.http.close(resolve))
  return rows
}

export async function run(): Promise<BenchReport> {
  const rows: BenchRow[] = []
  for (const kind of KINDS) for (const count of CLIENTS) rows.push(...(await measure(kind, count)))
  return {
    name: 'transports',
    about: `${DOWN_HZ} Hz × ${DOWN_BYTES} B to each client, ${UP_HZ} Hz × ${UP_BYTES} B back; the clients run in another process, share the machine, and are counted each 200 ms, so shares are right to 3 %`,
    rows,
  }
}
