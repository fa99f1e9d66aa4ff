/**
 * The budget of walking: the cost of the character controller where players have put static props into one another. It
 * is counted and never timed. One unit is a collider that an avatar touches, about 50 µs. Over the budget, avatars take
 * turns. An avatar that exceeds it alone passes through players' props, so that nobody can wall it in.
 */
import { defined } from '../assert.ts'
import { boxAround, depth, grown, placeColliderBoxes, touches, type Box } from '../maths/boxes.ts'
import { capsuleCentre } from '../avatar/avatars.ts'
import { CAPSULE_RADIUS } from '../avatar/walker.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'
import type { Shape } from '../types.ts'

/** Cost of all avatars' walking in one tick, in colliders that an avatar touches: about 10 ms. */
const WALKING_COST_MAX = 200
/** Factor of the cost of a collider that contains the avatar, compared with one that it touches: 0.5 ms. */
const INSIDE_FACTOR = 10
/** Triangles that cost as much as one other collider. A mesh has no inside. */
const TRIANGLES_PER_COST = 16
/** Distance around an avatar within which colliders count, metres: its step, and what it slides along. */
const NEAR_METRES = 0.3

/** How the avatars walk in this tick. All others walk as usual. */
export interface WalkingTurns {
  /** Avatars that take their step in a later tick. */
  readonly waiting: ReadonlySet<Avatar>
  /** Avatars that pass through the props that players spawned. */
  readonly passing: ReadonlySet<Avatar>
}

const NOBODY: WalkingTurns = { waiting: new Set(), passing: new Set() }

/** Cached, because static props never move. */
const known = new WeakMap<Prop, Box>()

function colliderBoxes(prop: Prop): Box {
  if (prop.spec.motion !== 'static') return placeColliderBoxes(prop.spec, prop.motion, prop.scale)
  let boxes = known.get(prop)
  if (!boxes) {
    boxes = placeColliderBoxes(prop.spec, prop.motion, prop.scale)
    known.set(prop, boxes)
  }
  return boxes
}

function walkingCost(shape: Shape, inside: number): number {
  return shape.type === 'trimesh' ? 1 + shape.indices.length / 3 / TRIANGLES_PER_COST : 1 + (INSIDE_FACTOR - 1) * inside
}

/** Cost of the colliders around an avatar. */
function costAround({ position, body }: Avatar, obstacles: readonly Prop[]): number {
  const box = boxAround(position, CAPSULE_RADIUS, 2 * capsuleCentre(body))
  const around = grown(box, NEAR_METRES)
  let sum = 0
  for (const prop of obstacles) {
    if (!touches(around, 0, prop.box, 0)) continue
    const boxes = colliderBoxes(prop)
    prop.spec.colliders.forEach(({ shape }, i) => {
      if (touches(around, 0, boxes, 6 * i)) sum += walkingCost(shape, depth(box, 0, boxes, 6 * i))
    })
  }
  return sum
}

/**
 * Each avatar gets its turn. Props of the realm definition do not count: the realm's author is responsible for them.
 */
export function walkingTurns(realm: Realm, obstacles: readonly Prop[]): WalkingTurns {
  const spawned = obstacles.filter(({ share }) => share !== 0)
  if (spawned.length === 0) return NOBODY
  const costs = [...realm.avatars.values()].map((avatar) => ({ avatar, cost: costAround(avatar, spawned) }))
  const passing = new Set(costs.filter(({ cost }) => cost > WALKING_COST_MAX).map(({ avatar }) => avatar))
  const near = costs.filter(({ cost }) => cost > 0 && cost <= WALKING_COST_MAX)
  const waiting = new Set<Avatar>()
  let sum = 0
  for (let i = 0; i < near.length; i++) {
    const { avatar, cost } = defined(near[(i + realm.tick) % near.length], 'the turn wraps around the list')
    sum += cost
    if (sum > WALKING_COST_MAX) waiting.add(avatar)
  }
  return { waiting, passing }
}
