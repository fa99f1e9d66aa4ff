/** Spans of time in which a player did something more often than a limit. */
import type { PlayerId } from '../../sim/index.ts'
import type { RecordingFacts } from './facts.ts'

export interface RateSpan {
  readonly player: PlayerId
  /** First and last tick of the events that exceed the limit together. */
  readonly from: number
  readonly to: number
  /** Highest count within the window. */
  readonly peak: number
}

/**
 * Spans in which more than `over` events lie within `windowTicks` ticks. `ticks`: those of each player's events, in
 * order. Windows that overlap are one span.
 */
export function rateSpans(
  ticks: ReadonlyMap<PlayerId, readonly number[]>,
  over: number,
  windowTicks: number,
): RateSpan[] {
  return Array.from(ticks, ([player, own]) => spansOf(player, own, over, windowTicks)).flat()
}

function spansOf(player: PlayerId, ticks: readonly number[], over: number, windowTicks: number): RateSpan[] {
  const spans: { player: PlayerId; from: number; to: number; peak: number }[] = []
  let first = 0
  for (const [i, tick] of ticks.entries()) {
    while ((ticks[first] ?? tick) <= tick - windowTicks) first++
    const count = i - first + 1
    if (count <= over) continue
    const from = ticks[first] ?? tick
    const last = spans.at(-1)
    if (last && from <= last.to) {
      last.to = tick
      last.peak = Math.max(last.peak, count)
    } else spans.push({ player, from, to: tick, peak: count })
  }
  return spans
}

/** As `rateSpans`, for the inputs of each player, which are counted in whole seconds of the recording. */
export function inputRates({ origin, players }: RecordingFacts, over: number, windowSeconds: number): RateSpan[] {
  const { startTick, lastTick, tickRate } = origin
  return players.flatMap(({ player, seconds: { from, counts } }) => {
    const spans: { player: PlayerId; from: number; to: number; peak: number }[] = []
    let count = 0
    for (let i = 0; i < counts.length; i++) {
      count += (counts[i] ?? 0) - (counts[i - windowSeconds] ?? 0)
      if (count <= over) continue
      const begin = startTick + 1 + (from + Math.max(0, i - windowSeconds + 1)) * tickRate
      const end = Math.min(lastTick, startTick + (from + i + 1) * tickRate)
      const last = spans.at(-1)
      if (last && begin <= last.to + 1) {
        last.to = end
        last.peak = Math.max(last.peak, count)
      } else spans.push({ player, from: begin, to: end, peak: count })
    }
    return spans
  })
}
