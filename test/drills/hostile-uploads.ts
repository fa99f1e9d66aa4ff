/**
 * Sends hostile files, and floods of declarations and event streams, to a real server while bots play. Reports the
 * outcome of each, and the effect on ticks.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ServerApi, textIn, type Fields } from '../../cli/server-client/server-api.ts'
import { uploadBytes } from '../../cli/server-client/upload-file.ts'
import { login } from '../../netcode/index.ts'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { ServerWatch, type ServerFigures } from '../../bots/server-watch.ts'
import { Players } from './players.ts'
import { sleep } from '../harness/wait.ts'
import { startServerProcess } from './server-process.ts'

const { values } = parseArgs({
  options: {
    bots: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '30' },
    files: { type: 'string', default: 'fixtures/assets/hostile' },
    senders: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})
/** Longest time that the server may work on a hostile file, ms. */
const REJECTED_MS_MAX = 2_000
/** Declarations without a file, and event streams of one upload. */
const DECLARATIONS = 1_000
const LISTENERS = 100
const UPLOAD_MS_MAX = 120_000

interface FloodVerdict {
  readonly file: string
  readonly stage: string
  readonly rules: readonly string[]
  /** Time from the beginning of its check until it is settled, without its time in the queue. */
  readonly ms: number
}

const files = readdirSync(values.files).map((name) => ({ name, bytes: readFileSync(join(values.files, name)) }))
const verdicts: FloodVerdict[] = []
let refused = 0

const guest = async (url: string, name: string): Promise<ServerApi> =>
  new ServerApi(url, (await login(url, name)).token)

async function sendOne(
  url: string,
  api: ServerApi,
  file: { readonly name: string; readonly bytes: Uint8Array },
): Promise<void> {
  let beganMs = performance.now()
  let began = false
  const stage = (now: string): void => {
    if (began || now === 'received' || now === 'waiting') return
    began = true
    beganMs = performance.now()
  }
  const watch = { sent: (): void => undefined, stage, signal: AbortSignal.timeout(UPLOAD_MS_MAX) }
  const status: Fields = await uploadBytes(
    api,
    url,
    file.bytes,
    { name: 'hostile', fileName: file.name, kind: undefined, humanoid: undefined, sharing: 'owner' },
    watch,
  )
  const rejections = Array.isArray(status['rejections']) ? (status['rejections'] as readonly Fields[]) : []
  verdicts.push({
    file: file.name,
    stage: textIn(status, 'stage') ?? '',
    rules: rejections.map((each) => textIn(each, 'rule') ?? ''),
    ms: performance.now() - beganMs,
  })
}

/** Uploads files one after the other until the time is over, each as a new guest, so that no limit by user slows it. */
async function sender(url: string, endMs: number, from: number): Promise<void> {
  for (let i = from; performance.now() < endMs; i++) {
    const file = files[i % files.length]
    if (file)
      await sendOne(url, await guest(url, `sender ${i}`), file).catch(() => {
        refused++
      })
  }
}

/** Declares as many uploads as possible, and opens event streams of one of them. */
async function flood(
  url: string,
): Promise<{ readonly taken: number; readonly refused: number; readonly listening: number }> {
  let taken = 0
  let id = ''
  const api = await guest(url, 'listener')
  for (let i = 0; i < DECLARATIONS; i++) {
    const declarer = i === 0 ? api : await guest(url, `declarer ${i}`)
    const declared = await declarer
      .ask('POST', 'v1/uploads', { name: 'never', bytes: 1_000_000, sha256: 'a'.repeat(64) })
      .catch(() => null)
    if (!declared) continue
    taken++
    if (i === 0) id = textIn(declared, 'id') ?? ''
  }
  const ended = new AbortController()
  const listeners = await Promise.allSettled(
    Array.from({ length: LISTENERS }, () => api.request('GET', `v1/uploads/${id}/events`, { signal: ended.signal })),
  )
  ended.abort()
  return {
    taken,
    refused: DECLARATIONS - taken,
    listening: listeners.filter(({ status }) => status === 'fulfilled').length,
  }
}

const median = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0
const figuresOf = (figures: ServerFigures | null): Readonly<Record<string, number>> =>
  figures === null
    ? {}
    : {
        ticks: figures.ticks,
        tickMsP50: figures.tickMsP50,
        tickMsP99: figures.tickMsP99,
        overBudgetShare: figures.overBudgetShare,
        delayedMs: figures.delayedMs,
        mainThreadCores: figures.cpu.main,
      }

const server = await startServerProcess('--logins-per-minute', '100000')
const players = await Players.join(server.url, [connectWebSocket], Number(values.bots), 1)
const watch = new ServerWatch(server.url, () => performance.now())
await sleep(5_000)
const start = await watch.scrape()
await sleep(Number(values.seconds) * 1_000)
const before = await watch.scrape()
const endMs = performance.now() + Number(values.seconds) * 1_000
await Promise.all(Array.from({ length: Number(values.senders) }, (_, i) => sender(server.url, endMs, i * 7)))
const during = await watch.scrape()
const flooded = await flood(server.url)
const after = await watch.scrape()
const stillIn = players.joined
await players.leave()
await server.stop()

const byFile = files.map(({ name }) => {
  const of = verdicts.filter(({ file }) => file === name)
  return {
    file: name,
    times: of.length,
    rules: [...new Set(of.flatMap(({ rules }) => rules))],
    stages: [...new Set(of.map(({ stage }) => stage))],
    msMedian: Math.round(median(of.map(({ ms }) => ms))),
    msMax: Math.round(Math.max(0, ...of.map(({ ms }) => ms))),
  }
})
const report = {
  schema: 'otherworld/hostile-uploads/1',
  bots: Number(values.bots),
  stillIn,
  uploads: verdicts.length,
  refused,
  files: byFile,
  before: figuresOf(watch.figures(start, before)),
  during: figuresOf(watch.figures(before, during)),
  flood: { ...flooded, ...figuresOf(watch.figures(during, after)) },
}
const isGood =
  stillIn === Number(values.bots) &&
  byFile.every(
    ({ stages, times, msMedian }) =>
      times > 0 && stages.every((stage) => stage === 'rejected') && msMedian < REJECTED_MS_MAX,
  )
process.stdout.write(values.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, null, 2)}\n`)
process.exit(isGood ? 0 : 1)
