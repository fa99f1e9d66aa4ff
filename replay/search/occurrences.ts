/** Finds what one step of a query is about, in a chain of recordings. */
import { FACT_KINDS, type PlayerFacts, type PropFacts, type RecordingFacts } from './facts.ts'
import type { Chain } from './chains.ts'
import { inputRates, rateSpans, type RateSpan } from './rates.ts'
import {
  ticksOf,
  type Duration,
  type EventStep,
  type HeldStep,
  type Pattern,
  type RateStep,
  type Step,
} from './query.ts'

export interface Occurrence<F> {
  readonly type: 'event' | 'held' | 'rate'
  /** The recording in which it begins. */
  readonly at: { readonly file: F; readonly facts: RecordingFacts }
  readonly tick: number
  /** The same tick for an event; the last tick of a hold or of a rate. */
  readonly endTick: number
  /** Position among the occurrences of its type. */
  readonly order: number
  /** 0: the server or nobody; 0: none. */
  readonly player: number
  readonly element: number
  /** Row of the event in the facts. */
  readonly row: number | null
  /** The hold ends with the recording, so that its true end is not known. */
  readonly isOpen: boolean
  /** Highest count within the time of the rate. */
  readonly peak: number | null
}

/** In the order of time. */
export function occurrencesOf<F>(step: Step, chain: Chain<F>): Occurrence<F>[] {
  if (step.type === 'held') return holds(step, chain)
  return step.type === 'rate' ? rates(step, chain) : events(step, chain)
}

// --- events

function events<F>(step: EventStep, chain: Chain<F>): Occurrence<F>[] {
  const found: Occurrence<F>[] = []
  for (const [i, at] of chain.entries())
    for (const row of rowsOf(step, at.facts)) {
      const { ticks, players, elements } = at.facts.facts
      const tick = ticks[row] ?? 0
      const [player, element] = [players[row] ?? 0, elements[row] ?? 0]
      const order = i * 0x1_0000_0000 + row
      found.push({ type: 'event', at, tick, endTick: tick, order, player, element, row, isOpen: false, peak: null })
    }
  return found
}

/** The rows of a recording's facts that a step is about. */
function* rowsOf(
  { kinds, player, element, reason, command, text }: EventStep,
  recorded: RecordingFacts,
): Generator<number> {
  const { facts } = recorded
  const wanted = FACT_KINDS.map((kind) => kinds.includes(kind))
  const who = player && playersFor(player, recorded)
  const what = element && elementsFor(element, recorded)
  const words = wordsFor(facts.words, reason, text)
  for (let row = 0; row < facts.count; row++) {
    if (!wanted[facts.kinds[row] ?? 0]) continue
    if (who && !who.has(facts.players[row] ?? 0)) continue
    if (what && !what(facts.elements[row] ?? 0, facts.players[row] ?? 0)) continue
    if (words && !words.has(facts.details[row] ?? 0) && !(text !== null && words.has(facts.abouts[row] ?? 0))) continue
    if (command !== null && facts.words[facts.abouts[row] ?? 0] !== command) continue
    yield row
  }
}

/** Positions of the words that are the reason, or contain the text; null if there is no such condition. */
function wordsFor(words: readonly string[], reason: string | null, text: string | null): ReadonlySet<number> | null {
  if (reason === null && text === null) return null
  const fits = (word: string): boolean => (reason === null ? word.toLowerCase().includes(text ?? '') : word === reason)
  return new Set(words.flatMap((word, i) => (fits(word) ? [i] : [])))
}

const SERVER = 0

/** The players that a pattern names; null: all. The name "server" is the server. */
function playersFor(pattern: Pattern, { players }: RecordingFacts): ReadonlySet<number> | null {
  switch (pattern.type) {
    case 'any':
      return null
    case 'id':
      return new Set([pattern.id])
    case 'user':
      return new Set(players.filter(({ user }) => user === pattern.user).map(({ player }) => player))
    case 'name': {
      const named = players.filter(({ name }) => pattern.matches(name)).map(({ player }) => player)
      return new Set(pattern.matches('server') && named.length === 0 ? [SERVER] : named)
    }
  }
}

type IsElement = (element: number, player: number) => boolean

/** An avatar is meant by its element or its player. */
function elementsFor(pattern: Pattern, { props, players }: RecordingFacts): IsElement | null {
  if (pattern.type === 'any' || pattern.type === 'user') return null
  const isMeant = ({ element, name }: PropFacts | PlayerFacts): boolean =>
    pattern.type === 'id' ? element === pattern.id : pattern.matches(name)
  const things = new Set(props.filter(isMeant).map(({ element }) => element))
  // A rejected command may name an element that was never there.
  if (pattern.type === 'id') things.add(pattern.id)
  const avatars = new Set(players.filter(isMeant).map(({ player }) => player))
  return (element, player) => things.has(element) || (element === 0 && avatars.has(player))
}

// --- holds

/** A hold that goes on in the next recording of the chain is one hold. */
function holds<F>({ player, element, atLeast, atMost }: HeldStep, chain: Chain<F>): Occurrence<F>[] {
  const found: { -readonly [K in keyof Occurrence<F>]: Occurrence<F>[K] }[] = []
  const open = new Map<string, (typeof found)[number]>()
  for (const at of chain) {
    const who = player && playersFor(player, at.facts)
    const what = element && elementsFor(element, at.facts)
    for (const hold of at.facts.holds) {
      if ((who && !who.has(hold.player)) || (what && !what(hold.element, hold.player))) continue
      const key = `${hold.player} ${hold.element}`
      const before = hold.heldBefore ? open.get(key) : undefined
      const end = { endTick: hold.to ?? at.facts.origin.lastTick, isOpen: hold.to === null }
      if (before) Object.assign(before, end)
      else {
        const place = { at, tick: hold.from, order: found.length, player: hold.player, element: hold.element }
        found.push({ type: 'held', ...place, ...end, row: null, peak: null })
      }
      const last = before ?? found.at(-1)
      if (hold.to === null && last) open.set(key, last)
      else open.delete(key)
    }
  }
  return found.filter(({ at, tick, endTick }) => {
    const { tickRate } = at.facts.origin
    const lasted = endTick - tick
    return (!atLeast || lasted >= ticksOf(atLeast, tickRate)) && (!atMost || lasted <= ticksOf(atMost, tickRate))
  })
}

// --- rates

function rates<F>({ of, player, over, per }: RateStep, chain: Chain<F>): Occurrence<F>[] {
  const found = of === null ? inputSpans(over, per, chain) : eventSpans(of, over, per, chain)
  const common = { type: 'rate', element: 0, row: null, isOpen: false } as const
  return found
    .filter(({ at, span }) => !player || (playersFor(player, at.facts)?.has(span.player) ?? true))
    .toSorted((a, b) => a.span.from - b.span.from)
    .map(({ at, span: { from, to, player: who, peak } }, order) => ({
      ...common,
      at,
      tick: from,
      endTick: to,
      order,
      player: who,
      peak,
    }))
}

interface Placed<F> {
  readonly at: Occurrence<F>['at']
  readonly span: RateSpan
}

const inputSpans = <F>(over: number, per: Duration, chain: Chain<F>): Placed<F>[] =>
  chain.flatMap((at) => {
    const { tickRate } = at.facts.origin
    return inputRates(at.facts, over, ticksOf(per, tickRate) / tickRate).map((span) => ({ at, span }))
  })

function eventSpans<F>(of: EventStep, over: number, per: Duration, chain: Chain<F>): Placed<F>[] {
  const byPlayer = new Map<number, number[]>()
  for (const { facts } of chain)
    for (const row of rowsOf(of, facts)) {
      const who = facts.facts.players[row] ?? 0
      const ticks = byPlayer.get(who) ?? []
      ticks.push(facts.facts.ticks[row] ?? 0)
      byPlayer.set(who, ticks)
    }
  const [first] = chain
  if (!first) return []
  return rateSpans(byPlayer, over, ticksOf(per, first.facts.origin.tickRate)).map((span) => ({
    at: chain.find(({ facts }) => span.from <= facts.origin.lastTick) ?? first,
    span,
  }))
}
