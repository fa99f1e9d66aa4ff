// Snapshots, read by section 9 of docs/protocol.md only.
import { at, must, MalformedError, pack, unpack } from './reader.ts'
import type { Snapshot } from './reader.ts'

export type Component = 'root' | 'joints' | 'bones' | 'prop'
export interface State {
  element: number
  strand: Component
  numbers: number[]
}

const NUMBERS = { root: 8, joints: 12, bones: 19, prop: 8 }
const ALL_BONES = 2 ** 18 - 1
const KEPT_TICKS = 127

class Block {
  readonly #bytes: DataView
  #offset = 0
  readonly #modes: Set<string>

  constructor(bytes: Uint8Array, modes: Set<string>) {
    this.#bytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#modes = modes
  }

  get empty(): boolean {
    return this.#offset === this.#bytes.byteLength
  }

  mode(name: string, mask: number, bit: number): number {
    const mode = (mask >>> bit) & 3
    this.#modes.add(name + mode)
    return mode
  }

  u(size: number): number {
    must(this.#offset + size <= this.#bytes.byteLength, 'SNP-8: a record reaches beyond its block')
    let number = 0
    for (let byte = 0; byte < size; byte++) number += this.#bytes.getUint8(this.#offset++) * 256 ** byte
    return number
  }

  i(size: number): number {
    const number = this.u(size)
    return number < 256 ** size / 2 ? number : number - 256 ** size
  }

  varint(): number {
    let number = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.u(1)
      number += (byte & 127) * 2 ** shift
      if (byte < 128) return number
    }
    throw new MalformedError('SNP-5: a varint is no 32-bit number')
  }
}

const whole = (age: number, mode: number, value: number): void => must(age > 0 || mode === value, 'SNP-8: not whole')

function added(bits: number, changes: readonly number[], width: number): number {
  const [largest, ...three] = unpack(bits, width)
  const size = 2 ** width
  return pack(
    largest ?? 0,
    three.map((n, index) => (n + at(changes, index) + size) % size),
    width,
  )
}

const fives = (u16: number): number[] => [10, 5, 0].map((shift) => ((u16 >>> shift) & 31) - 16)
const three = (read: () => number): number[] => [read(), read(), read()]

function readN(block: Block, mode: number, expected: number): number {
  return mode === 3 ? block.u(3) : expected + (mode === 0 ? 0 : block.i(mode))
}

function readY(block: Block, mode: number, before: number): number {
  must(mode < 3, 'SNP-5: there is no Y 3')
  if (mode === 2) return block.u(2)
  return mode === 0 ? before : (before + block.i(1) + 4096) % 4096
}

function readT(block: Block, mode: number, before: number): number {
  if (mode === 0) return before
  if (mode === 3) return block.u(4)
  return added(before, mode === 1 ? fives(block.u(2)) : three(() => block.i(1)), 10)
}

function readP(block: Block, mode: number, before: readonly number[]): number[] {
  must(mode < 3, 'SNP-5: there is no P 3')
  if (mode === 2) return three(() => block.i(2))
  return mode === 0 ? [...before] : before.map((n) => n + block.i(1))
}

function readB(block: Block, mode: number, before: number): number {
  if (mode === 0) return before
  if (mode === 1) return added(before, fives(block.u(2)), 8)
  const largest = mode === 2 ? (unpack(before, 8)[0] ?? 0) : block.u(1)
  must(largest < 4, 'SNP-5: a rotation has four components')
  return pack(
    largest,
    three(() => block.u(1)),
    8,
  )
}

function readV(block: Block, mode: number, before: readonly number[]): number[] {
  if (mode === 3) return [...three(() => block.i(2)), block.u(1)]
  const changes = [0, 0, 0, 0]
  if (mode > 0) changes[0] = block.i(1)
  if (mode > 0) changes[2] = block.i(1)
  if (mode > 1) changes[1] = block.i(1)
  return before.map((n, index) => n + at(changes, index))
}

// Roots and props have one form; only their rotation differs: Y or T.
function readMoving(strand: 'root' | 'prop', block: Block, before: readonly number[], age: number): number[] {
  const mask = block.u(1)
  const [turn, turned, wholly] = strand === 'root' ? (['Y', readY, 2] as const) : (['T', readT, 3] as const)
  const horizontal = block.mode('N', mask, 0)
  const vertical = block.mode('N', mask, 2)
  const turnMode = block.mode(turn, mask, 4)
  const velocity = block.mode('V', mask, 6)
  whole(age, horizontal, 3)
  whole(age, vertical, 3)
  whole(age, turnMode, wholly)
  whole(age, velocity, 3)
  const expected = (axis: number): number => at(before, axis) + Math.floor((at(before, 4 + axis) * age) / 3)
  const x = readN(block, horizontal, expected(0))
  const z = readN(block, horizontal, expected(2))
  const y = readN(block, vertical, expected(1))
  return [x, y, z, turned(block, turnMode, at(before, 3)), ...readV(block, velocity, before.slice(4))]
}

function readJoints(block: Block, before: readonly number[], age: number): number[] {
  const mask = block.u(2)
  must(mask < 4096, 'SNP-5: a mask of more than three joints')
  return [0, 1, 2].flatMap((joint) => {
    const position = block.mode('P', mask, joint * 4)
    const rotation = block.mode('T', mask, joint * 4 + 2)
    whole(age, position, 2)
    whole(age, rotation, 3)
    const moved = readP(block, position, before.slice(joint * 4, joint * 4 + 3))
    return [...moved, readT(block, rotation, at(before, joint * 4 + 3))]
  })
}

// `known`: the baseline exists. Without it neither the set of bones nor their values are known.
function readBones(block: Block, before: readonly number[], age: number, known: boolean): number[] {
  const low = block.u(4)
  const high = block.u(1)
  must(high < 32, 'SNP-5: a mask of more than 18 bones')
  const hasSet = (high & 16) !== 0
  must(hasSet || age > 0, 'SNP-8: a first record without its set')
  const set = hasSet ? block.u(3) : known ? at(before, 0) : ALL_BONES
  must(set <= ALL_BONES, 'SNP-5: a set of more than 18 bones')
  const rotations = Array.from({ length: 18 }, (_, bone) => {
    const mode = bone < 16 ? (low >>> (bone * 2)) & 3 : (high >>> ((bone - 16) * 2)) & 3
    if (((set >>> bone) & 1) === 0) {
      must(mode === 0, 'SNP-8: a bone outside the set')
      return 0
    }
    block.mode('B', mode, 0)
    const isNew = ((at(before, 0) >>> bone) & 1) === 0
    must(mode === 3 || !isNew || !known, 'SNP-8: a new bone is not whole')
    return readB(block, mode, at(before, 1 + bone))
  })
  return [set, ...rotations]
}

export class SnapshotReader {
  readonly modes = new Set<string>()
  readonly #states = new Map<string, Map<number, number[]>>()

  read(snapshot: Snapshot): { states: State[]; missing: number } {
    const states: State[] = []
    let missing = 0
    const { avatars, props } = snapshot
    for (const [bytes, components] of [
      [avatars, ['root', 'joints', 'bones']],
      [props, ['prop']],
    ] as const) {
      if (bytes.length === 0) continue
      const block = new Block(bytes, this.modes)
      for (const strand of components) missing += this.#section(block, strand, snapshot.tick, states)
      must(block.empty, 'SNP-8: bytes are left over')
    }
    // Only completely read packets count: PKT-8.
    for (const state of states) this.#store(state, snapshot.tick)
    return { states, missing }
  }

  newest(strand: Component, element: number): number[] | undefined {
    const kept = this.#states.get(`${strand} ${element}`)
    return kept?.get(Math.max(...kept.keys()))
  }

  #section(block: Block, strand: Component, tick: number, states: State[]): number {
    let missing = 0
    let element = 0
    for (let left = block.varint(); left > 0; left--) {
      const more = block.varint()
      must(more > 0, 'SNP-5: elements do not rise')
      element += more
      const age = block.u(1)
      must(age <= KEPT_TICKS, 'SNP-5: a baseline older than any')
      const baseline = age === 0 ? undefined : this.#states.get(`${strand} ${element}`)?.get(tick - age)
      const before = baseline ?? Array.from({ length: NUMBERS[strand] }, () => 0)
      const numbers =
        strand === 'joints'
          ? readJoints(block, before, age)
          : strand === 'bones'
            ? readBones(block, before, age, age === 0 || baseline !== undefined)
            : readMoving(strand, block, before, age)
      if (age > 0 && baseline === undefined) missing++
      else states.push({ element, strand, numbers })
    }
    return missing
  }

  #store({ strand, element, numbers }: State, tick: number): void {
    const kept = this.#states.get(`${strand} ${element}`) ?? new Map<number, number[]>()
    this.#states.set(`${strand} ${element}`, kept.set(tick, numbers))
    const newest = Math.max(...kept.keys())
    for (const old of kept.keys()) if (old < newest - KEPT_TICKS) kept.delete(old)
  }
}
