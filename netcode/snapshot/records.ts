/** Records: one strand's change since its baseline, or all of it. netcode/snapshot.ts describes the bytes. */
import type { ByteReader, ByteWriter } from './bytes.ts'
import { changeRotation, rotationChange, sameRotation } from './rotation.ts'
import { ASLEEP, BONE_COUNT, BONES, JOINTS, POSITION_STEPS_MAX, PROP, ROOT, sameValues, type Kind, type Values } from './strands.ts'

/** Ticks: what a prediction's step of velocity counts for is a millimetre in three. */
const VELOCITY_TICKS = 3
const YAW = 1 << 4
const VELOCITY = 1 << 5
const FLAGS = 1 << 6
const WHOLE_ROOT = 3 | (3 << 2) | YAW | VELOCITY | FLAGS
const BONE_MASK_ALL = (1 << BONE_COUNT) - 1
const WIDE_FOLLOWS = 1 << BONE_COUNT
const BONE_SET_FOLLOWS = 1 << (BONE_COUNT + 1)
/** A hand's change counts steps of 2 mm. */
const JOINT_STEP = 2
const JOINT_STEPS_MAX = 127

const at = (values: Values, i: number): number => values[i] ?? 0

/** 0: no change, 1: fits 8 bits, 2: fits 16, 3: has to be said whole. */
function modeOf(most: number): number {
  return most === 0 ? 0 : most <= 127 ? 1 : most <= 32_767 ? 2 : 3
}

function writeChange(to: ByteWriter, mode: number, change: number, whole: number): void {
  if (mode === 1) to.u8(change)
  else if (mode === 2) to.u16(change)
  else if (mode === 3) to.u24(whole)
}

function readChange(from: ByteReader, mode: number, base: number): number {
  return mode === 0 ? base : mode === 1 ? base + from.i8() : mode === 2 ? base + from.i16() : from.u24()
}

const inRange = (steps: number): boolean => steps >= 0 && steps <= POSITION_STEPS_MAX

/** Where a root is expected `age` ticks after its baseline. */
function predicted(base: Values, axis: number, age: number): number {
  return at(base, axis) + Math.floor((at(base, axis + 4) * age) / VELOCITY_TICKS)
}

function writeRoot(to: ByteWriter, base: Values | null, now: Values, age: number): void {
  const change = [0, 1, 2].map((axis) => (base === null ? Infinity : at(now, axis) - predicted(base, axis, age)))
  const [x = 0, y = 0, z = 0] = change
  const across = modeOf(Math.max(Math.abs(x), Math.abs(z)))
  const up = modeOf(Math.abs(y))
  const differs = (first: number, last: number): boolean => {
    for (let i = first; i <= last; i += 1) if (base === null || base[i] !== now[i]) return true
    return false
  }
  const mask = across | (up << 2) | (differs(3, 3) ? YAW : 0) | (differs(4, 6) ? VELOCITY : 0) | (differs(7, 7) ? FLAGS : 0)
  to.u8(mask)
  writeChange(to, across, x, at(now, 0))
  writeChange(to, across, z, at(now, 2))
  writeChange(to, up, y, at(now, 1))
  if ((mask & YAW) !== 0) to.u16(at(now, 3))
  if ((mask & VELOCITY) !== 0) for (const axis of [4, 5, 6]) to.u16(at(now, axis))
  if ((mask & FLAGS) !== 0) to.u8(at(now, 7))
}

function readRoot(from: ByteReader, base: Values | null, age: number): number[] | null {
  const mask = from.u8()
  if (mask > WHOLE_ROOT || (base === null && mask !== WHOLE_ROOT)) return null
  const known = base ?? []
  const x = readChange(from, mask & 3, predicted(known, 0, age))
  const z = readChange(from, mask & 3, predicted(known, 2, age))
  const y = readChange(from, (mask >> 2) & 3, predicted(known, 1, age))
  const yaw = (mask & YAW) === 0 ? at(known, 3) : from.u16()
  const velocity = [4, 5, 6].map((axis) => ((mask & VELOCITY) === 0 ? at(known, axis) : from.i16()))
  const flags = (mask & FLAGS) === 0 ? at(known, 7) : from.u8()
  return inRange(x) && inRange(y) && inRange(z) ? [x, y, z, yaw, ...velocity, flags] : null
}

/** 0: near enough to its baseline, 1: a change, 2: to be said whole. */
function jointMode(base: Values | null, now: Values, first: number): number {
  if (base === null) return 2
  let most = 0
  for (let i = first; i < first + 3; i += 1) most = Math.max(most, Math.abs(at(now, i) - at(base, i)))
  const [before, after] = [at(base, first + 3), at(now, first + 3)]
  if (most <= JOINT_STEP && sameRotation(before, after)) return 0
  return most > JOINT_STEP * JOINT_STEPS_MAX || rotationChange(before, after) < 0 ? 2 : 1
}

const within16 = (value: number): number => (value < -32_768 ? -32_768 : value > 32_767 ? 32_767 : value)

function writeJoints(to: ByteWriter, base: Values | null, now: Values): number[] {
  const modes = [0, 4, 8].map((first) => jointMode(base, now, first))
  to.u8(modes.reduce((mask, mode, i) => mask | (mode << (2 * i)), 0))
  const shown = [...(base ?? now)]
  for (const [joint, mode] of modes.entries()) {
    const first = joint * 4
    if (mode === 0) continue
    for (let i = first; i < first + 3; i += 1) {
      const change = Math.round((at(now, i) - at(shown, i)) / JOINT_STEP)
      if (mode === 1) to.u8(change)
      else to.u16(at(now, i))
      shown[i] = mode === 1 ? within16(at(shown, i) + change * JOINT_STEP) : at(now, i)
    }
    writeRotation(to, shown, now, first + 3, mode === 2)
  }
  return shown
}

function writeRotation(to: ByteWriter, shown: number[], now: Values, i: number, whole: boolean): void {
  const change = rotationChange(at(shown, i), at(now, i))
  if (whole) to.u32(at(now, i))
  else to.u16(change)
  shown[i] = whole ? at(now, i) : changeRotation(at(shown, i), change)
}

function readJoints(from: ByteReader, base: Values | null): number[] | null {
  const mask = from.u8()
  const values: number[] = base === null ? [] : [...base]
  if (mask >= 64) return null
  for (const joint of [0, 1, 2]) {
    const mode = (mask >> (2 * joint)) & 3
    const first = joint * 4
    if (mode === 3 || (base === null && mode !== 2)) return null
    if (mode === 0) continue
    for (let i = first; i < first + 3; i += 1) values[i] = mode === 2 ? from.i16() : within16(at(values, i) + from.i8() * JOINT_STEP)
    values[first + 3] = mode === 2 ? from.i32() : changeRotation(at(values, first + 3), from.u16())
  }
  return values
}

/** The bones that changed, and those of them that have to be said whole. */
function boneMasks(base: Values | null, now: Values): { readonly changed: number; readonly wide: number } {
  const had = base === null ? 0 : at(base, 0)
  let changed = 0
  let wide = 0
  for (let i = 0; i < BONE_COUNT; i += 1) {
    const bit = 1 << i
    if ((at(now, 0) & bit) === 0) continue
    const [before, after] = [base === null ? 0 : at(base, i + 1), at(now, i + 1)]
    const isNew = (had & bit) === 0
    if (!isNew && sameRotation(before, after)) continue
    changed |= bit
    if (isNew || rotationChange(before, after) < 0) wide |= bit
  }
  return { changed, wide }
}

function writeBones(to: ByteWriter, base: Values | null, now: Values): number[] {
  const { changed, wide } = boneMasks(base, now)
  const isOtherSet = base === null || at(base, 0) !== at(now, 0)
  to.u24(changed | (wide === 0 ? 0 : WIDE_FOLLOWS) | (isOtherSet ? BONE_SET_FOLLOWS : 0))
  if (wide !== 0) to.u24(wide)
  if (isOtherSet) to.u24(at(now, 0))
  const shown = now.map((value, i) => (i === 0 || base === null || value === 0 ? value : at(base, i)))
  for (let i = 0; i < BONE_COUNT; i += 1) if ((changed & (1 << i)) !== 0) writeRotation(to, shown, now, i + 1, (wide & (1 << i)) !== 0)
  return shown
}

function readBones(from: ByteReader, base: Values | null): number[] | null {
  const mask = from.u24()
  const changed = mask & BONE_MASK_ALL
  const wide = (mask & WIDE_FOLLOWS) === 0 ? 0 : from.u24()
  const had = base === null ? 0 : at(base, 0)
  const set = (mask & BONE_SET_FOLLOWS) === 0 ? had : from.u24()
  // Whole is what is new; nothing else than what the mask names is in the record.
  if (mask >= BONE_SET_FOLLOWS * 2 || set > BONE_MASK_ALL || (wide & ~changed) !== 0 || (changed & ~set) !== 0 || (set & ~had & ~wide) !== 0) return null
  if (base === null && (mask & BONE_SET_FOLLOWS) === 0) return null
  const values = [set]
  for (let i = 0; i < BONE_COUNT; i += 1) {
    const bit = 1 << i
    const before = base === null ? 0 : at(base, i + 1)
    if ((set & bit) === 0) values.push(0)
    else if ((changed & bit) === 0) values.push(before)
    else values.push((wide & bit) === 0 ? changeRotation(before, from.u16()) : from.i32())
  }
  return values
}

const farthestAxis = (a: Values, b: Values): number => Math.max(Math.abs(at(a, 0) - at(b, 0)), Math.abs(at(a, 1) - at(b, 1)), Math.abs(at(a, 2) - at(b, 2)))

function writeProp(to: ByteWriter, base: Values | null, now: Values): number[] {
  const mode = modeOf(base === null ? Infinity : farthestAxis(base, now))
  const asleep = (at(now, 4) & ASLEEP) !== 0
  const [before, after] = [base === null ? 0 : at(base, 3), at(now, 3)]
  // Who falls asleep is shown as it lies.
  const change = base === null ? -1 : rotationChange(before, after, asleep)
  const turn = base !== null && before === after ? 0 : change < 0 ? 2 : 1
  to.u8(mode | (turn << 2) | (asleep ? 16 : 0))
  for (let i = 0; i < 3; i += 1) writeChange(to, mode, at(now, i) - (base === null ? 0 : at(base, i)), at(now, i))
  if (turn === 1) to.u16(change)
  else if (turn === 2) to.u32(after)
  return turn === 1 ? [at(now, 0), at(now, 1), at(now, 2), changeRotation(before, change), at(now, 4)] : [...now]
}

function readProp(from: ByteReader, base: Values | null): number[] | null {
  const mask = from.u8()
  const mode = mask & 3
  const turn = (mask >> 2) & 3
  if (mask >= 32 || turn === 3 || (base === null && (mode !== 3 || turn !== 2))) return null
  const known = base ?? []
  const [x, y, z] = [0, 1, 2].map((axis) => readChange(from, mode, at(known, axis)))
  const rotation = turn === 0 ? at(known, 3) : turn === 1 ? changeRotation(at(known, 3), from.u16()) : from.i32()
  if (x === undefined || y === undefined || z === undefined || !inRange(x) || !inRange(y) || !inRange(z)) return null
  return [x, y, z, rotation, (mask & 16) === 0 ? 0 : ASLEEP]
}

/** Writes what changed of a strand since `base`, `age` ticks ago (null: all of it); returns the values that the reader will have. */
export function writeRecord(kind: Kind, to: ByteWriter, base: Values | null, now: Values, age: number): Values {
  if (kind === JOINTS) return writeJoints(to, base, now)
  if (kind === BONES) return writeBones(to, base, now)
  if (kind === PROP) return writeProp(to, base, now)
  writeRoot(to, base, now, age)
  return now
}

/** The values that a record makes of its baseline; null: it is malformed. */
export function readRecord(kind: Kind, from: ByteReader, base: Values | null, age: number): Values | null {
  const values = kind === ROOT ? readRoot(from, base, age) : kind === JOINTS ? readJoints(from, base) : kind === BONES ? readBones(from, base) : readProp(from, base)
  return from.over ? null : values
}

/** What is shown differs from the truth by so little that nothing more has to be said. */
export function isSettled(kind: Kind, shown: Values, now: Values): boolean {
  if (kind === ROOT) return sameValues(shown, now) && at(now, 4) === 0 && at(now, 5) === 0 && at(now, 6) === 0
  if (kind === PROP) return sameValues(shown, now)
  if (kind === JOINTS) return [0, 4, 8].every((first) => jointMode(shown, now, first) === 0)
  return at(shown, 0) === at(now, 0) && boneMasks(shown, now).changed === 0
}
