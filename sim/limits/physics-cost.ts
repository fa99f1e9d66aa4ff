/**
 * The physics budget: what the contacts of a tick may cost. The cost is counted and never timed, so every run freezes
 * the same props in the same tick. One unit is the contact of two boxes, about 5 µs. Props whose contacts exceed the
 * realm's `workMax` are frozen: they behave like static ones until there is room. "Work" in the phase, in the freeze
 * cause and in `workMax` is this cost; recordings keep these names.
 */
import { defined } from '../assert.ts'
import { boxAround, depth, placeColliderBoxes, touches, type Box } from '../maths/boxes.ts'
import { capsuleCentre } from '../avatar/avatars.ts'
import { deferMotion, freeze, thaw } from '../props/freeze.ts'
import { floor } from '../maths/maths.ts'
import { RANGES } from './ranges.ts'
import { Sweep } from '../maths/sweep.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'
import type { PropSpec, Shape, ShareNumber } from '../types.ts'

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
 * Ticks between two counts of the contacts, unless something is spawned, scaled or grabbed. Bodies move little in that
 * time.
 */
const COUNT_TICKS = 4
/** Counts between two checks of the same frozen prop; props take turns. */
const THAW_COUNTS = 2
/** Factor of the cost of a contact between two bodies inside one another, compared with two that touch. */
const DEEP_FACTOR = 4
/** Cost of an awake body without a contact. */
const BODY_COST = 0.25
/** Weight of a contact between two sleeping bodies: it costs nothing now, and its full cost once the heap wakes. */
const ASLEEP_SHARE = 0.25

/** Cost of a collider: half the cost of a contact with one of its own kind. */
export function shapeCost(shape: Shape): number {
  switch (shape.type) {
    case 'box':
      return 1
    case 'sphere':
      return 0.5
    case 'capsule':
      return 0.75
    case 'convex':
      return 1 + shape.points.length / 3 / 16
    case 'trimesh': {
      const triangles = shape.indices.length / 3
      return triangles <= RANGES.meshTriangles.max ? 1 + triangles : TERRAIN_COST
    }
  }
}

/** Large meshes of the realm or a builder are terrain: a prop on it touches only a few of its triangles. */
const TERRAIN_COST = 2

/** Part of an avatar's bone bodies that one prop touches at once. */
const BONES_SHARE = 0.25

/** A participant in contacts: a prop, or an avatar with its bones. */
interface ContactBody {
  readonly prop: Prop | null
  readonly box: Box
  /** Cost of each collider. */
  readonly costs: readonly number[]
  /** Boxes of the colliders, computed on demand; null: not computed in this tick. */
  boxes: Box | null
  /** True if it moves in this tick, or may move when something touches it. */
  active: boolean
}

const known = new WeakMap<PropSpec, readonly number[]>()

function colliderCostsOf({ spec, share: owners }: Prop): readonly number[] {
  let costs = known.get(spec)
  if (!costs) {
    costs = spec.colliders.map(({ shape }) => shapeCost(shape))
    known.set(spec, costs)
  }
  return owners === 0
    ? costs.map((cost, i) => (spec.colliders[i]?.shape.type === 'trimesh' ? TERRAIN_COST : cost))
    : costs
}

const bodyOf = (prop: Prop): ContactBody => ({
  prop,
  box: prop.box,
  costs: colliderCostsOf(prop),
  boxes: null,
  active: false,
})

/** An avatar touches with its capsule and with some of its bone bodies. */
function avatarBody(avatar: Avatar): ContactBody {
  const bones = avatar.bones?.reduce((n, bone) => (bone ? n + 1 : n), 0) ?? 0
  return {
    prop: null,
    box: boxAround(avatar.position, 1, 2 * capsuleCentre(avatar.body)),
    costs: [1 + bones * BONES_SHARE],
    boxes: null,
    active: false,
  }
}

function boxesOf(body: ContactBody): Box {
  if (body.costs.length === 1 || !body.prop) return body.box
  body.boxes ??= placeColliderBoxes(body.prop.spec, body.prop.motion, body.prop.scale)
  return body.boxes
}

/** Cost of two bodies whose boxes touch: the sum over each pair of colliders whose boxes touch. */
function pairCost(a: ContactBody, b: ContactBody): number {
  const [boxesA, boxesB] = [boxesOf(a), boxesOf(b)]
  let sum = 0
  a.costs.forEach((one, i) => {
    if (!touches(boxesA, 6 * i, b.box, 0)) return
    b.costs.forEach((other, k) => {
      if (touches(boxesA, 6 * i, boxesB, 6 * k)) sum += (one + other) / 2
    })
  })
  // An avatar's box is mostly empty.
  return a.prop && b.prop ? sum * (1 + (DEEP_FACTOR - 1) * depth(a.box, b.box)) : sum
}

const isAwake = ({ prop }: ContactBody): boolean => prop === null || (!prop.asleep && prop.spec.motion !== 'static')

class Ledger {
  readonly #sweep: Sweep<ContactBody>

  constructor(sweep: Sweep<ContactBody>) {
    this.#sweep = sweep
  }

  /** The cost that a body adds to that of the active ones. Counting stops above `most`. */
  cost(body: ContactBody, most: number): number {
    // A frozen prop would wake as soon as it moved.
    const awake = isAwake(body) || body.prop?.frozen != null
    let sum = awake ? BODY_COST : 0
    this.#sweep.around(body.box, (other) => {
      if (other !== body && !other.active) sum += pairCost(body, other) * (awake || isAwake(other) ? 1 : ASLEEP_SHARE)
      return sum <= most
    })
    return sum
  }
}

/** Candidates of one address group, and the cost that they have used. */
interface ShareQueue {
  readonly share: ShareNumber
  readonly bodies: ContactBody[]
  next: number
  used: number
}

/** The prop of a candidate. Avatars are not subject to the budget. */
const movableProp = ({ prop }: ContactBody): Prop => defined(prop, 'only props wait for work')

/** Held props first, then props that move already, then the oldest. */
function byTurn(one: ContactBody, other: ContactBody): number {
  const [a, b] = [movableProp(one), movableProp(other)]
  return (
    Number(b.hold !== null) - Number(a.hold !== null) ||
    Number(a.frozen !== null) - Number(b.frozen !== null) ||
    a.id - b.id
  )
}

function queuesOf(bodies: readonly ContactBody[]): ShareQueue[] {
  const queues = new Map<ShareNumber, ShareQueue>()
  for (const body of bodies.toSorted(byTurn)) {
    const { share } = movableProp(body)
    const queue = queues.get(share) ?? { share, bodies: [], next: 0, used: 0 }
    queue.bodies.push(body)
    queues.set(share, queue)
  }
  return [...queues.values()].toSorted((a, b) => a.share - b.share)
}

/**
 * Admits props one by one, always from the address group that uses least, until the budget is used up. All others stand still.
 */
function admit(realm: Realm, ledger: Ledger, movable: readonly ContactBody[]): void {
  const { workMax } = realm.definition
  const queues = queuesOf(movable)
  let [used, begun] = [0, 0]
  for (;;) {
    let queue: ShareQueue | undefined
    for (const q of queues) if (q.next < q.bodies.length && (!queue || q.used < queue.used)) queue = q
    const body = queue?.bodies[queue.next++]
    if (!queue || !body) return
    const prop = movableProp(body)
    const isNew = prop.frozen !== null
    if (prop.frozen === 'work' && (floor(realm.tick / COUNT_TICKS) + prop.id) % THAW_COUNTS !== 0) continue
    const room = (isNew ? workMax * THAW_SHARE : workMax) - used
    const cost = room > 0 ? ledger.cost(body, room) : Infinity
    if (cost > room) {
      freeze(realm, prop, 'work')
      continue
    }
    // At least one prop may start in each tick, however large its cost. Otherwise it would wait for ever.
    if (isNew && begun > 0 && begun + cost > NEW_COST_MAX) {
      deferMotion(prop)
      continue
    }
    if (isNew) {
      begun += cost
      thaw(realm, prop)
    }
    body.active = true
    used += cost
    queue.used += cost
  }
}

/** The cost of all props that may move, or Infinity once it exceeds the budget. */
function totalCost(ledger: Ledger, movable: readonly ContactBody[], workMax: number): number {
  let used = 0
  for (const body of movable) {
    used += ledger.cost(body, workMax - used)
    if (used > workMax) return Infinity
    body.active = true
  }
  for (const body of movable) body.active = false
  return used
}

/** The phase: freezes props that exceed the budget, and thaws those that fit again. */
export function stepPhysicsBudget(realm: Realm): void {
  if (realm.tick % COUNT_TICKS !== 0 && ![...realm.props.values()].some(({ frozen }) => frozen === 'new')) return
  const bodies = [...realm.props.values()].map(bodyOf)
  const movable = bodies.filter(({ prop }) => prop?.spec.motion === 'dynamic' && prop.frozen !== 'unstable')
  const waits = movable.some(({ prop }) => prop?.frozen != null)
  if (!waits && movable.every((body) => !isAwake(body))) return
  const ledger = new Ledger(new Sweep([...bodies, ...[...realm.avatars.values()].map(avatarBody)]))
  if (!waits && totalCost(ledger, movable, realm.definition.workMax) <= realm.definition.workMax) return
  for (const body of movable) body.active = false
  admit(realm, ledger, movable)
}
