/** Urgency: how wrong a client is that still has an old state of a component. Large changes are the most urgent. */
import { BONE_BITS, farthest, ROTATION_BITS } from './rotation.ts'
import { BONE_COUNT, JOINTS, ROOT, VELOCITY_TICKS, type ComponentKind } from './components.ts'

/** Errors that count as 1, in steps of each number: 20 mm; 30 mm or 2° of a joint; a mean of 5° of a bone. */
const PLACE_STEPS = 20
const JOINT_STEPS = 15
const JOINT_ROTATION_STEPS = 12
const BONE_STEPS = 8
const YAW_STEPS = 40
/** Bounds: small changes are sent too, and large ones do not suppress all others. */
const URGENCY_MIN = 0.25
export const URGENCY_MAX = 4
/**
 * A root or prop that moves as expected is sent more often: the state that ended its last motion may have been lost.
 */
const PLACE_URGENCY_MIN = 0.5

const at = (states: Int32Array, i: number): number => states[i] ?? 0
const off = (s: Int32Array, a: number, b: number): number => Math.abs(at(s, a) - at(s, b))

const bounded = (error: number, min: number): number => (error < min ? min : error > URGENCY_MAX ? URGENCY_MAX : error)

/**
 * Urgency of a root or prop, 0.5 to 4: the distance of the state at `now` from the extrapolation of `then`, `age` ticks
 * before.
 */
export const placeUrgency = (kind: ComponentKind, states: Int32Array, now: number, then: number, age: number): number =>
  bounded(placeError(kind, states, now, then, age), PLACE_URGENCY_MIN)

/** Urgency of a pose, 0.25 to 4, by the distance that its parts moved. */
export const poseUrgency = (way: number): number => bounded(way, URGENCY_MIN)

/** Distance that the parts of a pose move from the state at `then` to that at `now`. */
export const poseTravel = (kind: ComponentKind, states: Int32Array, now: number, then: number): number =>
  kind === JOINTS ? jointsError(states, now, then) : bonesError(states, now, then)

function placeError(kind: ComponentKind, s: Int32Array, now: number, then: number, age: number): number {
  let most = 0
  for (let i = 0; i < 3; i += 1)
    most = Math.max(most, Math.abs(at(s, now + i) - at(s, then + i) - (at(s, then + i + 4) * age) / VELOCITY_TICKS))
  const turn =
    kind === ROOT
      ? off(s, now + 3, then + 3) / YAW_STEPS
      : Math.min(URGENCY_MAX, farthest(at(s, then + 3), at(s, now + 3), ROTATION_BITS) / (2 * JOINT_ROTATION_STEPS))
  return most / PLACE_STEPS + turn
}

function jointsError(s: Int32Array, now: number, then: number): number {
  let sum = 0
  for (let i = 0; i < 12; i += 4) {
    sum +=
      Math.max(off(s, now + i, then + i), off(s, now + i + 1, then + i + 1), off(s, now + i + 2, then + i + 2)) /
      JOINT_STEPS
    sum +=
      Math.min(URGENCY_MAX, farthest(at(s, then + i + 3), at(s, now + i + 3), ROTATION_BITS) / JOINT_ROTATION_STEPS) / 2
  }
  return sum / 3
}

function bonesError(s: Int32Array, now: number, then: number): number {
  if (at(s, now) !== at(s, then)) return URGENCY_MAX
  let sum = 0
  for (let i = 1; i <= BONE_COUNT; i += 1)
    sum += Math.min(URGENCY_MAX * BONE_STEPS, farthest(at(s, then + i), at(s, now + i), BONE_BITS))
  return sum / BONE_COUNT / BONE_STEPS
}
