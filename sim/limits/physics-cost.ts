/**
 * The budget of physics work, counted and never timed: what a tick's contacts may cost. One unit is the contact of two
 * boxes, about 5 µs. Props whose contacts exceed the realm's `workMax` are frozen: they stand like static ones until
 * there is work to spare. The rule reads the state alone, so every run freezes the same props in the same tick.
 */
import { defined } from '../assert.ts'
import { boxAround, depth, placeColliderBoxes, touches, type Box } from '../maths/boxes.ts'
import { capsuleCentre } from '../avatar/avatars.ts'
import { freeze, thaw, wait } from '../props/freeze.ts'
import { floor } from '../maths/maths.ts'
import { RANGES } from './ranges.ts'
import { Sweep } from '../maths/sweep.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'
import type { PropSpec, Shape, ShareNumber } from '../types.ts'

/** Work of a tick by default: some 200 boxes in a heap, 5 to 10 ms on one core. */
export const WORK_MAX = 2_000
/** Share of the budget up to which frozen props are let go again: below 1, so that none is frozen and thawed by turns. */
const THAW_SHARE = 0.8
/** Work that may begin in one tick: the first contact of two bodies that overlap costs several times a later one. */
const NEW_WORK_MAX = 300
/** The contacts are counted once in so many ticks, and whenever something is spawned, scaled or taken: bodies move little meanwhile. */
const LOOK_TICKS = 4
/** Looks between two at the same frozen prop, each at its turn. */
const THAW_LOOKS = 2
/** How much more the contact of two bodies inside one another costs than one of two that touch. */
const DEEP_FACTOR = 4
/** An awake body's own work, without a contact. */
const BODY_WORK = 0.25
/** Weight of a contact of two sleeping bodies: it costs nothing now, and all of it once the heap wakes. */
const ASLEEP_SHARE = 0.25

/** Work of a collider: half of what a contact with its like costs. */
export function shapeWork(shape: Shape): number {
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
      return triangles <= RANGES.meshTriangles.max ? 1 + triangles : TERRAIN_WORK
    }
  }
}

/** A realm's own mesh, and a builder's that no guest can make, is terrain: what stands on it touches a few of its triangles. */
const TERRAIN_WORK = 2

/** Part of an avatar's bone bodies that one thing touches at once. */
const BONES_SHARE = 0.25

/** Something that touches: a prop, or an avatar with its bones. */
interface Body {
  readonly prop: Prop | null
  readonly box: Box
  /** Work of each collider. */
  readonly works: readonly number[]
  /** Boxes of the colliders, when they were last asked for; null: not in this tick. */
  boxes: Box | null
  /** Moves in this tick, or may when something touches it. */
  active: boolean
}

const known = new WeakMap<PropSpec, readonly number[]>()

function worksOf({ spec, share: owners }: Prop): readonly number[] {
  let works = known.get(spec)
  if (!works) {
    works = spec.colliders.map(({ shape }) => shapeWork(shape))
    known.set(spec, works)
  }
  return owners === 0
    ? works.map((work, i) => (spec.colliders[i]?.shape.type === 'trimesh' ? TERRAIN_WORK : work))
    : works
}

const bodyOf = (prop: Prop): Body => ({ prop, box: prop.box, works: worksOf(prop), boxes: null, active: false })

/** An avatar touches with its capsule, and at once with some of its bone bodies. */
function avatarBody(avatar: Avatar): Body {
  const bones = avatar.bones?.reduce((n, bone) => (bone ? n + 1 : n), 0) ?? 0
  return {
    prop: null,
    box: boxAround(avatar.position, 1, 2 * capsuleCentre(avatar.body)),
    works: [1 + bones * BONES_SHARE],
    boxes: null,
    active: false,
  }
}

function boxesOf(body: Body): Box {
  if (body.works.length === 1 || !body.prop) return body.box
  body.boxes ??= placeColliderBoxes(body.prop.spec, body.prop.motion, body.prop.scale)
  return body.boxes
}

/** Work of two bodies whose boxes touch: of each pair of their colliders whose boxes touch. */
function pairWork(a: Body, b: Body): number {
  const [boxesA, boxesB] = [boxesOf(a), boxesOf(b)]
  let sum = 0
  a.works.forEach((one, i) => {
    if (!touches(boxesA, 6 * i, b.box, 0)) return
    b.works.forEach((other, k) => {
      if (touches(boxesA, 6 * i, boxesB, 6 * k)) sum += (one + other) / 2
    })
  })
  // An avatar's box holds much air.
  return a.prop && b.prop ? sum * (1 + (DEEP_FACTOR - 1) * depth(a.box, b.box)) : sum
}

const isAwake = ({ prop }: Body): boolean => prop === null || (!prop.asleep && prop.spec.motion !== 'static')

class Ledger {
  readonly #sweep: Sweep<Body>

  constructor(sweep: Sweep<Body>) {
    this.#sweep = sweep
  }

  /** The work that a body adds to that of the active ones. Counting stops above `most`. */
  cost(body: Body, most: number): number {
    // A frozen prop would be awake as soon as it moved.
    const awake = isAwake(body) || body.prop?.frozen != null
    let sum = awake ? BODY_WORK : 0
    this.#sweep.around(body.box, (other) => {
      if (other !== body && !other.active) sum += pairWork(body, other) * (awake || isAwake(other) ? 1 : ASLEEP_SHARE)
      return sum <= most
    })
    return sum
  }
}

/** Candidates of one share, and what they use. */
interface Queue {
  readonly share: ShareNumber
  readonly bodies: Body[]
  next: number
  used: number
}

/** The prop of a body that may move. Avatars are no candidates for the budget. */
const movableProp = ({ prop }: Body): Prop => defined(prop, 'only props wait for work')

/** Held props first, then those that move already, then the oldest. */
function byTurn(one: Body, other: Body): number {
  const [a, b] = [movableProp(one), movableProp(other)]
  return (
    Number(b.hold !== null) - Number(a.hold !== null) ||
    Number(a.frozen !== null) - Number(b.frozen !== null) ||
    a.id - b.id
  )
}

function queuesOf(bodies: readonly Body[]): Queue[] {
  const queues = new Map<ShareNumber, Queue>()
  for (const body of bodies.toSorted(byTurn)) {
    const { share } = movableProp(body)
    const queue = queues.get(share) ?? { share, bodies: [], next: 0, used: 0 }
    queue.bodies.push(body)
    queues.set(share, queue)
  }
  return [...queues.values()].toSorted((a, b) => a.share - b.share)
}

/** Lets the share that uses least go on first, prop by prop, until the budget is used up; the rest stands still. */
function allot(realm: Realm, ledger: Ledger, movable: readonly Body[]): void {
  const { workMax } = realm.definition
  const queues = queuesOf(movable)
  let [used, begun] = [0, 0]
  for (;;) {
    let queue: Queue | undefined
    for (const q of queues) if (q.next < q.bodies.length && (!queue || q.used < queue.used)) queue = q
    const body = queue?.bodies[queue.next++]
    if (!queue || !body) return
    const prop = movableProp(body)
    const isNew = prop.frozen !== null
    if (prop.frozen === 'work' && (floor(realm.tick / LOOK_TICKS) + prop.id) % THAW_LOOKS !== 0) continue
    const room = (isNew ? workMax * THAW_SHARE : workMax) - used
    const cost = room > 0 ? ledger.cost(body, room) : Infinity
    if (cost > room) {
      freeze(realm, prop, 'work')
      continue
    }
    // At least one may begin in a tick, however heavy: else it would wait for ever.
    if (isNew && begun > 0 && begun + cost > NEW_WORK_MAX) {
      wait(prop)
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

/** The work of everything that may move, or Infinity once it exceeds the budget. */
function workOf(ledger: Ledger, movable: readonly Body[], workMax: number): number {
  let used = 0
  for (const body of movable) {
    used += ledger.cost(body, workMax - used)
    if (used > workMax) return Infinity
    body.active = true
  }
  for (const body of movable) body.active = false
  return used
}

/** The phase: freezes what exceeds the budget, and thaws what fits again. */
export function stepWork(realm: Realm): void {
  if (realm.tick % LOOK_TICKS !== 0 && ![...realm.props.values()].some(({ frozen }) => frozen === 'new')) return
  const bodies = [...realm.props.values()].map(bodyOf)
  const movable = bodies.filter(({ prop }) => prop?.spec.motion === 'dynamic' && prop.frozen !== 'unstable')
  const waits = movable.some(({ prop }) => prop?.frozen != null)
  if (!waits && movable.every((body) => !isAwake(body))) return
  const ledger = new Ledger(new Sweep([...bodies, ...[...realm.avatars.values()].map(avatarBody)]))
  if (!waits && workOf(ledger, movable, realm.definition.workMax) <= realm.definition.workMax) return
  for (const body of movable) body.active = false
  allot(realm, ledger, movable)
}
