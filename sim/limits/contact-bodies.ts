/**
 * The contacts that may begin before the next count, and what they cost: the boxes of props and avatars,
 * ahead of their motion, and the cost of two bodies whose boxes touch.
 */
import {
  boxAround,
  coverage,
  depth,
  extended,
  placeColliderBoxes,
  touches,
  type Box,
  type Motion,
} from '../maths/boxes.ts'
import { capsuleCentre } from '../avatar/avatars.ts'
import { add, clamp, length, max, scaled, vec, ZERO } from '../maths/maths.ts'
import { RANGES } from './ranges.ts'
import type { Sweep } from '../maths/sweep.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'
import type { PropSpec, Shape, Vec3 } from '../types.ts'

/** Factor of the cost of a contact between two bodies inside one another, compared with two that touch. */
const DEEP_FACTOR = 4
/** Cost of an awake body without a contact. */
const BODY_COST = 0.25
/** Weight of a contact between two sleeping bodies: it costs nothing now, and its full cost once the heap wakes. */
const ASLEEP_SHARE = 0.25
/** Cost of comparing two boxes, here and in the engine: compounds that surround one another compare each collider. */
const COMPARISON_COST = 0.004
/** Ticks between two counts of the contacts, unless something is fast, or is spawned, scaled or grabbed. */
export const COUNT_TICKS = 4
/** Longest motion between two counts, metres. */
const SLOW_METRES = 0.1

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

/** Triangles of each collider that is a builder's terrain, 0 for others; null if there is none. */
type TerrainTriangles = readonly number[] | null

function terrainTriangles({ spec, share: owners }: Prop): TerrainTriangles {
  if (owners === 0 || spec.motion !== 'static') return null
  const triangles = spec.colliders.map(({ shape }) => {
    const count = shape.type === 'trimesh' ? shape.indices.length / 3 : 0
    return count > RANGES.meshTriangles.max ? count : 0
  })
  return triangles.some((count) => count > 0) ? triangles : null
}

/** Part of an avatar's bone bodies that one prop touches at once. */
const BONES_SHARE = 0.25

/** A participant in contacts: a prop, or an avatar with its bones. */
export interface ContactBody {
  readonly prop: Prop | null
  /** Its box now. */
  readonly still: Box
  /** Everything that it may touch before the next count. */
  readonly box: Box
  /** Motion until the next count; null if it stands still. */
  readonly ahead: Motion | null
  /** Cost of each collider. */
  readonly costs: readonly number[]
  readonly terrain: TerrainTriangles
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

/** Velocity for this step, m/s, and how fast the prop's outermost point turns around its origin, m/s. */
function speedsOf({ body, hold, motion, radius }: Prop): { velocity: Vec3; tipSpeed: number } {
  // The hand has just set the velocity of a held prop.
  if (hold) return { velocity: body.linvel(), tipSpeed: length(body.angvel()) * radius }
  const [x, y, z, spinX, spinY, spinZ] = motion.subarray(7) as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  return { velocity: vec(x, y, z), tipSpeed: length(vec(spinX, spinY, spinZ)) * radius }
}

/** True if the prop may move in this step. A sleeping prop waits for a contact, which is counted for the other body. */
const mayMove = ({ spec, frozen, asleep }: Prop): boolean =>
  spec.motion === 'dynamic' && frozen !== 'unstable' && (frozen !== null || !asleep)

/** True if a prop moves further than SLOW_METRES within COUNT_TICKS, so that contacts are counted in each tick. */
export function isFast(realm: Realm, prop: Prop): boolean {
  if (!mayMove(prop) || prop.frozen !== null) return false
  const { velocity, tipSpeed } = speedsOf(prop)
  return (length(velocity) + tipSpeed) * COUNT_TICKS > SLOW_METRES * realm.definition.tickRate
}

/** The motion of a prop until the next count: COUNT_TICKS, or fewer if it is fast. A frozen prop would fall from rest. */
function motionAhead(realm: Realm, prop: Prop): Motion | null {
  if (!mayMove(prop)) return null
  const { tickRate, gravity } = realm.definition
  const { velocity, tipSpeed } = prop.frozen === null || prop.hold ? speedsOf(prop) : RESTING
  const speed = length(velocity) + tipSpeed
  const ticks = clamp((SLOW_METRES * tickRate) / max(speed, 1e-9), 1, COUNT_TICKS)
  const seconds = ticks / tickRate
  const fall = prop.hold ? 0 : (seconds * seconds) / 2
  return { by: add(scaled(velocity, seconds), scaled(gravity, fall)), all: tipSpeed * seconds }
}

const RESTING = { velocity: ZERO, tipSpeed: 0 }

export function propBody(realm: Realm, prop: Prop): ContactBody {
  const ahead = motionAhead(realm, prop)
  const box = ahead ? extended(prop.box, ahead) : prop.box
  const [costs, terrain] = [colliderCostsOf(prop), terrainTriangles(prop)]
  return { prop, still: prop.box, box, ahead, costs, terrain, boxes: null, active: false }
}

/** An avatar touches with its capsule and with some of its bone bodies. */
export function avatarBody(avatar: Avatar): ContactBody {
  const bones = avatar.bones?.reduce((n, bone) => (bone ? n + 1 : n), 0) ?? 0
  const box = boxAround(avatar.position, max(avatar.scale, 1), 2 * capsuleCentre(avatar.body))
  const costs = [1 + bones * BONES_SHARE]
  return { prop: null, still: box, box, ahead: null, costs, terrain: null, boxes: null, active: false }
}

function boxesOf(body: ContactBody): Box {
  const { prop, ahead } = body
  if (body.costs.length === 1 || !prop) return body.box
  if (!body.boxes) {
    const boxes = placeColliderBoxes(prop.spec, prop.motion, prop.scale)
    body.boxes = ahead ? extended(boxes, ahead) : boxes
  }
  return body.boxes
}

export const isAwake = ({ prop }: ContactBody): boolean =>
  prop === null || (!prop.asleep && prop.spec.motion !== 'static')

export class ContactLedger {
  readonly #sweep: Sweep<ContactBody>
  /** Comparisons of two boxes so far. */
  comparisons = 0

  constructor(sweep: Sweep<ContactBody>) {
    this.#sweep = sweep
  }

  /** The cost that a body adds to that of the active ones. Counting stops above `most`. */
  cost(body: ContactBody, most: number): number {
    // A frozen prop would wake as soon as it moved.
    const awake = isAwake(body) || body.prop?.frozen != null
    let sum = awake ? BODY_COST : 0
    this.#sweep.around(body.box, (other) => {
      if (other !== body && !other.active)
        sum += this.#pairCost(body, other) * (awake || isAwake(other) ? 1 : ASLEEP_SHARE)
      return sum <= most
    })
    return sum
  }

  /** Cost of two bodies whose boxes touch: the sum over each pair of colliders whose boxes touch. */
  #pairCost(a: ContactBody, b: ContactBody): number {
    const [boxesA, boxesB] = [boxesOf(a), boxesOf(b)]
    let [sum, comparisons] = [0, a.costs.length]
    for (let i = 0; i < a.costs.length; i++) {
      if (!touches(boxesA, 6 * i, b.box, 0)) continue
      comparisons += b.costs.length
      for (let k = 0; k < b.costs.length; k++)
        if (touches(boxesA, 6 * i, boxesB, 6 * k))
          sum += (costAt(a, i, boxesA, boxesB, k) + costAt(b, k, boxesB, boxesA, i)) / 2
    }
    this.comparisons += comparisons
    // An avatar's box is mostly empty.
    if (a.prop && b.prop) sum *= 1 + (DEEP_FACTOR - 1) * depth(a.still, 0, b.still, 0)
    return sum + comparisons * COMPARISON_COST
  }
}

/**
 * Cost of the collider `i` of a body whose box touches the box at `k` of `others`. Terrain counts the triangles that the
 * other's box may touch, as if they were spread evenly: if the mesh was scaled down, the other box covers all of them.
 * Triangles of hilly terrain are not spread evenly over its box, so this counts too few of them.
 */
function costAt(body: ContactBody, i: number, boxes: Box, others: Box, k: number): number {
  // Reads without a check for speed: indices come from lengths.
  const cost = body.costs[i] as number
  const triangles = body.terrain === null ? 0 : (body.terrain[i] as number)
  return triangles === 0 ? cost : max(cost, triangles * coverage(boxes, 6 * i, others, 6 * k))
}
