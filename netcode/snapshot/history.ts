/** The states of all components of a kind over the last ticks, and the records that were made of them this tick. */
import type { RecordWriter } from './bytes.ts'
import { BONES, JOINTS, WIDTHS, type ComponentKind } from './components.ts'
import { placeUrgency, poseUrgency, poseTravel, URGENCY_MAX } from './urgency.ts'
import { writeRecord } from './write.ts'

/** States kept of a component, ticks: the oldest baseline. 2 s at 60 a second, several times what an acknowledgement takes. A power of two. */
const HISTORY_TICKS = 128
/** A baseline is at most this old, ticks. */
export const BASELINE_TICKS_MAX = HISTORY_TICKS - 1
const RING = HISTORY_TICKS - 1
const ROWS_FIRST = 64
/** No tick. */
export const NO_TICK = -1

/** A longer copy; what is new in it is NO_TICK. */
export function grown(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(length).fill(NO_TICK)
  to.set(from)
  return to
}

export class History {
  readonly kind: ComponentKind
  readonly #width: number
  #rows = 0
  /** By row, then by tick modulo HISTORY_TICKS, then the numbers of the state. */
  states = new Int32Array(0)
  /** By row: the first tick with a state, NO_TICK for none; and the tick of the last change. */
  born = new Int32Array(0)
  changed = new Int32Array(0)
  /** By row and age of the baseline (0: none): the tick for which the record was made, where it stands, its bytes. */
  #madeTick = new Int32Array(0)
  #madeAt = new Int32Array(0)
  #madeBytes = new Uint8Array(0)
  readonly #isPose: boolean
  /** Of poses, by row and tick modulo HISTORY_TICKS: the way that their parts went so far. */
  #travel = new Float64Array(0)

  constructor(kind: ComponentKind) {
    this.kind = kind
    this.#width = WIDTHS[kind]
    this.#isPose = kind === JOINTS || kind === BONES
  }

  /** Makes room for a row. */
  ensureCapacity(row: number): void {
    if (row < this.#rows) return
    this.#rows = Math.max(ROWS_FIRST, this.#rows * 2, row + 1)
    this.states = grown(this.states, this.#rows * HISTORY_TICKS * this.#width)
    this.born = grown(this.born, this.#rows)
    this.changed = grown(this.changed, this.#rows)
    this.#madeTick = grown(this.#madeTick, this.#rows * HISTORY_TICKS)
    this.#madeAt = grown(this.#madeAt, this.#rows * HISTORY_TICKS)
    const way = new Float64Array(this.#isPose ? this.#rows * HISTORY_TICKS : 0)
    way.set(this.#travel)
    this.#travel = way
    const bytes = new Uint8Array(this.#rows * HISTORY_TICKS)
    bytes.set(this.#madeBytes)
    this.#madeBytes = bytes
  }

  /** Where the state of a tick stands in `states`. */
  at(row: number, tick: number): number {
    return (row * HISTORY_TICKS + (tick & RING)) * this.#width
  }

  /** The state at `tick` was written; `before`: the tick before it. `moves`: it counts as a change even if it is the same. */
  written(row: number, tick: number, before: number, moves: boolean): void {
    if (this.born[row] === NO_TICK) this.born[row] = this.changed[row] = tick
    else if (moves || this.#differs(row, tick, before)) this.changed[row] = tick
    this.#addTravel(row, tick, before)
  }

  #differs(row: number, tick: number, before: number): boolean {
    const [a, b, { states }] = [this.at(row, tick), this.at(row, before), this]
    // After a pause the one stands where the other stood: nobody has the other as a baseline any more.
    if (a === b) return true
    for (let i = 0; i < this.#width; i += 1) if (states[a + i] !== states[b + i]) return true
    return false
  }

  forget(row: number): void {
    this.born[row] = this.changed[row] = NO_TICK
    this.#madeTick.fill(NO_TICK, row * HISTORY_TICKS, (row + 1) * HISTORY_TICKS)
  }

  /** How wrong a client is at `tick` that has the state of `hasTick`. */
  urgency(row: number, tick: number, hasTick: number): number {
    const age = tick - hasTick
    if (age > BASELINE_TICKS_MAX || hasTick < (this.born[row] ?? 0)) return URGENCY_MAX
    if (this.#isPose) return poseUrgency(this.#travelAt(row, tick) - this.#travelAt(row, hasTick))
    return placeUrgency(this.kind, this.states, this.at(row, tick), this.at(row, hasTick), age)
  }

  #travelAt(row: number, tick: number): number {
    return this.#travel[row * HISTORY_TICKS + (tick & RING)] ?? 0
  }

  #addTravel(row: number, tick: number, before: number): void {
    if (!this.#isPose) return
    const way =
      this.born[row] === tick ? 0 : poseTravel(this.kind, this.states, this.at(row, tick), this.at(row, before))
    this.#travel[row * HISTORY_TICKS + (tick & RING)] = this.#travelAt(row, before) + way
  }

  /**
   * The record of a row at `tick` against the state of `baseTick` (NO_TICK: none), made once; where it begins in `to`, which
   * holds the records of this tick. Its bytes: `recordBytes`.
   */
  record(row: number, tick: number, baseTick: number, to: RecordWriter): number {
    const age = baseTick === NO_TICK ? 0 : tick - baseTick
    const key = row * HISTORY_TICKS + age
    if (this.#madeTick[key] === tick) return this.#madeAt[key] ?? 0
    const start = to.at
    to.reserve(RECORD_BYTES_MAX)
    to.u8(age)
    writeRecord(this.kind, to, this.states, this.at(row, tick), age === 0 ? -1 : this.at(row, baseTick), age)
    this.#madeTick[key] = tick
    this.#madeAt[key] = start
    this.#madeBytes[key] = to.at - start
    return start
  }

  /** Bytes of the record that was made last for this row and age. */
  recordBytes(row: number, age: number): number {
    return this.#madeBytes[row * HISTORY_TICKS + age] ?? 0
  }
}

/** Bytes of the longest record, bones said whole, and more. */
const RECORD_BYTES_MAX = 96
