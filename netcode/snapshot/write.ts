/**
 * Encodes records of snapshots: a component's change since its baseline, or its whole state. This is their format.
 *
 * A snapshot is the state of a realm at a tick as a render client gets it, in one part that fits a packet. A part holds
 * records of what changed and can be decoded alone. Numbers are little-endian; `varint` is 7 bits a byte, low ones
 * first.
 *
 * An element has components, each with its own baseline and send rate. The state of a component is a row of integers:
 *
 *     root     x y z (steps of 1 mm), yaw (4096 a turn), velocity x y z (steps of 20 mm/s), flags 1 grounded 2 flying
 *     joints   head, left hand, right hand: x y z (steps of 2 mm, root space), rotation (R32)
 *     bones    which bones are sent (18 bits), a rotation (R26) for each of them
 *     prop     x y z (steps of 1 mm), rotation (R32), velocity x y z (steps of 20 mm/s), flags 1 asleep
 *
 *     R32      smallest three as in sim/avatar/pose.ts: bits 30-31 which of x y z w is largest, then 10 bits for each other
 *     R26      bits 24-25 which of x y z w is largest, then 8 bits for each other, 0 to 254 over -1/sqrt(2) to 1/sqrt(2)
 *
 * States are exact and the same for all: a client with the record of tick T has the server's state at T.
 * A record is the state at the part's tick as a change since the state at an earlier tick, its baseline, or whole.
 *
 *     avatars: section of roots, section of joints, section of bones; or no bytes
 *     props:   section of props; or no bytes
 *     section: varint number of records, then the records by element
 *     record:  varint  element, as the difference to the last record's, the first to 0; at least 1
 *              u8      age of the baseline in ticks, at most 127; 0: none, and the state is sent whole
 *              then by component:
 *     root     u8 mask: bits 0-1 N of x and z, 2-3 N of y, 4-5 yaw (0 as before, 1 i8 change modulo 4096, 2 u16 whole),
 *              6-7 V; then N of x, N of z, N of y, yaw, V
 *     joints   u16 mask: for each joint, lowest bits first, 2 bits position (0 as before, 1 i8 × 3 changes, 2 i16 × 3 whole)
 *              and 2 bits T; then for each joint its position and T
 *     bones    u32, u8 mask: 2 bits B for each bone, bits 0-31 the first 16 bones, bits 32-35 the last two; bit 36: which
 *              bones are sent follows (u24); then B of each bone. A bone that was not sent before has B 3
 *     prop     u8 mask: bits 0-1 N of x and z, 2-3 N of y, 4-5 T, 6-7 V; then N of x, N of z, N of y, T, V
 *
 *     N        coordinate: 0 as expected, 1 i8 change from that, 2 i16 change, 3 u24 whole; expected is the baseline's plus
 *              floor(the baseline's velocity × age / 3)
 *     V        velocity and flags: 0 as before, 1 i8 × 2 changes of x and z, 2 i8 × 3 changes of x, z and y, 3 i16 × 3 x y z
 *              whole and u8 flags; changes leave the flags as they are
 *     T        rotation of 32 bits: 0 as before; the same number is largest and, 1: u16, three times 5 bits, highest
 *              first, less 16, are added to the others, 2: i8 × 3 are; 3: u32 whole
 *     B        rotation of 26 bits: 0 as before; the same number is largest and, 1: u16 as in T, 2: u8 × 3 the others
 *              whole; 3: u8 which is largest, u8 × 3 the others
 *
 * The length of a record follows from its masks alone, so a receiver without its baseline can skip it.
 *
 * Position: 24 bits of millimetres above the least corner of the realm's bounds minus MARGIN_METRES, so that an element
 * about to be returned into the bounds can still be sent; positions beyond are clamped. 16.7 km fit.
 *
 * Baseline: the newest state of the component that the client acknowledged (id Software, "Quake III networking"), at most
 * BASELINE_TICKS_MAX ticks old. A receiver keeps states that long, and does not acknowledge a packet if it lacks
 * a baseline; it uses the rest. Acknowledged states are not sent again until they change.
 *
 * Error: a number changes when the truth has left it by more than half a step and a deadband (netcode/snapshot/quantise.ts).
 * So positions are within 1 mm a coordinate, yaw 0.1°, velocity 25 mm/s, joints 1.5 mm and 0.5°, props' rotation 0.5°,
 * bones 2° at the worst and 0.4° as a mean.
 *
 * Which records: netcode/snapshot/interest.ts. Static props never move and are not in snapshots.
 */
import type { RecordWriter } from './bytes.ts'
import { BONE_BITS, difference, farthest, ROTATION_BITS } from './rotation.ts'
import { BONE_COUNT, BONES, JOINTS, ROOT, VELOCITY_TICKS, YAW_STEPS, type ComponentKind } from './components.ts'

/** Modes of numbers: unchanged, changes of 8 or 16 bits, whole. */
export const SAME = 0
export const CHANGE_8 = 1
export const CHANGE_16 = 2
export const WHOLE = 3
/** Modes of a rotation: the first and the last as above, and between them this and CHANGE_24. */
export const CHANGE_5 = 1
export const CHANGE_24 = 2
/** Offset and range of a change in 5 bits. */
export const SMALL_OFFSET = 16
const SMALL_MAX = 15

/** Writes the state at `now` of `states` as a change since the state at `base`, `age` ticks before; -1: whole. */
export function writeRecord(
  kind: ComponentKind,
  to: RecordWriter,
  states: Int32Array,
  now: number,
  base: number,
  age: number,
): void {
  if (kind === JOINTS) writeJoints(to, states, now, base)
  else if (kind === BONES) writeBones(to, states, now, base)
  else writeMover(kind === ROOT, to, states, now, base, age)
}

const at = (states: Int32Array, i: number): number => states[i] ?? 0
const modeOf = (most: number): number =>
  most === 0 ? SAME : most <= 127 ? CHANGE_8 : most <= 32_767 ? CHANGE_16 : WHOLE

/**
 * The difference of a coordinate from its extrapolation `age` ticks after the baseline. Its velocity is four numbers
 * further on.
 */
const change = (s: Int32Array, now: number, base: number, age: number): number =>
  at(s, now) - at(s, base) - Math.floor((at(s, base + 4) * age) / VELOCITY_TICKS)

function writeMover(isRoot: boolean, to: RecordWriter, s: Int32Array, now: number, base: number, age: number): void {
  const isWhole = base < 0
  const x = isWhole ? 0 : change(s, now, base, age)
  const y = isWhole ? 0 : change(s, now + 1, base + 1, age)
  const z = isWhole ? 0 : change(s, now + 2, base + 2, age)
  const across = isWhole ? WHOLE : modeOf(Math.max(Math.abs(x), Math.abs(z)))
  const up = isWhole ? WHOLE : modeOf(Math.abs(y))
  const turn = isWhole
    ? isRoot
      ? CHANGE_16
      : WHOLE
    : isRoot
      ? yawMode(at(s, base + 3), at(s, now + 3))
      : rotationMode(at(s, base + 3), at(s, now + 3), ROTATION_BITS)
  const speed = isWhole ? WHOLE : speedMode(s, now, base)
  to.u8(across | (up << 2) | (turn << 4) | (speed << 6))
  writeNumber(to, across, x, at(s, now))
  writeNumber(to, across, z, at(s, now + 2))
  writeNumber(to, up, y, at(s, now + 1))
  if (!isRoot) writeRotation(to, turn, isWhole ? 0 : at(s, base + 3), at(s, now + 3))
  else if (turn === CHANGE_8) to.u8(at(s, now + 3) - at(s, base + 3))
  else if (turn === CHANGE_16) to.u16(at(s, now + 3))
  writeSpeed(to, speed, s, now, base)
}

function writeNumber(to: RecordWriter, mode: number, by: number, whole: number): void {
  if (mode === CHANGE_8) to.u8(by)
  else if (mode === CHANGE_16) to.u16(by)
  else if (mode === WHOLE) to.u24(whole)
}

/** 0 unchanged, 1 i8 change, which may wrap, 2 whole. */
function yawMode(before: number, now: number): number {
  const by = Math.abs(now - before)
  return by === 0 ? SAME : Math.min(by, YAW_STEPS - by) <= 127 ? CHANGE_8 : CHANGE_16
}

/** 0 unchanged, 1 i8 changes of x and z, 2 of x, y and z, 3 whole, with the flags. */
function speedMode(s: Int32Array, now: number, base: number): number {
  if (at(s, now + 7) !== at(s, base + 7)) return WHOLE
  const x = Math.abs(at(s, now + 4) - at(s, base + 4))
  const y = Math.abs(at(s, now + 5) - at(s, base + 5))
  const z = Math.abs(at(s, now + 6) - at(s, base + 6))
  return x > 127 || y > 127 || z > 127 ? WHOLE : y !== 0 ? 2 : x !== 0 || z !== 0 ? 1 : SAME
}

function writeSpeed(to: RecordWriter, mode: number, s: Int32Array, now: number, base: number): void {
  if (mode === SAME) return
  if (mode === WHOLE) {
    for (let i = 4; i < 7; i += 1) to.u16(at(s, now + i))
    return to.u8(at(s, now + 7))
  }
  to.u8(at(s, now + 4) - at(s, base + 4))
  to.u8(at(s, now + 6) - at(s, base + 6))
  if (mode === 2) to.u8(at(s, now + 5) - at(s, base + 5))
}

/** 0 unchanged, 1 changes of 5 bits, 2 of 8 bits, 3 whole. A bone's 8 bits are the whole number. */
function rotationMode(before: number, now: number, size: number): number {
  if (before === now) return SAME
  const most = farthest(before, now, size)
  return most <= SMALL_MAX ? CHANGE_5 : most <= (size === BONE_BITS ? 255 : 127) ? CHANGE_24 : WHOLE
}

function writeSmall(to: RecordWriter, before: number, now: number, size: number): void {
  const part = (i: number): number => difference(before, now, size, i) + SMALL_OFFSET
  to.u16((part(0) << 10) | (part(1) << 5) | part(2))
}

/** A rotation of 32 bits. */
function writeRotation(to: RecordWriter, mode: number, before: number, now: number): void {
  if (mode === CHANGE_5) writeSmall(to, before, now, ROTATION_BITS)
  else if (mode === CHANGE_24) for (let i = 0; i < 3; i += 1) to.u8(difference(before, now, ROTATION_BITS, i))
  else if (mode === WHOLE) to.u32(now)
}

function writeJoints(to: RecordWriter, s: Int32Array, now: number, base: number): void {
  let mask = 0
  for (let i = 0; i < 12; i += 4) mask |= jointMode(s, now + i, base < 0 ? -1 : base + i) << i
  to.u16(mask)
  for (let i = 0; i < 12; i += 4) {
    const place = (mask >> i) & 3
    for (let k = i; k < i + 3; k += 1) {
      if (place === CHANGE_8) to.u8(at(s, now + k) - at(s, base + k))
      else if (place === CHANGE_16) to.u16(at(s, now + k))
    }
    writeRotation(to, (mask >> (i + 2)) & 3, base < 0 ? 0 : at(s, base + i + 3), at(s, now + i + 3))
  }
}

/** Bits 0-1 position: unchanged, i8 changes, whole; bits 2-3 rotation. */
function jointMode(s: Int32Array, now: number, base: number): number {
  if (base < 0) return CHANGE_16 | (WHOLE << 2)
  const x = Math.abs(at(s, now) - at(s, base))
  const y = Math.abs(at(s, now + 1) - at(s, base + 1))
  const z = Math.abs(at(s, now + 2) - at(s, base + 2))
  return (
    Math.min(CHANGE_16, modeOf(Math.max(x, y, z))) | (rotationMode(at(s, base + 3), at(s, now + 3), ROTATION_BITS) << 2)
  )
}

/** Bones whose modes are in the first 32 bits of the mask. */
export const LOW_BONES = 16
/** Flag in the last 8 bits: the set of sent bones follows. */
export const SET_FOLLOWS = 16

function writeBones(to: RecordWriter, s: Int32Array, now: number, base: number): void {
  const set = at(s, now)
  const had = base < 0 ? 0 : at(s, base)
  const start = to.at
  let low = 0
  let high = base < 0 || set !== had ? SET_FOLLOWS : 0
  to.u32(0)
  to.u8(0)
  if (high !== 0) to.u24(set)
  for (let i = 0; i < BONE_COUNT; i += 1) {
    if ((set & (1 << i)) === 0) continue
    const bits = at(s, now + 1 + i)
    const before = at(s, base + 1 + i)
    const mode = (had & (1 << i)) === 0 ? WHOLE : rotationMode(before, bits, BONE_BITS)
    if (i < LOW_BONES) low |= mode << (2 * i)
    else high |= mode << (2 * (i - LOW_BONES))
    if (mode === CHANGE_5) writeSmall(to, before, bits, BONE_BITS)
    else if (mode === CHANGE_24) writeNumbers(to, bits)
    else if (mode === WHOLE) {
      to.u8(bits >>> 24)
      writeNumbers(to, bits)
    }
  }
  const end = to.at
  to.at = start
  to.u32(low)
  to.u8(high)
  to.at = end
}

function writeNumbers(to: RecordWriter, bits: number): void {
  to.u8(bits >>> 16)
  to.u8(bits >>> 8)
  to.u8(bits)
}
