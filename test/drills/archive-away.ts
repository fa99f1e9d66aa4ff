/**
 * Takes the archive's database away while bots play, and measures the effect on ticks and whether everything is saved
 * when it is back. Needs PostgreSQL on this machine.
 */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Effect } from 'effect'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { simulationOf } from '../../replay/index.ts'
import { DEFAULT_DEFINITION, loadEngine, props } from '../../sim/index.ts'
import { openArchive, type SavedElement } from '../../storage/archive/index.ts'
import { resumeRecording } from '../../storage/recordings/index.ts'
import { startPostgres, type TestPostgres } from '../environments/postgres.ts'
import { Players } from './players.ts'
import { sleep, isTrueWithin } from '../harness/wait.ts'
import { startServerProcess } from './server-process.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '30' },
    bots: { type: 'string', default: '20' },
    how: { type: 'string', default: 'freeze' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
/** Time until new bots have settled in, s. */
const SETTLE_SECONDS = 10
/**
 * Time after the database's return within which everything must be saved, s: a pause of ten between two attempts, and
 * five to connect.
 */
const BACK_SECONDS_MAX = 40
/** Additional share of overrun ticks that the outage may cause. A busy machine has some at any time. */
const OVERRUN_SHARE_MAX = 0.01

interface TickFigures {
  readonly ticks: number
  /** Over the last 10 s. */
  readonly tickMsP50: number
  readonly tickMsP99: number
  readonly overruns: number
  /**
   * Processor time of the realm's thread for each tick, including its precise wait; other programs on the machine do
   * not count.
   */
  readonly cpuMsPerTick: number
}

interface RealmFigures extends Pick<TickFigures, 'tickMsP50' | 'tickMsP99' | 'overruns'> {
  readonly tick: number
}

async function cpuSeconds(url: string): Promise<number> {
  const text = await (await fetch(`${url}metrics`)).text()
  return Number(/^otherworld_thread_cpu_seconds_total\{[^}]*thread="realm [^}]*\} (\S+)$/m.exec(text)?.[1] ?? NaN)
}

async function figures(url: string): Promise<RealmFigures> {
  const {
    realms: [realm],
  } = (await (await fetch(`${url}v1/status`)).json()) as { readonly realms: readonly RealmFigures[] }
  if (!realm) throw new Error('the status has no realm')
  return realm
}

/** Plays for that long and reports the ticks meanwhile. */
async function phase(name: string, url: string, length: number): Promise<TickFigures> {
  const [before, cpuBefore] = [await figures(url), await cpuSeconds(url)]
  await sleep(length * 1_000)
  const [after, cpuAfter] = [await figures(url), await cpuSeconds(url)]
  const count = after.tick - before.tick
  const ticks = {
    ticks: count,
    cpuMsPerTick: ((cpuAfter - cpuBefore) * 1_000) / Math.max(1, count),
    tickMsP50: after.tickMsP50,
    tickMsP99: after.tickMsP99,
    overruns: after.overruns - before.overruns,
  }
  if (!values.json)
    process.stdout.write(
      `${name}: ${ticks.ticks} ticks, p50 ${ticks.tickMsP50.toFixed(2)} ms, p99 ${ticks.tickMsP99.toFixed(2)} ms, ${ticks.overruns} overruns, ${ticks.cpuMsPerTick.toFixed(2)} ms of processor a tick\n`,
    )
  return ticks
}

async function takeAway(postgres: TestPostgres): Promise<() => Promise<void>> {
  if (values.how === 'freeze') {
    postgres.freeze()
    return async () => postgres.thaw()
  }
  await (values.how === 'kill' ? postgres.kill() : postgres.stop())
  return () => postgres.start()
}

/** Compares the end of the recording with the archive. */
async function compare(
  data: string,
  databaseUrl: string,
): Promise<{ readonly recorded: number; readonly saved: number; readonly different: number }> {
  const found = await resumeRecording(join(data, 'recordings'), DEFAULT_DEFINITION.id, simulationOf(await loadEngine()))
  if (found.status !== 'resumed') throw new Error(`the recordings are ${found.status}`)
  const archive = openArchive({ databaseUrl, directory: '' })
  const saved = await Effect.runPromise(archive.service.savedRealm(DEFAULT_DEFINITION.id))
  await Effect.runPromise(archive.close)
  const text = ({
    position: p,
    rotation: q,
    scale,
    access,
    owner,
  }: Pick<SavedElement, 'position' | 'rotation' | 'scale' | 'access' | 'owner'>): string =>
    [p.x, p.y, p.z, q.x, q.y, q.z, q.w, scale, access, owner].join(' ')
  const elements = new Map(saved?.elements.map((element) => [element.element, text(element)]))
  const recorded = props(found.realm)
  return {
    recorded: recorded.length,
    saved: elements.size,
    different: recorded.filter((prop) => elements.get(prop.id) !== text(prop)).length,
  }
}

const postgres = await startPostgres()
const server = await startServerProcess('--database-url', postgres.url)
const players = await Players.join(server.url, [connectWebSocket], Number(values.bots), Number(values.seed))
await sleep(SETTLE_SECONDS * 1_000)
const before = await phase('before', server.url, seconds)
const bringBack = await takeAway(postgres)
const during = await phase('during', server.url, seconds)
await bringBack()
const backAtMs = performance.now()
const isBack = await isTrueWithin(
  () => server.errors().includes('archive: back') || !server.errors().includes('archive: '),
  BACK_SECONDS_MAX * 1_000,
)
const backSeconds = (performance.now() - backAtMs) / 1_000
const after = await phase('after', server.url, seconds)
const { reconnects } = players
const settled = await players.settle()
await players.leave()
await server.end()
const kept = await compare(server.data, postgres.url)
await server.stop()
await postgres.remove()

const share = ({ overruns, ticks }: TickFigures): number => overruns / Math.max(1, ticks)
const wasLogged = server.errors().includes('archive: away')
const report = {
  schema: 'otherworld/archive-away/1',
  bots: players.all.length,
  seconds,
  how: values.how,
  before,
  during,
  after,
  backSeconds,
  outageWasLogged: wasLogged,
  reconnects,
  ...settled,
  elements: kept,
}
const isGood =
  isBack &&
  wasLogged &&
  kept.different === 0 &&
  kept.saved === kept.recorded &&
  settled.commandsLost === 0 &&
  share(during) <= Math.max(share(before), share(after)) + OVERRUN_SHARE_MAX
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
else
  process.stdout.write(
    `the archive was back ${backSeconds.toFixed(1)} s after the database; ${kept.saved} of ${kept.recorded} elements saved, ${kept.different} different from the recording; ${settled.commandsAnswered} commands answered, ${settled.commandsLost} lost; the outage was ${wasLogged ? '' : 'not '}logged\n`,
  )
process.exit(isGood ? 0 : 1)
