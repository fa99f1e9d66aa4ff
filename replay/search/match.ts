/** Answers queries about recordings from their facts. */
import { chainsOf, type Chain } from './chains.ts'
import { REPLAYED_KINDS, type Fact, type RecordingFacts } from './facts.ts'
import { occurrencesOf, type Occurrence } from './occurrences.ts'
import { ticksOf, type Query, type Step } from './query.ts'

export type { Occurrence } from './occurrences.ts'

export interface SearchMatch<F> {
  /** The recording in which the last step ends. */
  readonly file: F
  readonly facts: RecordingFacts
  /** What was found for each step, in the order of time. */
  readonly found: readonly Occurrence<F>[]
}

/** A recording's facts, with any name for it. */
export interface Searched<F> {
  readonly file: F
  readonly facts: RecordingFacts
}

/**
 * All matches, by recording and time. Recordings that continue each other are searched as one. The steps of a sequence
 * are about the same player and the same element, unless each names its own. For each first step, the earliest steps
 * after it count.
 */
export function search<F>(query: Query, recordings: readonly Searched<F>[]): SearchMatch<F>[] {
  return chainsOf(recordings).flatMap((chain) => searchChain(query, chain))
}

/** True if events that the query asks for may be missing in these facts. */
export const mayMiss = (query: Query, { missing }: RecordingFacts): boolean =>
  missing !== null && query.steps.some(needsReplay)

function needsReplay(step: Step): boolean {
  if (step.type === 'held') return true
  const events = step.type === 'rate' ? step.of : step
  return events !== null && events.kinds.some((kind) => REPLAYED_KINDS.has(kind) && kind !== 'fault')
}

function searchChain<F>(query: Query, chain: Chain<F>): SearchMatch<F>[] {
  const [first, ...rest] = query.steps.map((step) => occurrencesOf(step, chain))
  if (!first) return []
  const later = rest.map((found, i) => new Later(found, query, i + 1))
  const deadEnds = new Set<string>()
  return first.flatMap((begin) => {
    const found = complete([begin], begin, later, deadEnds)
    const last = found?.at(-1)
    return found && last ? [{ file: last.at.file, facts: last.at.facts, found }] : []
  })
}

/**
 * The earliest occurrences of the other steps after those that were found; null if there are none. `deadEnds` remembers
 * from which occurrences the rest cannot be completed.
 */
function complete<F>(
  found: readonly Occurrence<F>[],
  subject: Subject,
  later: readonly Later<F>[],
  deadEnds: Set<string>,
): readonly Occurrence<F>[] | null {
  const next = later[found.length - 1]
  const before = found.at(-1)
  if (!next || !before) return found
  const place = `${found.length} ${before.order} ${keyOf(subject.player, subject.element)}`
  if (deadEnds.has(place)) return null
  for (const candidate of next.after(before, subject)) {
    const all = complete([...found, candidate], carried(subject, candidate), later, deadEnds)
    if (all) return all
  }
  deadEnds.add(place)
  return null
}

type Subject = Pick<Fact, 'player' | 'element'>

const carried = (before: Subject, { player, element }: Subject): Subject => ({
  player: player || before.player,
  element: element || before.element,
})

const keyOf = (player: number, element: number): string => `${player} ${element}`

/** The occurrences of a later step, by player and element, so that the next one of a subject is found at once. */
class Later<F> {
  readonly #bySubject = new Map<string, Occurrence<F>[]>()
  readonly #samePlayer: boolean
  readonly #sameElement: boolean
  readonly #within: Query['within'][number]

  constructor(found: readonly Occurrence<F>[], query: Query, step: number) {
    const [before, own] = [query.steps.slice(0, step), query.steps[step]]
    this.#samePlayer = !(own?.player && before.some(({ player }) => player)) && own?.player?.type !== 'any'
    this.#sameElement = !(elementOf(own) && before.some((one) => elementOf(one))) && elementOf(own)?.type !== 'any'
    this.#within = query.within[step - 1] ?? null
    for (const occurrence of found) {
      const key = keyOf(this.#samePlayer ? occurrence.player : 0, this.#sameElement ? occurrence.element : 0)
      const known = this.#bySubject.get(key)
      if (known) known.push(occurrence)
      else this.#bySubject.set(key, [occurrence])
    }
  }

  /** Those after `before` and within the time of the link, about the subject, earliest first. */
  *after(before: Occurrence<F>, { player, element }: Subject): Generator<Occurrence<F>> {
    const last =
      this.#within === null ? Infinity : before.endTick + ticksOf(this.#within, before.at.facts.origin.tickRate)
    const lists = this.#listsFor(player, element).map((list) => ({ list, at: firstFrom(list, before.endTick) }))
    for (;;) {
      let earliest: (typeof lists)[number] | null = null
      for (const each of lists) {
        const [one, other] = [each.list[each.at], earliest?.list[earliest.at]]
        if (one && (!other || one.tick < other.tick || (one.tick === other.tick && one.order < other.order)))
          earliest = each
      }
      const next = earliest?.list[earliest.at]
      if (!earliest || !next || next.tick > last) return
      earliest.at++
      if (follows(next, before)) yield next
    }
  }

  /** A step that is about no player or no element at all fits every subject. */
  #listsFor(player: number, element: number): readonly Occurrence<F>[][] {
    const players = !this.#samePlayer ? [0] : player === 0 ? null : [player, 0]
    const elements = !this.#sameElement ? [0] : element === 0 ? null : [element, 0]
    if (players && elements)
      return players.flatMap((one) => elements.flatMap((other) => [this.#bySubject.get(keyOf(one, other)) ?? []]))
    return [...this.#bySubject].flatMap(([key, list]) => {
      const [one, other] = key.split(' ').map(Number)
      return (!players || players.includes(one ?? 0)) && (!elements || elements.includes(other ?? 0)) ? [list] : []
    })
  }
}

const elementOf = (step: Step | undefined) =>
  step?.type === 'rate' ? (step.of?.element ?? null) : (step?.element ?? null)

/** Within one tick, facts have their order; holds and rates begin and end with the facts of their ticks. */
const follows = <F>(next: Occurrence<F>, before: Occurrence<F>): boolean =>
  next.tick > before.endTick || next.type !== before.type || next.order > before.order

/** The place of the first occurrence at or after a tick. */
function firstFrom<F>(list: readonly Occurrence<F>[], tick: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list[middle]?.tick ?? Infinity) < tick) low = middle + 1
    else high = middle
  }
  return low
}
