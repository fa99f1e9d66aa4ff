/** Sums up the facts of a recording: what each player did, and how often. */
import { factAt, type HoldFacts, type PlayerFacts, type RecordingFacts } from './facts.ts'

/** How long a player held a prop in all. */
export interface HeldTime {
  readonly element: number
  readonly name: string
  readonly times: number
  readonly ticks: number
}

export interface PlayerActivity extends Omit<PlayerFacts, 'seconds'> {
  /** Mean over the player's stay. */
  readonly inputsASecond: number
  /** Rejected commands. */
  readonly rejected: number
  /** The longest held first. */
  readonly held: readonly HeldTime[]
}

export interface Activity {
  /** In the order in which they came. */
  readonly people: readonly PlayerActivity[]
  /** Rejected commands by reason, the most frequent first. */
  readonly rejections: readonly (readonly [reason: string, count: number])[]
  /** Inputs of all players in the busiest second. */
  readonly inputsASecondMax: number
}

export function activityOf(recorded: RecordingFacts): Activity {
  const { players, facts } = recorded
  const byReason = new Map<string, number>()
  const byPlayer = new Map<number, number>()
  for (let i = 0; i < facts.count; i++) {
    const fact = factAt(facts, i)
    if (fact.kind !== 'rejected') continue
    byReason.set(fact.detail, (byReason.get(fact.detail) ?? 0) + 1)
    byPlayer.set(fact.player, (byPlayer.get(fact.player) ?? 0) + 1)
  }
  const held = heldTimes(recorded)
  return {
    people: players.map(({ seconds: _seconds, ...player }) => ({
      ...player,
      inputsASecond: player.inputs / Math.max(1 / recorded.origin.tickRate, staySeconds(player, recorded)),
      rejected: byPlayer.get(player.player) ?? 0,
      held: held.get(player.player) ?? [],
    })),
    rejections: [...byReason].toSorted((a, b) => b[1] - a[1]),
    inputsASecondMax: busiestSecond(players),
  }
}

const staySeconds = (
  { joined, left }: Pick<PlayerFacts, 'joined' | 'left'>,
  { origin: { startTick, lastTick, tickRate } }: RecordingFacts,
): number => ((left ?? lastTick) - (joined ?? startTick)) / tickRate

/** Ticks of a hold; up to the end of the recording if it does not end before. */
export const heldTicks = ({ from, to }: HoldFacts, { origin }: RecordingFacts): number => (to ?? origin.lastTick) - from

function heldTimes(recorded: RecordingFacts): ReadonlyMap<number, readonly HeldTime[]> {
  const names = new Map(recorded.props.map(({ element, name }) => [element, name]))
  const all = new Map<number, Map<number, HeldTime>>()
  for (const hold of recorded.holds) {
    const { player, element } = hold
    const own = all.get(player) ?? new Map<number, HeldTime>()
    const { times, ticks } = own.get(element) ?? { times: 0, ticks: 0 }
    const more = { times: times + 1, ticks: ticks + heldTicks(hold, recorded) }
    own.set(element, { element, name: names.get(element) ?? '', ...more })
    all.set(player, own)
  }
  return new Map(
    Array.from(all, ([player, own]) => [player, [...own.values()].toSorted((a, b) => b.ticks - a.ticks)] as const),
  )
}

function busiestSecond(players: readonly PlayerFacts[]): number {
  const sums: number[] = []
  for (const { seconds } of players)
    for (const [i, count] of seconds.counts.entries()) sums[seconds.from + i] = (sums[seconds.from + i] ?? 0) + count
  return sums.reduce((most, sum) => Math.max(most, sum), 0)
}
