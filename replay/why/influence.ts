/** The players and elements that may have had an influence on an element by touch, hand or command, and until when. */
import type { Command, ElementId, Input, PlayerId, Realm } from '../../sim/index.ts'
import type { Trace } from './trace.ts'
import type { Absent } from './trials.ts'

export interface Influence {
  /** Each element that may have had an influence, with the last tick at which it could. */
  readonly elements: ReadonlyMap<ElementId, number>
  /** As `elements`, for players. */
  readonly players: ReadonlyMap<PlayerId, number>
}

/** A contact still counts this many ticks after its end: what was supported falls a tick later. */
const AFTER_TICKS = 3

/** The element that a command names; null for commands about no element. */
function elementOfCommand(command: Command): ElementId | null {
  return 'element' in command ? command.element : null
}

/** The player that a command of the server is about; null for other commands. */
function playerOfCommand(command: Command): PlayerId | null {
  return 'player' in command && command.player !== 0 ? command.player : null
}

/** One step of influence: `from` reaches `to` from tick `begin` until tick `end`. */
interface Link {
  readonly other: string
  readonly begin: number
  readonly end: number
}

const elementNode = (id: ElementId): string => `e${id}`
const playerNode = (id: PlayerId): string => `p${id}`

/** For each element and player, what acted on it. */
function linksOf(trace: Trace): ReadonlyMap<string, readonly Link[]> {
  const links = new Map<string, Link[]>()
  const put = (node: string, link: Link): void => {
    const known = links.get(node)
    if (known) known.push(link)
    else links.set(node, [link])
  }
  for (const { a, b, from, to } of trace.touches) {
    const [begin, end] = [from, to + AFTER_TICKS]
    put(elementNode(a), { other: elementNode(b), begin, end })
    put(elementNode(b), { other: elementNode(a), begin, end })
  }
  for (const { element, player, from, to } of trace.holds)
    put(elementNode(element), { other: playerNode(player), begin: from, end: to ?? Infinity })
  for (const [avatar, player] of trace.players) {
    put(elementNode(avatar), { other: playerNode(player), begin: 0, end: Infinity })
    put(playerNode(player), { other: elementNode(avatar), begin: 0, end: Infinity })
  }
  for (const { tick, event, element } of trace.events)
    if (element !== 0 && 'player' in event && event.player !== 0)
      put(elementNode(element), { other: playerNode(event.player), begin: tick, end: tick })
  return links
}

/**
 * What may have had an influence on an element until a tick, in levels: what touched, held or changed it; what did so to
 * these; and so on. Each level contains the one before. The last contains too much rather than too little; forks decide.
 */
export function* influencesOn(trace: Trace, element: ElementId, tick: number): Generator<Influence, void, undefined> {
  const links = linksOf(trace)
  const until = new Map<string, number>([[elementNode(element), tick]])
  let changed = [elementNode(element)]
  while (changed.length > 0) {
    yield influenceOf(until)
    const next = new Set<string>()
    const before = new Map(until)
    for (const node of changed) {
      const last = before.get(node) ?? 0
      for (const { other, begin, end } of links.get(node) ?? []) {
        const time = Math.min(last, end)
        // The plane passes nothing on.
        if (begin > last || other === 'e1' || (until.get(other) ?? -1) >= time) continue
        until.set(other, time)
        next.add(other)
      }
    }
    changed = [...next]
  }
}

function influenceOf(until: ReadonlyMap<string, number>): Influence {
  const idsOf = (kind: string): Map<number, number> =>
    new Map([...until].flatMap(([node, time]) => (node[0] === kind ? [[Number(node.slice(1)), time] as const] : [])))
  return { elements: idsOf('e'), players: idsOf('p') }
}

/** True if an input may have had an influence. */
export function isCandidate({ elements, players }: Influence, tick: number, { player, command }: Input): boolean {
  if (player !== 0) return tick <= (players.get(player) ?? -1)
  const about = playerOfCommand(command)
  if (about !== null) return tick <= (players.get(about) ?? -1)
  const element = elementOfCommand(command)
  return element === null || tick <= (elements.get(element) ?? -1)
}

/** The avatars by player, and the props of a state. */
export interface Present {
  readonly avatars: ReadonlyMap<PlayerId, ElementId>
  readonly props: readonly ElementId[]
}

export const presentIn = ({ players, props }: Realm): Present => ({
  avatars: new Map(Array.from(players, ([player, { id }]) => [player, id])),
  props: [...props.keys()],
})

/** The players and props without an influence. */
export const absentFrom = ({ elements, players }: Influence, { avatars, props }: Present): Absent => ({
  players: [...avatars].filter(([player, id]) => !players.has(player) && !elements.has(id)).map(([player]) => player),
  props: props.filter((id) => !elements.has(id)),
})
