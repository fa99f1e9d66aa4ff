/** Tracks the holds of players, from the events and the states of a replay. */
import type { ElementId, HandId, PlayerId, Realm, SimEvent } from '../../sim/index.ts'
import type { Fact, HoldFacts, ReleaseCause } from './facts.ts'

interface Held {
  readonly element: ElementId
  readonly player: PlayerId
  readonly hand: HandId
}

type Hold = { -readonly [K in keyof HoldFacts]: HoldFacts[K] }

export class HoldTracker {
  readonly #all: Hold[] = []
  readonly #open = new Map<ElementId, Hold>()
  readonly #report: (tick: number, released: Pick<Fact, 'player' | 'element' | 'detail'>) => void

  /** `report` is called for the end of each hold. */
  constructor(report: (tick: number, released: Pick<Fact, 'player' | 'element' | 'detail'>) => void) {
    this.#report = report
  }

  /** A player takes a prop. A hold that goes from one hand of the player to the other is one hold. */
  begin({ element, player, hand }: Held, tick: number, heldBefore: boolean): void {
    const open = this.#open.get(element)
    if (open?.player === player) {
      open.hand = hand
      return
    }
    if (open) this.#close(tick, open, 'left')
    const hold: Hold = { element, player, hand, from: tick, heldBefore, to: null }
    this.#all.push(hold)
    this.#open.set(element, hold)
  }

  end(tick: number, element: ElementId, player: PlayerId, cause: ReleaseCause): void {
    const open = this.#open.get(element)
    if (open?.player === player) this.#close(tick, open, cause)
  }

  /** Ends the holds that `realm`, the state after the tick, no longer has. The simulation has no event for these ends. */
  compare(tick: number, realm: Realm, events: readonly SimEvent[]): void {
    for (const open of this.#open.values())
      if (realm.props.get(open.element)?.hold?.player !== open.player)
        this.#close(tick, open, causeOf(open, realm, events))
  }

  #close(tick: number, hold: Hold, cause: ReleaseCause): void {
    hold.to = tick
    this.#open.delete(hold.element)
    this.#report(tick, { player: hold.player, element: hold.element, detail: cause })
  }

  /** Forgets what happened after a tick. Nothing is known about the open holds then. */
  forgetAfter(tick: number): void {
    this.#all.splice(0, this.#all.length, ...this.#all.filter(({ from }) => from <= tick))
    for (const hold of this.#all) if (hold.to === null || hold.to > tick) hold.to = null
    this.#open.clear()
  }

  all(): readonly HoldFacts[] {
    return this.#all
  }
}

function causeOf({ element, player }: Held, realm: Realm, events: readonly SimEvent[]): ReleaseCause {
  for (const event of events) {
    if (event.type === 'despawned' && event.element === element) return 'despawned'
    if (event.type === 'expired' && event.element === element) return 'expired'
    if (event.type === 'left' && event.left === player) return 'left'
    if (event.type === 'teleported' && event.moved === player) return 'teleported'
    if (event.type === 'returned' && (event.element === element || realm.avatars.get(event.element)?.player === player))
      return 'returned'
  }
  return 'access'
}
