/** The result of a run of `otherworld bots`: its fields, its problems, its text. */
import { percentile, type CrowdFigures } from '../../bots/figures.ts'
import type { WatchFigures } from '../../bots/lockstep-watch.ts'
import type { BehaviourName } from '../../bots/bot-behaviour.ts'
import type { ServerFigures } from '../../bots/server-watch.ts'
import { paint, rows, type Terminal } from '../output.ts'
import { plural } from '../../http-contract/plural.ts'

/** Above this interval between updates, ms, the bots measure their own delay. */
const UPDATE_MS_LATE = 50

export const TRANSPORTS = ['webrtc', 'websocket'] as const
export type TransportName = (typeof TRANSPORTS)[number]

/** Figures of the joins. */
interface JoinFigures {
  /** From the first join to the last. */
  readonly seconds: number
  /** From the start of the login to the Welcome. */
  readonly latencyMsP50: number
  readonly latencyMsP99: number
  /** Connections that failed and were retried. */
  readonly retries: number
  /** Figures of the server meanwhile; null if it has no readable metrics. */
  readonly server: ServerFigures | null
}

/** The result of a run. The names are part of the contract (docs: `--json`). */
export interface Report extends CrowdFigures {
  readonly schema: 'otherworld/bots/1'
  readonly requested: number
  readonly connected: number
  readonly seconds: number
  readonly behaviour: BehaviourName
  readonly transport: TransportName
  readonly seed: number
  readonly lockstep: WatchFigures
  readonly join: JoinFigures
  /** Figures of the server while the bots played; null if it has no readable metrics. */
  readonly server: ServerFigures | null
  /**
   * Shares of one core: this process without its lockstep peers, and the peers; null if the system does not report
   * them.
   */
  readonly cpu: { readonly bots: number; readonly lockstep: number | null }
  /** Problems of the run; empty if there were none. */
  readonly faults: readonly string[]
}

export function figuresOfJoins(
  latencyMs: readonly number[],
  retries: number,
  tookMs: number,
  server: ServerFigures | null,
): JoinFigures {
  const whole = (value: number): number => Number(value.toFixed(1))
  return {
    seconds: whole(tookMs / 1000),
    latencyMsP50: whole(percentile(latencyMs, 0.5)),
    latencyMsP99: whole(percentile(latencyMs, 0.99)),
    retries,
    server,
  }
}

/** Lists the problems. `stayed`: bots connected at the end; `lastTick`: the newest tick that they received. */
export function faultsOf(
  count: number,
  { connected, stayed, lastTick }: { readonly connected: number; readonly stayed: number; readonly lastTick: number },
  figures: CrowdFigures,
  { hashMismatches, peers, each }: WatchFigures,
): string[] {
  const faults: string[] = []
  if (connected < count) faults.push(`${count - connected} of ${plural(count, 'bot')} did not connect`)
  if (stayed < connected)
    faults.push(`${plural(connected - stayed, 'bot was', 'bots were')} no longer connected at the end`)
  if (figures.inputsLost > 0) faults.push(`${plural(figures.inputsLost, 'command')} got no answer`)
  if (hashMismatches > 0)
    faults.push(
      `a lockstep peer computed a different state than the server in ${plural(hashMismatches, 'tick')}, first in tick ${Math.min(...each.map(({ firstMismatch }) => firstMismatch ?? Infinity))}`,
    )
  for (const { gap, lastTick: reached } of each) {
    if (gap > 0) faults.push(`a lockstep peer did not check ${plural(gap, 'tick')}`)
    if (reached < lastTick)
      faults.push(`a lockstep peer reached only tick ${reached}; the bots received tick ${lastTick}`)
  }
  if (each.length < peers) faults.push(`${plural(peers - each.length, 'lockstep peer')} checked no tick`)
  return faults
}

const percent = (share: number, digits = 0): string => `${(share * 100).toFixed(digits)} %`

export function textOf(to: Terminal, report: Report): string {
  const { requested, connected, seconds, behaviour, transport, lockstep, join, server, faults } = report
  const rejected = Object.entries(report.commandsRejected)
    .map(([reason, times]) => `${times} ${reason}`)
    .join(', ')
  return `${paint(to, 'bold', `${connected} of ${plural(requested, 'bot')} connected over ${transport}; ${behaviour} for ${seconds} s`)}\n${rows(
    to,
    [
      [
        'joining',
        `${join.latencyMsP50} ms (median), ${join.latencyMsP99} ms (99 %); all within ${join.seconds} s${join.retries > 0 ? `; ${join.retries} tried again` : ''}`,
      ],
      ...(join.server ? [['', `the server's tick meanwhile ${ticksOf(join.server)}`] as const] : []),
      [
        'inputs',
        `${report.inputsSent} sent; commands: ${report.commandsDone} carried out, ${rejected === '' ? 'none' : rejected} rejected, ${report.inputsLost} lost`,
      ],
      [
        'snapshots',
        `${report.snapshotsReceived} received; loss ${percent(report.lossMedian, 2)} (median), ${percent(report.lossMax, 2)} (worst)`,
      ],
      ['bandwidth', `${report.kbpsDownMedian} kbit/s down, ${report.kbpsUpMedian} kbit/s up for each bot (median)`],
      [
        'round trip',
        `${report.rttMsP50} ms (median), ${report.rttMsP99} ms (99 %); ${plural(report.reconnects, 'reconnect')}`,
      ],
      ...(report.effects > 0
        ? [
            [
              'effect',
              `${report.effectMsP50} ms (median), ${report.effectMsP99} ms (99 %) from an input until another bot shows its effect; ${plural(report.effects, 'time')}`,
            ] as const,
          ]
        : []),
      ...(lockstep.peers > 0
        ? [
            [
              'lockstep',
              `${plural(lockstep.peers, 'peer')}, ${plural(lockstep.ticksChecked, 'tick')} checked, ${plural(lockstep.hashMismatches, 'hash mismatch', 'hash mismatches')}`,
            ] as const,
          ]
        : []),
      ...(server ? serverRows(server) : [['server', '/metrics is not readable'] as const]),
      [
        'bots',
        `updated every ${report.updateMsP50} ms (median), ${report.updateMsP99} ms (99 %)${report.updateMsP99 > UPDATE_MS_LATE ? ': this machine is too busy, which makes the times above longer' : ''}`,
      ],
      [
        'processor',
        `bots ${percent(report.cpu.bots)} of a core${report.cpu.lockstep === null ? '' : `, lockstep peers ${percent(report.cpu.lockstep)}`}`,
      ],
      ...faults.map((fault) => [paint(to, 'red', 'fault'), fault] as const),
    ],
  )}`
}

const ticksOf = ({ tickMsP50, tickMsP99, overBudgetShare, delayedMs }: ServerFigures): string =>
  `${tickMsP50} ms (median), ${tickMsP99} ms (99 %), ${percent(overBudgetShare, 2)} too long, ${delayedMs} ms behind the clock`

function serverRows(server: ServerFigures): readonly (readonly [string, string])[] {
  const { cpu, rssMiB, props, propsAwakeMean } = server
  return [
    ['tick', ticksOf(server)],
    [
      'of which',
      Object.entries(server.partsMs)
        .map(([part, ms]) => `${part} ${ms} ms`)
        .join(', '),
    ],
    ['props', `${propsAwakeMean} of ${props} moving (mean)`],
    [
      'server',
      `processor: ${percent(cpu.server)} of a core (main thread ${percent(cpu.main)}, realm ${percent(cpu.realm)}), WebRTC process ${percent(cpu.webrtc)}; memory ${rssMiB.server} and ${rssMiB.webrtc} MiB`,
    ],
  ]
}
