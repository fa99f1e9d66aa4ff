/** Facts and matches as sentences for people. */
import { defined } from '../../sim/assert.ts'
import { factAt, type Fact, type RecordingFacts } from './facts.ts'
import type { Occurrence } from './occurrences.ts'

/** Names by id. Ask once for each recording. */
export class Names {
  readonly #players: ReadonlyMap<number, string>
  readonly #props: ReadonlyMap<number, string>

  constructor({ players, props }: Pick<RecordingFacts, 'players' | 'props'>) {
    this.#players = new Map(players.map(({ player, name }) => [player, name]))
    this.#props = new Map(props.map(({ element, name }) => [element, name]))
  }

  /** The name, "player 7" without one, or "the server". */
  player(player: number): string {
    return player === 0 ? 'the server' : this.#players.get(player) || `player ${player}`
  }

  /** `"ball" (element 9)`, or "element 9" without a name. */
  element(element: number): string {
    const name = this.#props.get(element)
    return name ? `"${name}" (element ${element})` : `element ${element}`
  }
}

/** What a fact reports, in a sentence without a full stop. */
function factText({ kind, player, element, detail, about }: Fact, names: Names): string {
  const who = names.player(player)
  const what = names.element(element)
  switch (kind) {
    case 'joined':
    case 'left':
    case 'reconnected':
      return `${who} ${kind}`
    case 'dropped':
      return `${who} dropped: the connection was lost`
    case 'teleported':
      return `${who} was teleported`
    case 'permitted':
      return `the permissions of ${who} changed`
    case 'body-changed':
      return `${who} changed the avatar's body`
    case 'packaged':
      return `package ${detail.slice(0, 12)}… was added`
    case 'spawned':
    case 'despawned':
    case 'grabbed':
    case 'scaled':
      return `${who} ${kind} ${what}`
    case 'expired':
      return `${what} expired: its owner had left`
    case 'released':
      return `${who} released ${what}${detail === 'hand' ? '' : ` (${RELEASES[detail] ?? detail})`}`
    case 'access-changed':
      return `${who} changed the access of ${what}`
    case 'returned':
      return `${element === 0 ? who : what} returned from outside the bounds`
    case 'frozen':
      return `${what} froze (${detail === 'work' ? 'too much physics work' : 'its motion was not finite'})`
    case 'thawed':
      return `${what} thawed`
    case 'rejected':
      return `${about} by ${who} was rejected: ${detail}${element === 0 ? '' : ` (element ${element})`}`
    case 'note':
      return `note ${about}: ${detail}`
    case 'quarantined':
      return `a frame was quarantined: ${detail}`
    case 'fault':
      return detail
  }
}

const RELEASES: Readonly<Record<string, string>> = {
  slipped: 'it slipped from the hand',
  left: 'the player left',
  teleported: 'the player was teleported',
  returned: 'it or the player returned from outside the bounds',
  despawned: 'it was removed',
  expired: 'it expired',
  access: 'the player may no longer hold it',
}

/** One step of a match in a sentence. `what`: of a rate, such as "inputs". */
export function occurrenceText<F>(found: Occurrence<F>, names: Names, what: string): string {
  const { type, row, at, player, element, tick, endTick, isOpen, peak } = found
  const seconds = ((endTick - tick) / at.facts.origin.tickRate).toFixed(1)
  switch (type) {
    case 'event':
      return factText(factAt(at.facts.facts, defined(row, 'an event has a row')), names)
    case 'held':
      return `${names.player(player)} held ${names.element(element)} for ${isOpen ? 'at least ' : ''}${seconds} s`
    case 'rate':
      return `${names.player(player)}: up to ${peak} ${what}, in a span of ${seconds} s`
  }
}
