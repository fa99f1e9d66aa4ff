/** `otherworld bots`: simulated players against a server, and lockstep peers that check what it computes. */
import { ConnectError, type Connect } from '../../netcode/index.ts'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { loadClips } from '../../bots/clip-files.ts'
import { Crowd } from '../../bots/crowd.ts'
import { LockstepWatch } from '../../bots/lockstep-watch.ts'
import { BEHAVIOURS, type BehaviourName } from '../../bots/bot-behaviour.ts'
import { ServerWatch } from '../../bots/server-watch.ts'
import {
  faultsOf,
  figuresOfJoins,
  textOf,
  TRANSPORTS,
  type Report,
  type TransportName,
} from '../reports/bots-report.ts'
import { printFailure, tellRegularly, terminal } from '../output.ts'
import { serverIn, URL_OPTION } from '../server-client/server-api.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../command.ts'
import { UINT32_MAX } from '../../protocol/limits.ts'
import { plural } from '../../http-contract/plural.ts'

/** Most bots in one process: beyond this, the bots are the bottleneck instead of the server. */
const BOTS_MAX = 1_000
/** Most observers that a server admits (server/limits.ts). */
const PEERS_MAX = 16
const DAY_SECONDS = 86_400
const PROGRESS_MS = 500
/** Interval between scrapes of the server's metrics, ms. */
const LOOK_MS = 2_000

export const command: CliCommand = {
  name: 'bots',
  summary: [
    'Connects simulated players to a server, lets them play, and reports what they measured.',
    '',
    'Behaviours: walk: walk around; drag: carry, throw and scale props; mocap: play the motion clips of sample models;',
    'mixed: each bot has one of the three, and also spawns props.',
    '',
    'Exits with 0 if all went well; with 1 if the server cannot be reached, a bot could not connect, a command got',
    'no answer, or a lockstep peer computed a different state than the server or missed a tick.',
    'Ticks and processor time of the server come from its /metrics. Bots and peers report their own processor time.',
  ].join('\n'),
  options: {
    url: URL_OPTION,
    count: { type: 'string', value: 'N', help: 'number of bots', default: '20' },
    seconds: { type: 'string', value: 'S', help: 'playing time after all are connected', default: '30' },
    'join-seconds': {
      type: 'string',
      value: 'S',
      help: 'time over which the joins are spread, seconds; 0: as fast as possible, 64 at a time',
      default: '0',
    },
    behaviour: { type: 'string', value: BEHAVIOURS.join('|'), help: 'behaviour of the bots', default: 'mixed' },
    transport: { type: 'string', value: TRANSPORTS.join('|'), help: 'transport', default: 'webrtc' },
    lockstep: {
      type: 'string',
      value: 'K',
      help: 'lockstep peers that check every tick; the server must allow observers',
      default: '0',
    },
    seed: { type: 'string', value: 'N', help: 'random seed of the bots', default: '1' },
  },
  run,
}

interface Settings {
  readonly url: string
  readonly count: number
  readonly seconds: number
  readonly joinSeconds: number
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
  return {
    url: serverIn(args),
    count: args.number('count', { min: 1, max: BOTS_MAX, integer: true }),
    seconds: args.number('seconds', { min: 0.1, max: DAY_SECONDS }),
    joinSeconds: args.number('join-seconds', { min: 0, max: DAY_SECONDS }),
    behaviour: oneOf('behaviour', BEHAVIOURS),
    transport: oneOf('transport', TRANSPORTS),
    lockstep: args.number('lockstep', { min: 0, max: PEERS_MAX, integer: true }),
    seed: args.number('seed', { min: 0, max: UINT32_MAX, integer: true }),
    json: args.flag('json'),
  }
}

async function run(args: Arguments): Promise<number> {
  const settings = settingsOf(args)
  try {
    const report = await play(settings)
    process.stdout.write(settings.json ? `${JSON.stringify(report)}\n` : textOf(terminal, report))
    return report.faults.length === 0 ? Exit.ok : Exit.failed
  } catch (error) {
    if (!(error instanceof ConnectError) && !(error instanceof LockstepFailed)) throw error
    printFailure(terminal, 'bots', settings.json, {
      reason: error instanceof ConnectError ? error.reason : 'lockstep',
      message: error.message,
    })
    return Exit.failed
  }
}

/** The lockstep peers could not start. */
class LockstepFailed extends Error {}

const connectOf = async (transport: TransportName): Promise<Connect> =>
  transport === 'websocket' ? connectWebSocket : (await import('../../netcode/webrtc/client-node.ts')).connectWebRtc

async function play(settings: Settings): Promise<Report> {
  const { url, count, behaviour, transport, seed, joinSeconds } = settings
  const crowd = new Crowd({
    url,
    count,
    behaviour,
    seed,
    joinSeconds,
    connects: [await connectOf(transport)],
    clips: await loadClips(),
    clock: () => performance.now(),
  })
  const watch = new LockstepWatch(url, settings.lockstep)
  const progress = showProgress(settings, crowd, watch)
  const interrupted = new AbortController()
  const interrupt = (): void => interrupted.abort()
  process.once('SIGINT', interrupt)
  try {
    await watch.started().catch((error: unknown) => {
      throw new LockstepFailed(error instanceof Error ? error.message : String(error))
    })
    const server = new ServerWatch(url, () => performance.now())
    const before = await server.scrape()
    const startMs = performance.now()
    const connected = await crowd.connect()
    const between = await server.scrape()
    const join = figuresOfJoins(
      crowd.joinMs,
      crowd.joinRetries,
      performance.now() - startMs,
      server.figures(before, between),
    )
    progress.playing()
    const cost = costSince(watch)
    const looking = setInterval(() => void server.scrape(), LOOK_MS)
    const figures = await crowd.play(settings.seconds, interrupted.signal).finally(() => clearInterval(looking))
    const cpu = cost()
    const during = server.figures(between, await server.scrape())
    const lastTick = crowd.newestTick
    await watch.reached(lastTick)
    const lockstep = watch.figures
    const { connected: stayed, troubles } = crowd.progress
    const faults = faultsOf(count, { connected, stayed, lastTick }, figures, lockstep)
    if (faults.length > 0) faults.push(...troubles, ...watch.troubles)
    return {
      schema: 'otherworld/bots/1',
      requested: count,
      connected,
      behaviour,
      transport,
      seed,
      ...figures,
      lockstep,
      join,
      server: during,
      cpu,
      faults,
    }
  } finally {
    process.off('SIGINT', interrupt)
    progress.end()
    await Promise.all([crowd.leave(), watch.stop()])
  }
}

/** Returns a function that reports the shares of a core used by bots and lockstep peers since this call. */
function costSince(watch: LockstepWatch): () => Report['cpu'] {
  const [startMs, own, peers] = [performance.now(), process.cpuUsage(), watch.cpuSeconds]
  return () => {
    const seconds = (performance.now() - startMs) / 1000
    const { user, system } = process.cpuUsage(own)
    const now = watch.cpuSeconds
    const lockstep = peers === null || now === null ? null : (now - peers) / seconds
    const share = (value: number): number => Number(value.toFixed(3))
    return {
      bots: share((user + system) / 1e6 / seconds - (lockstep ?? 0)),
      lockstep: lockstep === null ? null : share(lockstep),
    }
  }
}

/** Connected bots and remaining time: a progress line on a terminal, otherwise a line now and then. */
function showProgress(
  { json, count, seconds }: Settings,
  crowd: Crowd,
  watch: LockstepWatch,
): { playing(): void; end(): void } {
  let untilMs: number | null = null
  if (json) return { playing: () => undefined, end: () => undefined }
  const line = (): string => {
    const { hashMismatches, peers, ticksChecked } = watch.figures
    const left =
      untilMs === null ? 'connecting' : `${Math.max(0, Math.ceil((untilMs - performance.now()) / 1000))} s left`
    const checked =
      peers > 0 ? `, ${plural(ticksChecked, 'tick')} checked, ${plural(hashMismatches, 'mismatch', 'mismatches')}` : ''
    return `${crowd.progress.connected} of ${plural(count, 'bot')} connected, ${left}${checked}`
  }
  const lines = tellRegularly(terminal, line)
  const timer = terminal.errIsTerminal ? setInterval(() => terminal.err(`\r\u001B[K${line()}`), PROGRESS_MS) : undefined
  return {
    playing: () => {
      untilMs = performance.now() + seconds * 1000
    },
    end: () => {
      lines.end()
      clearInterval(timer)
      if (terminal.errIsTerminal) terminal.err('\r\u001B[K')
    },
  }
}
