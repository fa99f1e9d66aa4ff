/**
 * Writes a state as its difference from another one. Two states of a session share most of their bytes, but at other
 * offsets: a contact that ends moves all that follows it. So this copies runs of bytes from anywhere in the base, and from
 * the state itself, where a body's place comes again in its colliders.
 */
import { assert } from '../../sim/assert.ts'

/** Entries of the table that finds 8 equal bytes, as a power of two. */
const TABLE_BITS = 17
const WINDOW = 8
/** Every second byte of the base is a place to copy from: the search goes over each byte of the state. */
const BASE_STEP = 2
/** Shortest copies that take fewer bytes than they save. */
const SAME_BYTES_MIN = 4
const SELF_BYTES_MIN = 8
const BASE_BYTES_MIN = 16

/** Where a copy comes from: the base at the offset that continues the last copy, the base elsewhere, the state itself. */
const From = { same: 0, base: 1, self: 2 } as const
const FROM_BITS = 2
const FROM_MASK = 3

/** Bytes that grow from the start. */
class Output {
  readonly #bytes: Uint8Array
  #length = 0

  constructor(bytesMax: number) {
    this.#bytes = new Uint8Array(bytesMax)
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value
  }

  /** LEB128: 7 bits a byte, lowest first. */
  varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.byte((rest & 0x7f) | 0x80)
      rest >>>= 7
    }
    this.byte(rest)
  }

  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}

/** Reads what Output wrote. */
class Input {
  readonly #bytes: Uint8Array
  at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.at = at
  }

  varint(): number {
    let value = 0
    for (let bits = 0; ; bits += 7) {
      const byte = this.#bytes[this.at++] ?? 0
      value |= (byte & 0x7f) << bits
      if (byte < 0x80) return value >>> 0
    }
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const slotOf = (view: DataView, at: number): number =>
  (Math.imul(view.getUint32(at, true), 0x9e3779b1) ^ Math.imul(view.getUint32(at + 4, true), 0x85ebca6b)) >>>
  (32 - TABLE_BITS)

function tableOf(base: Uint8Array): Int32Array {
  const table = new Int32Array(1 << TABLE_BITS)
  const view = viewOf(base)
  for (let at = 0; at + WINDOW <= base.length; at += BASE_STEP) table[slotOf(view, at)] = at + 1
  return table
}

/** The number of equal bytes from two places. */
function equalBytes(state: Uint8Array, at: number, other: Uint8Array, from: number): number {
  let length = 0
  while (at + length < state.length && from + length < other.length && state[at + length] === other[from + length])
    length++
  return length
}

/**
 * The difference of `state` from `base`: bytes for `applyDelta`. Layout: u32 length of the copies; the copies, each a
 * number of literal bytes before it, its length and source, and its place; then all literal bytes.
 */
export function encodeDelta(base: Uint8Array, state: Uint8Array): Uint8Array {
  // A copy never takes more bytes than it saves, apart from the last.
  const copies = new Output(state.length + 2 * WINDOW)
  const literals = new Output(state.length)
  const [inBase, inSelf] = [tableOf(base), new Int32Array(1 << TABLE_BITS)]
  const view = viewOf(state)
  let [at, shift, pending] = [0, 0, 0]
  const copy = (from: number, length: number): void => {
    copies.varint(pending)
    copies.varint((length << FROM_BITS) | from)
    pending = 0
    at += length
  }
  while (at < state.length) {
    const same = equalBytes(state, at, base, at + shift)
    if (same >= SAME_BYTES_MIN) {
      copy(From.same, same)
      continue
    }
    const start = at
    if (at + WINDOW <= state.length) {
      const slot = slotOf(view, at)
      const [baseAt, selfAt] = [(inBase[slot] ?? 0) - 1, (inSelf[slot] ?? 0) - 1]
      inSelf[slot] = at + 1
      const ofBase = baseAt < 0 ? 0 : equalBytes(state, at, base, baseAt)
      const ofSelf = selfAt < 0 ? 0 : equalBytes(state, at, state, selfAt)
      if (ofBase >= BASE_BYTES_MIN && ofBase >= ofSelf) {
        copy(From.base, ofBase)
        const moved = baseAt - start - shift
        copies.varint(moved < 0 ? -2 * moved - 1 : 2 * moved)
        shift = baseAt - start
      } else if (ofSelf >= SELF_BYTES_MIN) {
        copy(From.self, ofSelf)
        copies.varint(start - selfAt)
      }
    }
    if (at > start) continue
    literals.byte(state[at] ?? 0)
    at++
    pending++
  }
  return joined(copies.written, literals.written)
}

function joined(copies: Uint8Array, literals: Uint8Array): Uint8Array {
  const out = new Uint8Array(4 + copies.length + literals.length)
  viewOf(out).setUint32(0, copies.length, true)
  out.set(copies, 4)
  out.set(literals, 4 + copies.length)
  return out
}

/** The state of `stateBytes` bytes whose difference from `base` is `delta`. */
export function applyDelta(base: Uint8Array, delta: Uint8Array, stateBytes: number): Uint8Array {
  const state = new Uint8Array(stateBytes)
  const copiesEnd = 4 + viewOf(delta).getUint32(0, true)
  const copies = new Input(delta, 4)
  let [literal, at, shift] = [copiesEnd, 0, 0]
  const literals = (count: number): void => {
    state.set(delta.subarray(literal, literal + count), at)
    literal += count
    at += count
  }
  while (copies.at < copiesEnd) {
    literals(copies.varint())
    const lead = copies.varint()
    const length = lead >>> FROM_BITS
    if ((lead & FROM_MASK) === From.self) {
      // It may overlap what it writes, so byte by byte.
      for (const from = at - copies.varint(), end = at + length, offset = at - from; at < end; at++)
        state[at] = state[at - offset] ?? 0
      continue
    }
    if ((lead & FROM_MASK) === From.base) {
      const zigzag = copies.varint()
      shift += zigzag & 1 ? -(zigzag + 1) / 2 : zigzag / 2
    }
    state.set(base.subarray(at + shift, at + shift + length), at)
    at += length
  }
  literals(delta.length - literal)
  assert(at === stateBytes, 'a delta gives a state of the length that was encoded')
  return state
}
