/** Figures of all bots, from each client's own. */
import type { Bot } from './bot.ts'

export interface CrowdFigures {
  readonly inputsSent: number
  /** Commands neither carried out nor rejected. */
  readonly inputsLost: number
  readonly snapshotsReceived: number
  /** Kilobits a second of payload: the median of each client's mean. */
  readonly kbpsDownMedian: number
  readonly kbpsUpMedian: number
  /** Round trips of all clients, sampled each second; 0 if none was measured. */
  readonly rttMsP50: number
  readonly rttMsP99: number
  /** Time from a bot's decision to jump until another bot sees it rise, over `effects` jumps. */
  readonly effectMsP50: number
  readonly effectMsP99: number
  readonly effects: number
  /**
   * Interval between two updates of the bots. If it is far above 16, this process is the bottleneck, and its times say
   * little about the server.
   */
  readonly updateMsP50: number
  readonly updateMsP99: number
  /** Share of the server's packets that did not arrive: median and maximum over the clients. */
  readonly lossMedian: number
  readonly lossMax: number
  readonly reconnects: number
  readonly commandsDone: number
  /** Counts by reason. */
  readonly commandsRejected: Readonly<Record<string, number>>
}

/** The value at or below which that share of the values lies (nearest rank); 0 if there are none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const rounded = (value: number, digits = 1): number => Number(value.toFixed(digits))

/** Bytes up and down of one client at one moment. */
export interface Traffic {
  readonly up: number
  readonly down: number
}

/** One client's traffic over the measured time, kilobits a second. */
const kbps = (from: number, to: number, seconds: number): number =>
  seconds > 0 ? ((to - from) * 8) / 1000 / seconds : 0

/** All measurements while the bots played, ms. */
export interface CrowdSamples {
  readonly rttMs: readonly number[]
  readonly effectMs: readonly number[]
  readonly updateMs: readonly number[]
}

/** `traffic`: of each bot, at the start and the end of the measured `seconds`. */
export function figuresOf(
  bots: readonly Bot[],
  nowMs: number,
  traffic: readonly { readonly from: Traffic; readonly to: Traffic }[],
  seconds: number,
  { rttMs, effectMs, updateMs }: CrowdSamples,
): CrowdFigures {
  const stats = bots.map((bot) => bot.client.stats(nowMs))
  const rejected: Record<string, number> = {}
  for (const bot of bots)
    for (const [reason, count] of Object.entries(bot.tally.rejected)) rejected[reason] = (rejected[reason] ?? 0) + count
  const losses = stats.map(({ loss }) => loss)
  return {
    inputsSent: sum(stats.map(({ inputsSent }) => inputsSent)),
    inputsLost: sum(stats.map(({ inputsLost, commandsPending }) => inputsLost + commandsPending)),
    snapshotsReceived: sum(stats.map(({ snapshotsReceived }) => snapshotsReceived)),
    kbpsDownMedian: rounded(
      percentile(
        traffic.map(({ from, to }) => kbps(from.down, to.down, seconds)),
        0.5,
      ),
    ),
    kbpsUpMedian: rounded(
      percentile(
        traffic.map(({ from, to }) => kbps(from.up, to.up, seconds)),
        0.5,
      ),
    ),
    rttMsP50: rounded(percentile(rttMs, 0.5)),
    rttMsP99: rounded(percentile(rttMs, 0.99)),
    effectMsP50: rounded(percentile(effectMs, 0.5)),
    effectMsP99: rounded(percentile(effectMs, 0.99)),
    effects: effectMs.length,
    updateMsP50: rounded(percentile(updateMs, 0.5)),
    updateMsP99: rounded(percentile(updateMs, 0.99)),
    lossMedian: rounded(percentile(losses, 0.5), 4),
    lossMax: rounded(Math.max(0, ...losses), 4),
    reconnects: sum(stats.map(({ reconnects }) => reconnects)),
    commandsDone: sum(bots.map(({ tally }) => tally.done)),
    commandsRejected: rejected,
  }
}
