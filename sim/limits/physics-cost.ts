/**
 * The physics budget: what the contacts of a tick may cost. The cost is counted and never timed, so every run freezes
 * the same props in the same tick. One unit is the contact of two boxes, about 5 µs. Props whose contacts exceed the
 * realm's `workMax` are frozen: they behave like static ones until there is room. "Work" in the phase, in the freeze
 * cause and in `workMax` is this cost; recordings keep these names.
 */
import { defined } from '../assert.ts'
import {
  avatarBody,
  ContactLedger,
  COUNT_TICKS,
  isAwake,
  isFast,
  propBody,
  type ContactBody,
} from './contact-bodies.ts'
import { deferMotion, freeze, thaw } from '../props/freeze.ts'
import { floor } from '../maths/maths.ts'
import { Sweep } from '../maths/sweep.ts'
import type { Prop, Realm } from '../state/state.ts'
import type { ShareNumber } from '../types.ts'

/** Default of `workMax`: about 200 boxes in a heap, 5 to 10 ms on one core. */
export const PHYSICS_COST_MAX = 2_000
/**
 * Share of the budget up to which frozen props are thawed. It is below 1, so that a prop is not frozen and thawed by
 * turns.
 */
const THAW_SHARE = 0.8
/** Cost that may start in one tick: the first contact of two overlapping bodies costs several times a later one. */
const NEW_COST_MAX = 300
/**
 * Comparisons of boxes that a count makes for frozen props, about 2 ms. In a heap of a thousand props each would be
 * compared with all the others, so they take turns.
 */
const COMPARISONS_MAX = 20_000
/**
 * Frozen props by which the turn moves on from one count to the next: a prime number above ELEMENTS_MAX, so that each
 * prop is the first in some count, however many there are.
 */
const TURN_PROPS = 16_411

/** Candidates of one address group, and what they have used. */
interface ShareQueue {
  readonly share: ShareNumber
  bodies: readonly ContactBody[]
  next: number
  /** Cost of those that move. */
  used: number
  /** Comparisons that the frozen ones took. */
  comparisons: number
}

/** The prop of a candidate. Avatars are not subject to the budget. */
const movableProp = ({ prop }: ContactBody): Prop => defined(prop, 'only props wait for work')

/** Held props are first, then those that move already, then those that were spawned, scaled or grabbed. */
function rankOf({ hold, frozen }: Prop): number {
  if (hold) return 0
  if (frozen === null) return 1
  return frozen === 'new' ? 2 : 3
}

/** Index of the frozen prop that is the first in a turn, of `count`. */
export const firstInTurn = (turn: number, count: number): number => (turn * TURN_PROPS) % count

/** The candidates of a group in their order, the oldest first. The frozen ones at its end take turns. */
function inOrder(bodies: readonly ContactBody[], turn: number): readonly ContactBody[] {
  const sorted = bodies.toSorted((one, other) => {
    const [a, b] = [movableProp(one), movableProp(other)]
    return rankOf(a) - rankOf(b) || a.id - b.id
  })
  const first = sorted.findIndex((body) => rankOf(movableProp(body)) === 3)
  if (first < 0) return sorted
  const waiting = sorted.slice(first)
  const from = firstInTurn(turn, waiting.length)
  return [...sorted.slice(0, first), ...waiting.slice(from), ...waiting.slice(0, from)]
}

function queuesOf(bodies: readonly ContactBody[], turn: number): ShareQueue[] {
  const shares = new Map<ShareNumber, ContactBody[]>()
  for (const body of bodies) {
    const { share } = movableProp(body)
    const group = shares.get(share)
    if (group) group.push(body)
    else shares.set(share, [body])
  }
  return [...shares]
    .map(([share, group]) => ({ share, bodies: inOrder(group, turn), next: 0, used: 0, comparisons: 0 }))
    .toSorted((a, b) => a.share - b.share)
}

/** Admits the props of one phase one by one. */
class Admission {
  readonly #realm: Realm
  readonly #ledger: ContactLedger
  readonly #queues: readonly ShareQueue[]
  #used = 0
  /** Cost of the props that start in this tick. */
  #begun = 0

  constructor(realm: Realm, ledger: ContactLedger, movable: readonly ContactBody[]) {
    this.#realm = realm
    this.#ledger = ledger
    this.#queues = queuesOf(movable, floor(realm.tick / COUNT_TICKS))
  }

  /** Always the address group that uses least is next, until the budget is used up. All other props stand still. */
  run(): void {
    for (;;) {
      let queue: ShareQueue | undefined
      for (const q of this.#queues) if (q.next < q.bodies.length && (!queue || q.used < queue.used)) queue = q
      const body = queue?.bodies[queue.next++]
      if (!queue || !body) return
      this.#decide(queue, body, movableProp(body))
    }
  }

  #decide(queue: ShareQueue, body: ContactBody, prop: Prop): void {
    const { workMax } = this.#realm.definition
    const isFrozen = prop.frozen !== null
    if (prop.frozen === 'work' && this.#realm.tick % COUNT_TICKS !== 0) return
    if (isFrozen && queue.comparisons > COMPARISONS_MAX / this.#queues.length) {
      if (prop.frozen === 'new') deferMotion(prop)
      return
    }
    const room = (isFrozen ? workMax * THAW_SHARE : workMax) - this.#used
    const before = this.#ledger.comparisons
    const cost = room > 0 ? this.#ledger.cost(body, room) : Infinity
    if (isFrozen) queue.comparisons += this.#ledger.comparisons - before
    if (cost > room) return freeze(this.#realm, prop, 'work')
    // At least one prop may start in each tick, however large its cost. Otherwise it would wait for ever.
    if (isFrozen && this.#begun > 0 && this.#begun + cost > NEW_COST_MAX) return deferMotion(prop)
    if (isFrozen) {
      this.#begun += cost
      thaw(this.#realm, prop)
    }
    body.active = true
    this.#used += cost
    queue.used += cost
  }
}

/** The cost of all props that may move, or Infinity once it exceeds the budget. */
function totalCost(ledger: ContactLedger, movable: readonly ContactBody[], workMax: number): number {
  let used = 0
  for (const body of movable) {
    used += ledger.cost(body, workMax - used)
    if (used > workMax) return Infinity
    body.active = true
  }
  return used
}

/** True in every COUNT_TICKS-th tick, and while a prop is fast or requests to move. */
const counts = (realm: Realm): boolean => {
  if (realm.tick % COUNT_TICKS === 0) return true
  for (const prop of realm.props.values()) if (prop.frozen === 'new' || isFast(realm, prop)) return true
  return false
}

/** The phase: freezes props that exceed the budget, and thaws those that fit again. */
export function stepPhysicsBudget(realm: Realm): void {
  if (!counts(realm)) return
  const props = [...realm.props.values()].map((prop) => propBody(realm, prop))
  const movable = props.filter(({ prop }) => prop?.spec.motion === 'dynamic' && prop.frozen !== 'unstable')
  const waits = movable.some(({ prop }) => prop?.frozen != null)
  if (!waits && movable.every((body) => !isAwake(body))) return
  const ledger = new ContactLedger(new Sweep([...props, ...[...realm.avatars.values()].map(avatarBody)]))
  if (!waits && totalCost(ledger, movable, realm.definition.workMax) <= realm.definition.workMax) return
  for (const body of movable) body.active = false
  new Admission(realm, ledger, movable).run()
}
