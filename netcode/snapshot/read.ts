/** Reads records. `write.ts` describes the bytes. */
import type { RecordReader } from './bytes.ts'
import { BONE_BITS, changed, ROTATION_BITS } from './rotation.ts'
import {
  BONE_COUNT,
  BONE_MASK_ALL,
  BONES,
  JOINTS,
  POSITION_STEPS_MAX,
  ROOT,
  VELOCITY_TICKS,
  YAW_STEPS,
  type ComponentKind,
  type Values,
} from './components.ts'
import { CHANGE_16, CHANGE_24, CHANGE_5, CHANGE_8, LOW_BONES, SAME, SET_FOLLOWS, SMALL_OFFSET, WHOLE } from './write.ts'

const at = (values: Values, i: number): number => values[i] ?? 0
const int16 = (value: number): number => (value << 16) >> 16

/**
 * Decodes a record against its baseline, which is `age` ticks older (null: no baseline, the record is whole). Returns
 * null if it is malformed.
 */
export function readRecord(kind: ComponentKind, from: RecordReader, base: Values | null, age: number): Values | null {
  const values =
    kind === JOINTS
      ? readJoints(from, base)
      : kind === BONES
        ? readBones(from, base)
        : readMover(kind === ROOT, from, base, age)
  return from.over ? null : values
}

function readNumber(from: RecordReader, mode: number, expected: number): number {
  return mode === SAME
    ? expected
    : mode === CHANGE_8
      ? expected + from.i8()
      : mode === CHANGE_16
        ? expected + from.i16()
        : from.u24()
}

const inRange = (steps: number): boolean => steps >= 0 && steps <= POSITION_STEPS_MAX
const WHOLE_ROOT = WHOLE | (WHOLE << 2) | (CHANGE_16 << 4) | (WHOLE << 6)
const WHOLE_PROP = 255

function readMover(isRoot: boolean, from: RecordReader, base: Values | null, age: number): Values | null {
  const mask = from.u8()
  const turn = (mask >> 4) & 3
  if ((base === null && mask !== (isRoot ? WHOLE_ROOT : WHOLE_PROP)) || (isRoot && turn === WHOLE)) return null
  const known = base ?? []
  const expected = (axis: number): number => at(known, axis) + Math.floor((at(known, axis + 4) * age) / VELOCITY_TICKS)
  const x = readNumber(from, mask & 3, expected(0))
  const z = readNumber(from, mask & 3, expected(2))
  const y = readNumber(from, (mask >> 2) & 3, expected(1))
  if (!inRange(x) || !inRange(y) || !inRange(z)) return null
  const heading = isRoot ? readYaw(from, turn, at(known, 3)) : readRotation(from, turn, at(known, 3))
  const speed = mask >> 6
  if (speed === WHOLE) return [x, y, z, heading, from.i16(), from.i16(), from.i16(), from.u8()]
  const vx = at(known, 4) + (speed === SAME ? 0 : from.i8())
  const vz = at(known, 6) + (speed === SAME ? 0 : from.i8())
  const vy = at(known, 5) + (speed === 2 ? from.i8() : 0)
  return [x, y, z, heading, int16(vx), int16(vy), int16(vz), at(known, 7)]
}

function readYaw(from: RecordReader, mode: number, before: number): number {
  return (mode === SAME ? before : mode === CHANGE_8 ? before + from.i8() : from.u16()) & (YAW_STEPS - 1)
}

/** A change of three times 5 bits. */
function readSmall(from: RecordReader, before: number, size: number): number {
  const bits = from.u16()
  return changed(
    before,
    size,
    ((bits >>> 10) & 31) - SMALL_OFFSET,
    ((bits >>> 5) & 31) - SMALL_OFFSET,
    (bits & 31) - SMALL_OFFSET,
  )
}

/** A rotation of 32 bits. */
function readRotation(from: RecordReader, mode: number, before: number): number {
  if (mode === SAME) return before
  if (mode === CHANGE_5) return readSmall(from, before, ROTATION_BITS)
  return mode === CHANGE_24 ? changed(before, ROTATION_BITS, from.i8(), from.i8(), from.i8()) : from.i32()
}

function readJoints(from: RecordReader, base: Values | null): Values | null {
  const mask = from.u16()
  if (mask > 0xfff) return null
  const values: number[] = base === null ? [] : [...base]
  for (let i = 0; i < 12; i += 4) {
    const place = (mask >> i) & 3
    const turn = (mask >> (i + 2)) & 3
    if (place === 3 || (base === null && (place !== CHANGE_16 || turn !== WHOLE))) return null
    if (place !== SAME)
      for (let k = i; k < i + 3; k += 1) values[k] = place === CHANGE_8 ? int16(at(values, k) + from.i8()) : from.i16()
    values[i + 3] = readRotation(from, turn, at(values, i + 3))
  }
  return values
}

function readBones(from: RecordReader, base: Values | null): Values | null {
  const low = from.i32()
  const high = from.u8()
  const isSet = (high & SET_FOLLOWS) !== 0
  const had = base === null ? 0 : at(base, 0)
  const set = isSet ? from.u24() : had
  if (high >= SET_FOLLOWS * 2 || set > BONE_MASK_ALL || (base === null && !isSet)) return null
  const values = [set]
  for (let i = 0; i < BONE_COUNT; i += 1) {
    const mode = boneMode(low, high, i)
    const [isIn, isNew] = [(set & (1 << i)) !== 0, (had & (1 << i)) === 0]
    // A new bone must be sent whole; a missing bone must not be sent.
    if (isIn ? isNew && mode !== WHOLE : mode !== SAME) return null
    values.push(isIn ? readBone(from, mode, base === null ? 0 : at(base, i + 1)) : 0)
  }
  return values
}

const boneMode = (low: number, high: number, i: number): number =>
  (i < LOW_BONES ? low >>> (2 * i) : high >>> (2 * (i - LOW_BONES))) & 3

function readBone(from: RecordReader, mode: number, before: number): number {
  if (mode === SAME) return before
  if (mode === CHANGE_5) return readSmall(from, before, BONE_BITS)
  const largest = mode === WHOLE ? from.u8() & 3 : before >>> (3 * BONE_BITS)
  return (largest << (3 * BONE_BITS)) | (from.u8() << (2 * BONE_BITS)) | (from.u8() << BONE_BITS) | from.u8()
}

/** Bytes by mode: a number, a yaw, a rotation of 32 bits, a bone, a joint's position, a velocity. */
const NUMBER = [0, 1, 2, 3]
const YAW = [0, 1, 2, 0]
const ROTATION = [0, 2, 3, 4]
const JOINT = [0, 3, 6, 0]
const SPEED = [0, 2, 3, 7]
const of = (bytes: readonly number[], mode: number): number => bytes[mode & 3] ?? 0

/** Skips a record without its baseline: its mask gives its length. */
export function skipRecord(kind: ComponentKind, from: RecordReader): void {
  if (kind === BONES) return skipBones(from)
  if (kind === JOINTS) {
    const mask = from.u16()
    for (let i = 0; i < 12; i += 4) from.skip(of(JOINT, mask >> i) + of(ROTATION, mask >> (i + 2)))
    return
  }
  const mask = from.u8()
  from.skip(
    2 * of(NUMBER, mask) + of(NUMBER, mask >> 2) + of(kind === ROOT ? YAW : ROTATION, mask >> 4) + of(SPEED, mask >> 6),
  )
}

function skipBones(from: RecordReader): void {
  const low = from.i32()
  const high = from.u8()
  from.skip((high & SET_FOLLOWS) === 0 ? 0 : 3)
  for (let i = 0; i < BONE_COUNT; i += 1) from.skip(of(ROTATION, boneMode(low, high, i)))
}
