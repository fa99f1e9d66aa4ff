/** Holds: who holds which prop, how a prop follows the hand, and how it is thrown. */
import { add, conjugate, distance, froundVec, limited, multiply, nlerp, scaled, sub, vec } from '../maths/maths.ts'
import { FOLLOW, FOLLOW_SPEED_MAX, FOLLOW_SPIN_MAX } from './follow.ts'
import { Groups } from './shapes.ts'
import { restHeadHeight } from '../avatar/skeleton.ts'
import { positionOf, rotationOf, setGroups } from './props.ts'
import type { Avatar, Hold, Prop, Realm } from '../state/state.ts'
import type { HandId, PlayerId, Quat, RejectReason, Vec3 } from '../types.ts'

/** Highest speed of a throw, m/s. */
const THROW_SPEED_MAX = 20
/** Ticks without a drag after which a release throws nothing. */
const THROW_WINDOW_TICKS = 15
/** Share of a hand's speed that comes from the newest drag. */
const SPEED_SHARE = 0.6
/** Ticks after a release during which bones pass through the prop. */
const BONES_PASS_TICKS = 20
/** A held prop slips from the hand at this multiple of the realm's reach. */
const SLIP = 1.25

const headOf = ({ position, body }: Avatar): Vec3 => add(position, vec(0, restHeadHeight(body), 0))

const heldBy = (realm: Realm, player: PlayerId, hand: HandId): Prop | undefined => {
  for (const prop of realm.props.values()) if (prop.hold?.player === player && prop.hold.hand === hand) return prop
  return undefined
}

/** The first grab in canonical order wins. A player's other hand may take over a prop. */
export function grab(realm: Realm, avatar: Avatar, prop: Prop, hand: HandId): RejectReason | null {
  if (prop.spec.motion === 'static') return 'not-movable'
  if (prop.hold && prop.hold.player !== avatar.player) return 'held-by-another'
  const inHand = heldBy(realm, avatar.player, hand)
  if (inHand && inHand !== prop) return 'hand-full'
  if (distance(positionOf(prop), headOf(avatar)) - prop.radius > realm.definition.reach) return 'out-of-reach'
  prop.hold = {
    player: avatar.player,
    hand,
    position: positionOf(prop),
    rotation: rotationOf(prop),
    velocity: vec(0, 0, 0),
    dragTick: realm.tick,
  }
  if (prop.spec.motion === 'dynamic') {
    prop.body.setGravityScale(0, true)
    setGroups(prop, Groups.held)
  }
  return null
}

/** Moves the target of the hand's hold. */
export function drag(realm: Realm, avatar: Avatar, hand: HandId, position: Vec3, rotation: Quat): RejectReason | null {
  const hold = heldBy(realm, avatar.player, hand)?.hold
  if (!hold) return 'hand-empty'
  if (distance(position, headOf(avatar)) > realm.definition.reach) return 'out-of-reach'
  const ticks = realm.tick - hold.dragTick
  if (ticks > 0) {
    const speed = scaled(sub(position, hold.position), realm.definition.tickRate / ticks)
    hold.velocity = froundVec(add(scaled(hold.velocity, 1 - SPEED_SHARE), scaled(speed, SPEED_SHARE)))
    hold.dragTick = realm.tick
  }
  hold.position = position
  hold.rotation = rotation
  return null
}

/** Ends a hold. If `thrown`, a dynamic prop flies on with the hand's speed. */
export function releaseProp(realm: Realm, prop: Prop, thrown: boolean): void {
  const { hold } = prop
  prop.hold = null
  if (!hold || prop.spec.motion !== 'dynamic') return
  // A frozen body keeps its place and gets no speed.
  prop.body.setGravityScale(1, true)
  prop.bonesPassUntil = realm.tick + BONES_PASS_TICKS
  const still = !thrown || realm.tick - hold.dragTick > THROW_WINDOW_TICKS
  prop.body.setLinvel(still ? vec(0, 0, 0) : limited(hold.velocity, THROW_SPEED_MAX), true)
}

export function release(realm: Realm, avatar: Avatar, hand: HandId): Prop | null {
  const prop = heldBy(realm, avatar.player, hand)
  if (prop) releaseProp(realm, prop, true)
  return prop ?? null
}

/** Releases everything that a player holds. */
export function releaseAll(realm: Realm, player: PlayerId): void {
  for (const prop of realm.props.values()) if (prop.hold?.player === player) releaseProp(realm, prop, false)
}

function followDynamic(prop: Prop, hold: Hold, tickRate: number): void {
  const rate = FOLLOW * tickRate
  prop.body.setLinvel(limited(scaled(sub(hold.position, positionOf(prop)), rate), FOLLOW_SPEED_MAX), true)
  const error = multiply(hold.rotation, conjugate(rotationOf(prop)))
  const spin = (error.w < 0 ? -2 : 2) * rate
  prop.body.setAngvel(limited(vec(error.x * spin, error.y * spin, error.z * spin), FOLLOW_SPIN_MAX), true)
}

function followKinematic(prop: Prop, hold: Hold, tickRate: number): void {
  const from = positionOf(prop)
  const stepMax = FOLLOW_SPEED_MAX / tickRate
  prop.body.setNextKinematicTranslation(add(from, limited(scaled(sub(hold.position, from), FOLLOW), stepMax)))
  prop.body.setNextKinematicRotation(nlerp(rotationOf(prop), hold.rotation, FOLLOW))
}

function slipped(realm: Realm, hold: Hold): boolean {
  const avatar = realm.players.get(hold.player)
  return !avatar || distance(hold.position, headOf(avatar)) > realm.definition.reach * SLIP
}

/** The phase: held props move towards their hands, and released props collide with bones again after a while. */
export function stepHolds(realm: Realm): void {
  const { tickRate } = realm.definition
  for (const prop of realm.props.values()) {
    const { hold } = prop
    if (hold && slipped(realm, hold)) {
      releaseProp(realm, prop, false)
      realm.events.push({ type: 'released', player: hold.player, sequence: 0, element: prop.id })
    } else if (hold) {
      if (prop.frozen !== null && prop.frozen !== 'new') continue
      if (prop.spec.motion === 'dynamic') followDynamic(prop, hold, tickRate)
      else followKinematic(prop, hold, tickRate)
    } else if (prop.bonesPassUntil && realm.tick >= prop.bonesPassUntil) {
      prop.bonesPassUntil = 0
      setGroups(prop, Groups.dynamic)
    }
  }
}

/** The hand with this number, or null. */
export const handOf = (hand: number): HandId | null => (hand === 0 || hand === 1 || hand === 2 ? hand : null)
