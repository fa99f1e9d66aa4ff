/** `otherworld bots`: simulated players against a server, and lockstep peers that check what it computes. */
import { ConnectError, type Connect } from '../netcode/index.ts'
import { connectWebSocket } from '../netcode/websocket/client-node.ts'
import { loadClips } from '../testing/bots/clip-files.ts'
import { Crowd } from '../testing/bots/crowd.ts'
import type { CrowdFigures } from '../testing/bots/figures.ts'
import { LockstepWatch, type WatchFigures } from '../testing/bots/lockstep-watch.ts'
import { BEHAVIOURS, type BehaviourName } from '../testing/bots/mind.ts'
import { Exit, UsageError, type Arguments, type Verb } from './verb.ts'

const TRANSPORTS = ['webrtc', 'websocket'] as const
type TransportName = (typeof TRANSPORTS)[number]

/** More in one process and this process is the bottleneck rather than the server. */
const BOTS_MAX = 1_000
/** A server takes no more (server/limits.ts). */
const PEERS_MAX = 16
const DAY_SECONDS = 86_400
const UINT32_MAX = 0xffff_ffff
const PROGRESS_MS = 500

export const verb: Verb = {
  name: 'bots',
  summary: [
    'Connects simulated players to a server, lets them play, and reports what they saw.',
    '',
    'Behaviours: walk about; drag things about, throw and scale them; mocap moves as people do, by motion clips;',
    'mixed: each bot is one of the three, and spawns things as well.',
    '',
    'Exits with 0 where all went well; with 1 where the server cannot be reached, a bot could not connect, a command got',
    'no answer, or a lockstep peer found another state than the server or missed a tick.',
  ].join('\n'),
  options: {
    url: { type: 'string', value: 'URL', help: 'address of the server', default: 'http://127.0.0.1:7350' },
    count: { type: 'string', value: 'N', help: 'how many bots', default: '20' },
    seconds: { type: 'string', value: 'S', help: 'how long they play once all are connected', default: '30' },
    behaviour: { type: 'string', value: BEHAVIOURS.join('|'), help: 'what they do', default: 'mixed' },
    transport: { type: 'string', value: TRANSPORTS.join('|'), help: 'how they connect', default: 'webrtc' },
    lockstep: { type: 'string', value: 'K', help: 'lockstep peers that check every tick; the server must allow observers', default: '0' },
    seed: { type: 'string', value: 'N', help: 'of all that the bots choose', default: '1' },
  },
  run,
}

interface Settings {
  readonly url: string
  readonly count: number
  readonly seconds: number
  readonly behaviour: BehaviourName
  readonly transport: TransportName
  readonly lockstep: number
  readonly seed: number
  readonly json: boolean
}

function settingsOf(args: Arguments): Settings {
  const oneOf = <T extends string>(name: string, values: readonly T[]): T => {
    const given = args.text(name)
    const found = values.find((value) => value === given)
    if (!found) throw new UsageError(`--${name} is "${given ?? ''}"; it takes ${values.join(', ')}`)
    return found
  }
  const url = args.text('url') ?? ''
  if (!/^https?:\/\/./.test(url) || !URL.canParse(url)) throw new UsageError(`--url is "${url}"; it takes an address like http://127.0.0.1:7350`)
  return {
    url,
    count: args.number('count', { min: 1, max: BOTS_MAX, integer: true }),
    seconds: args.number('seconds', { min: 0.1, max: DAY_SECONDS }),
    behaviour: oneOf('behaviour', BEHAVIOURS),
    transport: oneOf('transport', TRANSPORTS),
    lockstep: args.number('lockstep', { min: 0, max: PEERS_MAX, integer: true }),
    seed: args.number('seed', { min: 0, max: UINT32_MAX, integer: true }),
    json: args.flag('json'),
  }
}

/** What the run came to; the names are part of the contract (docs: `--json`). */
interface Report extends CrowdFigures {
  readonly schema: 'otherworld/bots/1'
  readonly requested: number
  readonly connected: number
  readonly seconds: number
  readonly behaviour: BehaviourName
  readonly transport: TransportName
  readonly seed: number
  readonly lockstep: WatchFigures
  /** What went wrong, in words; empty where nothing did. */
  readonly faults: readonly string[]
}

async function run(args: Arguments): Promise<number> {
  const settings = settingsOf(args)
  try {
    const report = await play(settings)
    process.stdout.write(settings.json ? `${JSON.stringify(report)}\n` : textOf(report))
    return report.faults.length === 0 ? Exit.ok : Exit.failed
  } catch (error) {
    if (!(error instanceof ConnectError) && !(error instanceof LockstepFailed)) throw error
    process.stderr.write(`otherworld bots: ${error.message}\n`)
    return Exit.failed
  } finally {
    if (settings.transport === 'webrtc') (await import('../netcode/webrtc/client-node.ts')).releaseWebRtc()
  }
}

/** The lockstep peers could not begin. */
class LockstepFailed extends Error {}

const connectOf = async (transport: TransportName): Promise<Connect> =>
  transport === 'websocket' ? connectWebSocket : (await import('../netcode/webrtc/client-node.ts')).connectWebRtc

async function play(settings: Settings): Promise<Report> {
  const { url, count, behaviour, transport, seed, seconds } = settings
  const crowd = new Crowd({ url, count, behaviour, seed, connects: [await connectOf(transport)], clips: await loadClips(), clock: () => performance.now() })
  const watch = new LockstepWatch(url, settings.lockstep)
  const progress = showProgress(settings, crowd, watch)
  const interrupted = new AbortController()
  const interrupt = (): void => interrupted.abort()
  process.once('SIGINT', interrupt)
  try {
    await watch.started().catch((error: unknown) => {
      throw new LockstepFailed(error instanceof Error ? error.message : String(error))
    })
    const connected = await crowd.connect()
    progress.playing()
    const figures = await crowd.play(seconds, interrupted.signal)
    const lastTick = crowd.serverTick
    await watch.reached(lastTick)
    const lockstep = watch.figures
    const { connected: stayed, troubles } = crowd.progress
    const faults = faultsOf(settings, { connected, stayed, lastTick }, figures, lockstep)
    if (faults.length > 0) faults.push(...troubles, ...watch.troubles)
    return { schema: 'otherworld/bots/1', requested: count, connected, behaviour, transport, seed, ...figures, lockstep, faults }
  } finally {
    process.off('SIGINT', interrupt)
    progress.end()
    await Promise.all([crowd.leave(), watch.stop()])
  }
}

/** What must not happen, in words. `stayed`: bots connected at the end; `lastTick`: the newest that they know of. */
function faultsOf({ count }: Settings, { connected, stayed, lastTick }: { readonly connected: number; readonly stayed: number; readonly lastTick: number }, figures: CrowdFigures, { hashMismatches, peers, each }: WatchFigures): string[] {
  const faults: string[] = []
  if (connected < count) faults.push(`${count - connected} of ${count} bots did not connect`)
  if (stayed < connected) faults.push(`${connected - stayed} bots were no longer connected at the end`)
  if (figures.inputsLost > 0) faults.push(`${figures.inputsLost} commands got no answer`)
  if (hashMismatches > 0) faults.push(`${hashMismatches} ticks had another state than the server's, the first of them tick ${Math.min(...each.map(({ firstMismatch }) => firstMismatch ?? Infinity))}`)
  for (const { gap, lastTick: reached } of each) {
    if (gap > 0) faults.push(`a lockstep peer did not check ${gap} ticks`)
    if (reached < lastTick) faults.push(`a lockstep peer came to tick ${reached} only; the server was at ${lastTick}`)
  }
  if (each.length < peers) faults.push(`${peers - each.length} lockstep peers checked no tick`)
  return faults
}

/** A line on a terminal that is written over: who is connected, and how long it takes. */
function showProgress({ json, count, seconds }: Settings, crowd: Crowd, watch: LockstepWatch): { playing(): void; end(): void } {
  let untilMs: number | null = null
  if (json || !process.stderr.isTTY) return { playing: () => undefined, end: () => undefined }
  const show = (): void => {
    const { hashMismatches, peers, ticksChecked } = watch.figures
    const left = untilMs === null ? 'connecting' : `${Math.max(0, Math.ceil((untilMs - performance.now()) / 1000))} s left`
    const checked = peers > 0 ? `, ${ticksChecked} ticks checked, ${hashMismatches} mismatches` : ''
    process.stderr.write(`\r\u001B[K${crowd.progress.connected} of ${count} bots connected, ${left}${checked}`)
  }
  const timer = setInterval(show, PROGRESS_MS)
  return {
    playing: () => {
      untilMs = performance.now() + seconds * 1000
    },
    end: () => {
      clearInterval(timer)
      process.stderr.write('\r\u001B[K')
    },
  }
}

function textOf(report: Report): string {
  const { requested, connected, seconds, behaviour, transport, lockstep, faults } = report
  const rejected = Object.entries(report.commandsRejected).map(([reason, times]) => `${times} ${reason}`).join(', ')
  return [
    `${connected} of ${requested} bots connected over ${transport}; ${behaviour} for ${seconds} s`,
    `inputs      ${report.inputsSent} sent; commands: ${report.commandsDone} carried out, ${rejected === '' ? 'none' : rejected} rejected, ${report.inputsLost} lost`,
    `snapshots   ${report.snapshotsReceived} received; loss ${(report.lossMedian * 100).toFixed(2)} % (median), ${(report.lossMax * 100).toFixed(2)} % (worst)`,
    `bandwidth   ${report.kbpsDownMedian} kb/s down, ${report.kbpsUpMedian} kb/s up for each bot (median)`,
    `round trip  ${report.rttMsP50} ms (median), ${report.rttMsP99} ms (99 %); ${report.reconnects} reconnects`,
    ...(lockstep.peers > 0 ? [`lockstep    ${lockstep.peers} peers, ${lockstep.ticksChecked} ticks checked, ${lockstep.hashMismatches} hash mismatches`] : []),
    ...faults.map((fault) => `fault       ${fault}`),
    '',
  ].join('\n')
}
