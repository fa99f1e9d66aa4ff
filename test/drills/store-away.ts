/** Takes the file store away during a session. Ticks must not be affected, and all uploads must finish. */
import { parseArgs } from 'node:util'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { ServerWatch, type ServerFigures } from '../../bots/server-watch.ts'
import { serverWithDisk, serverWithS3, type Outage, type StoreScenario } from './outages.ts'
import { Players } from './players.ts'
import { defined } from '../../sim/assert.ts'
import { sleep } from '../harness/wait.ts'
import { UploadRun } from './uploader.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    bots: { type: 'string', default: '20' },
    store: { type: 'string', default: 'all' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
/** Time between the starts of two uploads, ms. */
const UPLOAD_EVERY_MS = 5_000
/**
 * Time after the store's return within which everything must be saved, ms: pauses between attempts grow to half a
 * minute.
 */
const SAVED_MS_MAX = 180_000
/**
 * Additional share of ticks over budget that an outage may cause. Other work of the machine causes some at any time.
 */
const OVERRUNS_SHARE_MAX = 0.005

type TickFigures = Pick<ServerFigures, 'ticks' | 'tickMsP50' | 'tickMsP99' | 'overBudgetShare' | 'delayedMs'>

interface OutageResult {
  readonly outage: string
  readonly ticks: Readonly<Record<'before' | 'during' | 'after', TickFigures>>
  readonly uploads: {
    readonly begun: number
    readonly begunDuring: number
    readonly doneDuring: number
    readonly done: number
    readonly fetched: number
    readonly savedAfterMs: number
    readonly refusals: Record<string, number>
    readonly messages: readonly string[]
  }
  readonly gapMsMax: number
  readonly isGood: boolean
}

/**
 * Uploads that begin one after the other, and uploads whose bytes are sent before an outage and completed during it.
 */
class OutageUploads {
  readonly all: UploadRun[] = []
  readonly #url: string
  readonly #ends: Promise<unknown>[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(url: string) {
    this.#url = url
  }

  #add(): UploadRun {
    const upload = new UploadRun(this.#url, `thing ${process.pid} ${performance.now().toFixed(3)}`)
    this.all.push(upload)
    return upload
  }

  start(): void {
    this.#timer = setInterval(
      () =>
        this.follow(
          this.#add()
            .bring()
            .then((upload) => upload.finish()),
        ),
      UPLOAD_EVERY_MS,
    )
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  bring(): Promise<UploadRun> {
    return this.#add().bring()
  }

  follow(end: Promise<unknown>): void {
    this.#ends.push(
      end.catch((error: unknown) =>
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`),
      ),
    )
  }

  /** Resolves when all have ended, or the time is up. */
  async settled(msMax: number): Promise<void> {
    await Promise.race([Promise.all(this.#ends), sleep(msMax)])
  }
}

/** The server's figures over a stretch of time. */
async function stretch(watch: ServerWatch, during: () => Promise<unknown>): Promise<TickFigures> {
  const from = await watch.scrape()
  await during()
  const figures = watch.figures(from, await watch.scrape())
  if (figures === null) throw new Error('the server did not answer at /metrics')
  const { ticks, tickMsP50, tickMsP99, overBudgetShare, delayedMs } = figures
  return { ticks, tickMsP50, tickMsP99, overBudgetShare, delayedMs }
}

async function rehearse(url: string, outage: Outage, players: Players): Promise<OutageResult> {
  const watch = new ServerWatch(url, () => performance.now())
  const uploads = new OutageUploads(url)
  uploads.start()
  const before = await stretch(watch, () => sleep(seconds * 1_000))
  const caught = await uploads.bring()
  const begunBefore = uploads.all.length
  const back = await outage.begin()
  players.forgetGaps()
  uploads.follow(caught.finish())
  const during = await stretch(watch, () => sleep(seconds * 1_000))
  const begunDuring = uploads.all.length - begunBefore
  const inOutage = [caught, ...uploads.all.slice(begunBefore)]
  const doneDuring = inOutage.filter(({ isDone }) => isDone).length
  const gapMsMax = Math.max(...players.all.map((player) => player.gapMsMax))
  uploads.stop()
  await back()
  const backAtMs = performance.now()
  const after = await stretch(watch, () => sleep(seconds * 1_000))
  await uploads.settled(SAVED_MS_MAX)
  const done = uploads.all.filter(({ isDone }) => isDone)
  const fetched = (await Promise.all(done.map((upload) => upload.canBeFetched()))).filter(Boolean).length
  const refusals: Record<string, number> = {}
  for (const [said, times] of uploads.all.flatMap((upload) => Object.entries(upload.refusals)))
    refusals[said] = (refusals[said] ?? 0) + times
  const savedAfterMs = Math.round(Math.max(...inOutage.map(({ endedAtMs }) => endedAtMs ?? Infinity)) - backAtMs)
  const isGood =
    done.length === uploads.all.length &&
    fetched === done.length &&
    during.overBudgetShare <= before.overBudgetShare + OVERRUNS_SHARE_MAX
  const messages = [
    ...new Set(
      uploads.all.flatMap((upload) => [...upload.messages, ...(upload.isDone ? [] : [`not done: ${upload.stage}`])]),
    ),
  ]
  return {
    outage: outage.name,
    ticks: { before, during, after },
    gapMsMax: Math.round(gapMsMax),
    isGood,
    uploads: {
      begun: uploads.all.length,
      begunDuring,
      doneDuring,
      done: done.length,
      fetched,
      savedAfterMs,
      refusals,
      messages,
    },
  }
}

async function rehearseAll(make: () => Promise<StoreScenario>): Promise<
  readonly (OutageResult & {
    readonly commandsLost: number
    readonly changed: readonly string[]
    readonly log: readonly string[]
  })[]
> {
  const scenario = await make()
  try {
    const players = await Players.join(
      scenario.server.url,
      [connectWebSocket],
      Number(values.bots),
      Number(values.seed),
    )
    const results: OutageResult[] = []
    for (const outage of scenario.outages) {
      results.push(await rehearse(scenario.server.url, outage, players))
      if (!values.json) process.stdout.write(`${textOf(results.at(-1))}\n`)
    }
    const { commandsLost } = await players.settle()
    const { changed } = players
    await players.leave()
    const log = scenario.server
      .errors()
      .split('\n')
      .filter((line) => /away|back|assets|files/.test(line))
    return results.map((result) => ({
      ...result,
      commandsLost,
      changed,
      log,
      isGood: result.isGood && commandsLost === 0 && changed.length === 0,
    }))
  } finally {
    await scenario.stop()
  }
}

function textOf(result: OutageResult | undefined): string {
  if (!result) return ''
  const { outage, ticks, uploads, gapMsMax } = result
  const line = ([name, { ticks: count, tickMsP50, tickMsP99, overBudgetShare, delayedMs }]: readonly [
    string,
    TickFigures,
  ]): string =>
    `  ${name.padEnd(7)} ${count} ticks, median ${tickMsP50} ms, p99 ${tickMsP99} ms, ${(100 * overBudgetShare).toFixed(2)} % over budget, ${delayedMs} ms delayed`
  return [
    `${outage}, ${seconds} s:`,
    ...Object.entries(ticks).map(line),
    `  uploads: ${uploads.begun} begun, ${uploads.begunDuring} of them while it was away; ${uploads.done} done, ${uploads.fetched} of them fetched; the last that waited ${(uploads.savedAfterMs / 1_000).toFixed(1)} s after its return`,
    ...Object.entries(uploads.refusals).map(([said, times]) => `    ${times} × ${said}`),
    ...uploads.messages.map((message) => `    ${message}`),
    `  longest time without a snapshot while it was away: ${gapMsMax} ms`,
  ].join('\n')
}

const stands = { s3: [serverWithS3], disk: [serverWithDisk], all: [serverWithDisk, serverWithS3] }[values.store]
const results = []
for (const make of defined(stands, 'scripts/drill.mjs has checked --store')) results.push(...(await rehearseAll(make)))
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ schema: 'otherworld/store-away/1', seconds, bots: Number(values.bots), results })}\n`,
  )
process.exit(results.every(({ isGood }) => isGood) ? 0 : 1)
