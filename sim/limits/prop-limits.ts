/** Limits of spawned props, in number and bytes: for the realm, an address group and a user. */
import { grown, placeBox, touches } from '../maths/boxes.ts'
import { manages } from '../props/access.ts'
import { expire, longestLeftBehind } from '../props/left-behind.ts'
import { max } from '../maths/maths.ts'
import { inRange } from './ranges.ts'
import { shapeCost } from './contact-bodies.ts'
import type { Avatar, Prop, Realm } from '../state/state.ts'
import type { PlacedProp, PropSpec, RejectReason, Shape } from '../types.ts'

/** Bytes of a checkpoint that spawned props may take by default: a quarter of what a checkpoint may have. */
export const STATE_BYTES_MAX = 16_777_216
/**
 * Part of the realm that one address group may fill, and one user of it. In small realms everybody gets at least a few props.
 */
const SHARE_PART = 1 / 2
const USER_PART = 1 / 4
const PROPS_MIN = 16
/** Cost of non-dynamic colliders around one place: what the controller of an avatar that walks there has to check. */
const CROWD_COST_MAX = 100
/** Distance around a static prop within which other props are counted, metres: an avatar and its step. */
const CROWD_METRES = 2

/**
 * Measured bytes of a prop in a checkpoint, and of each collider, hull point and triangle: the engine's and our own.
 */
const PROP_BYTES = 700
const COLLIDER_BYTES = 400
const HULL_POINT_BYTES = 300
const TRIANGLE_BYTES = 130
const VERTEX_BYTES = 60

function shapeBytes(shape: Shape): number {
  if (shape.type === 'convex') return (shape.points.length / 3) * HULL_POINT_BYTES
  return shape.type === 'trimesh'
    ? (shape.indices.length / 3) * TRIANGLE_BYTES + (shape.vertices.length / 3) * VERTEX_BYTES
    : 0
}

const known = new WeakMap<PropSpec, number>()

/** Estimates the bytes that a prop takes in a checkpoint from its shapes. */
export function stateBytesOf(spec: PropSpec): number {
  let bytes = known.get(spec)
  if (bytes === undefined) {
    bytes = spec.colliders.reduce((sum, { shape }) => sum + COLLIDER_BYTES + shapeBytes(shape), PROP_BYTES)
    known.set(spec, bytes)
  }
  return bytes
}

/** A limit that a prop would exceed, with the filter of props that count towards it. */
interface ExceededLimit {
  readonly reason: RejectReason
  readonly counts: (prop: Prop) => boolean
}

interface SpawnLimit {
  readonly counts: ExceededLimit['counts']
  readonly props: { readonly max: number; readonly used: number; readonly reason: RejectReason }
  readonly bytesMax: number
}

/** The limits for a new prop. Props of the server and of managers only have to fit into the realm as a whole. */
function limitsFor({ props, avatars, definition }: Realm, avatar: Avatar | null): readonly SpawnLimit[] {
  const { elementsMax, stateBytesMax } = definition
  const spawned = ({ owner }: Prop): boolean => owner !== 0
  const whole: SpawnLimit = {
    counts: spawned,
    props: { max: elementsMax, used: props.size + avatars.size, reason: 'element-limit' },
    bytesMax: stateBytesMax,
  }
  if (!avatar || manages(avatar)) return [whole]
  const part = (share: number, counts: ExceededLimit['counts']): SpawnLimit => {
    const used = [...props.values()].filter(counts).length
    return {
      counts,
      props: { max: max(PROPS_MIN, elementsMax * share), used, reason: 'share-limit' },
      bytesMax: stateBytesMax * share,
    }
  }
  return [
    part(USER_PART, ({ owner }) => owner === avatar.user),
    part(SHARE_PART, ({ share }) => share === avatar.share),
    whole,
  ]
}

/** The first limit that a prop of `bytes` would exceed. */
function exceededLimit(realm: Realm, avatar: Avatar | null, bytes: number): ExceededLimit | null {
  for (const { counts, props, bytesMax } of limitsFor(realm, avatar)) {
    if (props.used >= props.max) return { reason: props.reason, counts }
    let sum = bytes
    for (const prop of realm.props.values()) if (counts(prop)) sum += stateBytesOf(prop.spec)
    if (sum > bytesMax) return { reason: 'state-limit', counts }
  }
  return null
}

/**
 * Makes room for a player's prop (null: the server's), or returns why there is none. Props that were left behind are
 * removed first.
 */
export function makeRoom(realm: Realm, avatar: Avatar | null, spec: PropSpec): RejectReason | null {
  for (;;) {
    const full = exceededLimit(realm, avatar, stateBytesOf(spec))
    if (!full) return null
    const left = longestLeftBehind(realm, full.counts)
    if (!left) return full.reason
    expire(realm, left)
  }
}

type SpawnPlace = Pick<PlacedProp, 'position' | 'rotation' | 'scale'>

/** Returns why a guest may not spawn such a prop at this place, or null. */
export const guestReason = (realm: Realm, spec: PropSpec, place: SpawnPlace): RejectReason | null =>
  guestSpecReason(spec) ?? (spec.motion === 'static' && isCrowded(realm, spec, place) ? 'too-crowded' : null)

/**
 * Returns why a guest may not spawn such a prop anywhere, or null: only managers may use kinematic props and large
 * meshes.
 */
export function guestSpecReason(spec: PropSpec): RejectReason | null {
  if (spec.motion === 'dynamic') return null
  if (spec.motion === 'kinematic') return 'not-permitted'
  for (const { shape } of spec.colliders)
    if (shape.type === 'trimesh' && !inRange('meshTriangles', shape.indices.length / 3)) return 'mesh-too-large'
  return costOf(spec) > CROWD_COST_MAX ? 'too-crowded' : null
}

/** True if there are so many static colliders around a place that walking there would cost too much. */
function isCrowded(realm: Realm, spec: PropSpec, { position: p, rotation: q, scale }: SpawnPlace): boolean {
  const box = new Float64Array(6)
  placeBox(spec, Float32Array.of(p.x, p.y, p.z, q.x, q.y, q.z, q.w), scale, box)
  const around = grown(box, CROWD_METRES)
  let cost = costOf(spec)
  for (const prop of realm.props.values())
    if (prop.spec.motion !== 'dynamic' && prop.owner !== 0 && touches(around, 0, prop.box, 0)) cost += costOf(prop.spec)
  return cost > CROWD_COST_MAX
}

const costOf = (spec: PropSpec): number => spec.colliders.reduce((sum, { shape }) => sum + shapeCost(shape), 0)
