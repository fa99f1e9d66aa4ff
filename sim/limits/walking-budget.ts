/**
 * The budget of walking: the cost of the character controller where players have put static props into one another. An
 * avatar within 200 such boxes takes 8 ms a tick. The cost is counted like the physics cost. Over the budget, avatars
 * take turns.
 */
import { defined } from '../assert.ts'
import { boxAround, grown, placeColliderBoxes, touches, type Box } from '../maths/boxes.ts'
import { capsuleCentre } from '../avatar/avatars.ts'
import { CAPSULE_RADIUS } from '../avatar/walker.ts'
import { shapeCost } from './physics-cost.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'

/**
 * Cost of all avatars' walking in one tick, in contacts of two boxes: about 10 ms if the boxes overlap, far less if
 * they do not.
 */
const WALKING_COST_MAX = 300
/** Distance around an avatar within which colliders count, metres: its step, and what it slides along. */
const NEAR_METRES = 0.3

const NOBODY: ReadonlySet<Avatar> = new Set()

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

/** Cost of the colliders around an avatar. */
function costAround({ position, body }: Avatar, obstacles: readonly Prop[]): number {
  const around = grown(boxAround(position, CAPSULE_RADIUS, 2 * capsuleCentre(body)), NEAR_METRES)
  let sum = 0
  for (const prop of obstacles) {
    if (!touches(around, 0, prop.box, 0)) continue
    const boxes = colliderBoxes(prop)
    prop.spec.colliders.forEach(({ shape }, i) => {
      if (touches(around, 0, boxes, 6 * i)) sum += shapeCost(shape)
    })
  }
  return sum
}

/**
 * Avatars that take their step in a later tick; each gets its turn. Props of the realm definition do not count: the
 * realm's author is responsible for them.
 */
export function waitingAvatars(realm: Realm, obstacles: readonly Prop[]): ReadonlySet<Avatar> {
  const spawned = obstacles.filter(({ share }) => share !== 0)
  if (spawned.length === 0) return NOBODY
  const near = [...realm.avatars.values()]
    .map((avatar) => ({ avatar, cost: costAround(avatar, spawned) }))
    .filter(({ cost }) => cost > 0)
  const waits = new Set<Avatar>()
  let sum = 0
  for (let i = 0; i < near.length; i++) {
    const { avatar, cost } = defined(near[(i + realm.tick) % near.length], 'the turn wraps around the list')
    sum += cost
    if (i > 0 && sum > WALKING_COST_MAX) waits.add(avatar)
  }
  return waits
}
