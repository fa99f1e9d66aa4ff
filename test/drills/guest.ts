/**
 * Hostile guests over the real transports try to stop the tick, grow the state or end the realm, while honest bots
 * play. Reports how the guests ended, what the honest bots noticed, and whether the realm restarts afterwards.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { nodeWebRtcConnect } from '../../netcode/webrtc/client-node.ts'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { readRecording } from '../../replay/index.ts'
import { Draw } from '../fuzz/scenes/edge-numbers.ts'
import { Guests } from './guest/guests.ts'
import { PHASES } from './guest/phases.ts'
import { LoadWatch, type ServerLoad } from './guest/watch.ts'
import type { CommandEndings } from './guest/wire-guest.ts'
import { Players } from './players.ts'
import { sleep, isTrueWithin } from '../harness/wait.ts'
import { startServerOn, startServerProcess, type ServerProcess } from './server-process.ts'

const text = (value: string): { readonly type: 'string'; readonly default: string } => ({
  type: 'string',
  default: value,
})
const { values } = parseArgs({
  options: {
    seed: text('1'),
    seconds: text('20'),
    guests: text('2'),
    bots: text('10'),
    only: text(Object.keys(PHASES).join(',')),
    'tick-ms-max': text('500'),
    from: { type: 'string' },
    fresh: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})
const [seed, seconds, tickMsMax] = [Number(values.seed), Number(values.seconds), Number(values['tick-ms-max'])]
const names = values.only.split(',')
const unknown = names.filter((name) => !(name in PHASES))
if (unknown.length > 0) {
  process.stderr.write(`--only is "${values.only}"; it takes one or more of: ${Object.keys(PHASES).join(',')}\n`)
  process.exit(2)
}

/** Time for a server and its bots to settle in, ms: the status reports the longest tick of the last 10 s. */
const SETTLE_MS = 11_000
/** Time that commands may take after the end of a phase, ms. */
const AFTER_MS = 2_000
/** Ticking time after which a restarted realm counts as running, ms. */
const BACK_MS = 4_000
/** Time limit of a start, ms. */
const START_MS_MAX = 60_000

interface Afterwards {
  /** From SIGTERM to the end of the process, s. */
  readonly stopSeconds: number
  /** Every recording was closed in order, except those of a restarted realm. */
  readonly isSealed: boolean
  /** Time from a start on the same data until it ticks, s; null if it does not. */
  readonly backSeconds: number | null
  readonly restartsAfterwards: number
}

interface PhaseReport {
  readonly phase: string
  readonly goal: string
  readonly outcomes: CommandEndings
  readonly guestsEnded: Readonly<Record<string, number>>
  readonly figures: ServerLoad
  readonly changed: readonly string[]
  readonly commandsLost: number
  afterwards: Afterwards | null
  readonly faults: readonly string[]
}

interface GuestDrill {
  readonly server: ServerProcess
  readonly honest: Players
}

const rtc = nodeWebRtcConnect()
const connects = [rtc, connectWebSocket]

async function begin(): Promise<GuestDrill> {
  const server = await startServerProcess()
  const honest = await Players.join(
    server.url,
    (i) => [i % 2 === 0 ? rtc : connectWebSocket],
    Number(values.bots),
    seed,
  )
  await sleep(SETTLE_MS)
  return { server, honest }
}

function isSealed(data: string): boolean {
  const folder = join(data, 'recordings')
  const newest = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.owr'))
    .toSorted()
    .at(-1)
  if (newest === undefined) return false
  const read = readRecording(new Uint8Array(readFileSync(join(folder, newest))))
  return read.ok && read.value.index !== null
}

async function ticksOf(url: string): Promise<{ readonly tick: number; readonly restarts: number } | null> {
  try {
    const {
      realms: [realm],
    } = (await (await fetch(`${url}v1/status`, { signal: AbortSignal.timeout(2_000) })).json()) as {
      readonly realms: readonly { tick: number; restarts: number }[]
    }
    return realm ?? null
  } catch {
    return null
  }
}

/** Stops the server and starts another on its data. */
async function afterwards({ server, honest }: GuestDrill): Promise<Afterwards> {
  void honest.leave()
  const stopAtMs = performance.now()
  await server.end()
  const stopSeconds = (performance.now() - stopAtMs) / 1_000
  const sealed = isSealed(server.data)
  const startAtMs = performance.now()
  let [backSeconds, restarts]: [number | null, number] = [null, 0]
  try {
    const again = await Promise.race([startServerOn(server.data), sleep(START_MS_MAX).then(() => null)])
    if (again) {
      const first = (await ticksOf(again.url))?.tick ?? 0
      let now = await ticksOf(again.url)
      while ((now === null || now.tick <= first) && performance.now() - startAtMs < START_MS_MAX) {
        await sleep(100)
        now = await ticksOf(again.url)
      }
      const seenMs = performance.now()
      await sleep(BACK_MS)
      const later = await ticksOf(again.url)
      restarts = later?.restarts ?? 0
      backSeconds = later && now && later.tick > now.tick + 10 && restarts === 0 ? (seenMs - startAtMs) / 1_000 : null
      await again.stop()
    }
  } catch (error) {
    process.stderr.write(`the second start: ${error instanceof Error ? error.message.slice(0, 500) : String(error)}\n`)
  }
  rmSync(server.data, { recursive: true, force: true })
  return {
    stopSeconds: Number(stopSeconds.toFixed(1)),
    isSealed: sealed,
    backSeconds: backSeconds === null ? null : Number(backSeconds.toFixed(1)),
    restartsAfterwards: restarts,
  }
}

/** The guests remove as many of their props as they can. */
async function tidy(guests: Guests): Promise<void> {
  for (const { guest } of guests.seats)
    for (const element of guest.isJoined ? [...guest.elements] : []) guest.command({ type: 'despawn', element })
  await isTrueWithin(() => guests.seats.every(({ guest }) => !guest.isJoined || guest.unacknowledged === 0), 10_000)
}

function faultsOf({
  figures,
  changed,
  commandsLost,
}: Pick<PhaseReport, 'figures' | 'changed' | 'commandsLost'>): string[] {
  const { restarts, honest, tickMsMax: most, gapMsMax } = figures
  return [
    restarts > 0 && `the realm was restarted ${restarts} times`,
    honest.in < honest.count && `${honest.count - honest.in} honest players are out`,
    honest.reconnects > 0 && `honest players had to come back ${honest.reconnects} times`,
    changed.length > 0 && `${changed.length} honest players have another player id or avatar`,
    commandsLost > 0 && `${commandsLost} commands of honest players were lost`,
    most > tickMsMax && `a tick took ${most} ms`,
    gapMsMax > Math.max(2_000, tickMsMax * 2) && `no tick for ${gapMsMax} ms`,
  ].filter((fault) => fault !== false)
}

async function runPhase(name: string, play: GuestDrill): Promise<PhaseReport> {
  const { server, honest } = play
  const phase = PHASES[name]
  if (!phase) throw new Error(`no phase ${name}`)
  const lostBefore = honest.all.reduce((sum, { client }) => sum + client.stats().inputsLost, 0)
  const watch = await LoadWatch.begin({ url: server.url, data: server.data, pid: server.pid, honest })
  const guests = new Guests(server.url, connects, Number(values.guests), values.from ?? null)
  const draw = new Draw(seed * 1_000 + Object.keys(PHASES).indexOf(name))
  await phase.run({ url: server.url, guests, connects, draw, endMs: performance.now() + seconds * 1_000 })
  await sleep(AFTER_MS)
  const figures = await watch.end()
  const outcomes = structuredClone(guests.endings)
  await tidy(guests)
  guests.close()
  const commandsLost = honest.all.reduce((sum, { client }) => sum + client.stats().inputsLost, 0) - lostBefore
  const report = { figures, changed: honest.changed, commandsLost }
  return {
    phase: name,
    goal: phase.goal,
    outcomes,
    guestsEnded: guests.ended,
    ...report,
    afterwards: null,
    faults: faultsOf(report),
  }
}

const again = (name: string): string =>
  `npm run drill -- guest --seed ${seed} --seconds ${seconds} --guests ${values.guests} --bots ${values.bots}${values.from === undefined ? '' : ` --from ${values.from}`} --only ${name}`

function printPhase({ phase, goal, outcomes, guestsEnded, figures, afterwards: after, faults }: PhaseReport): void {
  const counts = (of: Readonly<Record<string, number>>): string =>
    Object.entries(of)
      .toSorted((a, b) => b[1] - a[1])
      .map(([what, times]) => `${what} ${times}`)
      .join(', ')
  const { honest } = figures
  const lines = [
    `${phase}: ${goal}; ${figures.seconds} s, ${figures.ticks} ticks`,
    `  outcomes: ${
      Object.entries(outcomes)
        .map(([type, times]) => `${type}: ${counts(times)}`)
        .join('; ') || 'nothing'
    }`,
    ...(Object.keys(guestsEnded).length > 0 ? [`  guests ended: ${counts(guestsEnded)}`] : []),
    `  tick p50 ${figures.tickMsP50 ?? '?'} ms, p99 ${figures.tickMsP99 ?? '?'} ms, longest ${figures.tickMsMax} ms, ${figures.cpuMsPerTick ?? '?'} ms of processor a tick; over budget ${figures.overBudgetShare === null ? '?' : (100 * figures.overBudgetShare).toFixed(2)} %; longest without a tick ${figures.gapMsMax} ms; realm restarts ${figures.restarts}`,
    `  honest: ${honest.in} of ${honest.count} in, came back ${honest.reconnects}, longest without news ${honest.gapMsMax} ms; rejected: ${counts(honest.rejected) || 'nothing'}`,
    `  ${figures.elements} elements, checkpoint ${(figures.checkpointBytesMax / 1e6).toFixed(1)} MB, recordings ${figures.recordedMbPerMinute} MB a minute, ${figures.rssMiB} MiB`,
    ...(after
      ? [
          `  afterwards: ended in ${after.stopSeconds} s, ${after.isSealed ? '' : 'not '}sealed; ${after.backSeconds === null ? `does not come back (restarts ${after.restartsAfterwards})` : `ticks again ${after.backSeconds} s after the next start`}`,
        ]
      : []),
    ...(faults.length > 0 ? [`  FAILED: ${faults.join('; ')}`, `  again: ${again(phase)}`] : []),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

const reports: PhaseReport[] = []
let play: GuestDrill | null = null
for (const [i, name] of names.entries()) {
  play ??= await begin()
  let report = await runPhase(name, play)
  // The state of a restarted or dead realm is no baseline for the next phase.
  if (
    values.fresh ||
    report.figures.restarts > 0 ||
    report.figures.unanswered > 5 ||
    report.figures.honest.in < report.figures.honest.count ||
    i === names.length - 1
  ) {
    const after = await afterwards(play)
    const faults = [
      ...report.faults,
      ...(after.backSeconds === null ? ['the realm does not come back'] : []),
      ...(after.isSealed ? [] : ['the recording was not sealed']),
      ...(after.stopSeconds > 10 ? [`the server took ${after.stopSeconds} s to end`] : []),
    ]
    report = { ...report, afterwards: after, faults }
    play = null
  }
  reports.push(report)
  if (!values.json) printPhase(report)
}
const failed = reports.filter(({ faults }) => faults.length > 0)
if (values.json)
  process.stdout.write(
    `${JSON.stringify({ schema: 'otherworld/drill-guest/1', seed, seconds, guests: Number(values.guests), bots: Number(values.bots), phases: reports, failed: failed.map(({ phase }) => ({ phase, again: again(phase) })) })}\n`,
  )
else
  process.stdout.write(
    failed.length === 0
      ? `all ${reports.length} phases held\n`
      : `failed: ${failed.map(({ phase }) => phase).join(', ')}\n`,
  )
process.exit(failed.length === 0 ? 0 : 1)
