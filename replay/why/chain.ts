/** A cause as sentences in the order of time, for people. */
import type { Command, ElementId, PlayerId, Vec3 } from '../../sim/index.ts'
import { inputKey, type Trace } from './trace.ts'
import type { Cause } from './why.ts'

export interface ChainLink {
  readonly tick: number
  readonly text: string
}

const placeText = ({ x, y, z }: Vec3): string => `(${[x, y, z].map((each) => each.toFixed(2)).join(', ')})`

class Names {
  readonly #trace: Trace

  constructor(trace: Trace) {
    this.#trace = trace
  }

  player(player: PlayerId): string {
    if (player === 0) return 'the server'
    for (const [avatar, each] of this.#trace.players)
      if (each === player) return this.#trace.names.get(avatar) ?? `player ${player}`
    return `player ${player}`
  }

  element(element: ElementId): string {
    const name = this.#trace.names.get(element)
    if (name === undefined) return `element ${element}`
    return this.#trace.players.has(element) ? name : `${name} ${element}`
  }
}

/** What a kept input did. */
function actOf(command: Command, made: ElementId | undefined, names: Names): string {
  switch (command.type) {
    case 'grab':
      return `grabbed ${names.element(command.element)}`
    case 'drag':
      return `moved what the hand held to ${placeText(command.position)}`
    case 'release':
      return 'let go'
    case 'spawn':
      return `spawned ${made === undefined ? 'a prop' : names.element(made)} at ${placeText(command.position)}`
    case 'despawn':
      return `removed ${names.element(command.element)}`
    case 'scale':
      return `scaled ${names.element(command.element)} to ${command.scale.toFixed(2)}`
    case 'teleport':
      return `moved ${names.player(command.player)} to ${placeText(command.position)}`
    case 'join':
      return `let ${command.name} in`
    case 'leave':
      return `let ${names.player(command.player)} go`
    case 'move':
      return command.x === 0 && command.y === 0 && command.z === 0 ? 'stood still' : 'walked'
    default:
      return `sent ${command.type}`
  }
}

const FOLDED = new Set<string>(['drag', 'move'])

/** The links of the kept inputs. The last of a player's drags or moves in a row stands for all, and says how many. */
function acts({ inputs }: Cause, trace: Trace, names: Names): ChainLink[] {
  const made = new Map<string, ElementId>()
  for (const { event } of trace.events) if (event.type === 'spawned') made.set(inputKey(event), event.element)
  /** Drags or moves in a row so far, by player. */
  const inRow = new Map<PlayerId, number>()
  return inputs.flatMap(({ tick, input }, i): ChainLink[] => {
    const { player, command } = input
    const next = inputs.slice(i + 1).find((each) => each.input.player === player)
    const count = (inRow.get(player) ?? 0) + 1
    const isFolded = FOLDED.has(command.type) && next?.input.command.type === command.type
    inRow.set(player, isFolded ? count : 0)
    if (isFolded) return []
    const many = FOLDED.has(command.type) && count > 1 ? ` (${count} ${command.type}s)` : ''
    return [{ tick, text: `${names.player(player)} ${actOf(command, made.get(inputKey(input)), names)}${many}` }]
  })
}

/** First touches of the element by something that moved, and its returns into the bounds, until the fact became so. */
function happenings({ fact: { element }, inputs, since }: Cause, trace: Trace, names: Names): ChainLink[] {
  const first = inputs[0]?.tick ?? since
  const told = new Set<ElementId>()
  const touches = trace.touches.flatMap(({ a, b, from, to, speedA, speedB }): ChainLink[] => {
    if ((a !== element && b !== element) || to < first || from > since) return []
    const [other, speed] = a === element ? [b, speedB] : [a, speedA]
    if (speed === 0 || told.has(other)) return []
    told.add(other)
    return [
      { tick: from, text: `${names.element(other)} touched ${names.element(element)} at ${speed.toFixed(1)} m/s` },
    ]
  })
  const returns = trace.events.flatMap(({ tick, event }): ChainLink[] =>
    event.type === 'returned' && event.element === element && tick >= first && tick <= since
      ? [{ tick, text: `${names.element(element)} left the bounds and was put back` }]
      : [],
  )
  return [...touches, ...returns]
}

/** The kept inputs and what happened to the element on the way. Empty if no input is the cause. */
export function chainOf(cause: Cause): ChainLink[] {
  const { trace } = cause
  if (trace === null || cause.inputs.length === 0) return []
  const names = new Names(trace)
  return [
    ...acts(cause, trace, names),
    ...happenings(cause, trace, names),
    { tick: cause.since, text: 'from here on it is so' },
  ].toSorted((one, other) => one.tick - other.tick)
}
