/** The states of all components of a kind over the last ticks, and the records encoded in this tick. */
import type { RecordWriter } from './bytes.ts'
import { BONES, JOINTS, WIDTHS, type ComponentKind } from './components.ts'
import { placeUrgency, poseUrgency, poseTravel, URGENCY_MAX } from './urgency.ts'
import { writeRecord } from './write.ts'

/**
 * States kept of a component, ticks: the age of the oldest baseline. 2 s at 60 a second, several times the
 * acknowledgement delay. A power of two.
 */
const HISTORY_TICKS = 128
/** A baseline is at most this old, ticks. */
export const BASELINE_TICKS_MAX = HISTORY_TICKS - 1
const RING = HISTORY_TICKS - 1
const ROWS_FIRST = 64
/** No tick. */
export const NO_TICK = -1

/** A longer copy; new entries are NO_TICK. */
export function grown(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(length).fill(NO_TICK)
  to.set(from)
  return to
}

export class History {
  readonly kind: ComponentKind
  readonly #width: number
  #rows = 0
  /** Indexed by row, then by tick modulo HISTORY_TICKS, then by the numbers of the state. */
  states = new Int32Array(0)
  /** By row: the first tick with a state, NO_TICK if none; and the tick of the last change. */
  born = new Int32Array(0)
  changed = new Int32Array(0)
  /** By row and age of the baseline (0: none): the tick for which the record was encoded, its offset, its bytes. */
  #madeTick = new Int32Array(0)
  #madeAt = new Int32Array(0)
  #madeBytes = new Uint8Array(0)
  readonly #isPose: boolean
  /** For poses, by row and tick modulo HISTORY_TICKS: the total distance that its parts have moved. */
  #travel = new Float64Array(0)

  constructor(kind: ComponentKind) {
    this.kind = kind
    this.#width = WIDTHS[kind]
    this.#isPose = kind === JOINTS || kind === BONES
  }

  /** Grows until `row` fits. */
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

  /** Offset of a tick's state in `states`. */
  at(row: number, tick: number): number {
    return (row * HISTORY_TICKS + (tick & RING)) * this.#width
  }

  /**
   * The state at `tick` was written; `before` is the tick before it. If `moves`, it counts as a change even if it is
   * the same.
   */
  written(row: number, tick: number, before: number, moves: boolean): void {
    if (this.born[row] === NO_TICK) this.born[row] = this.changed[row] = tick
    else if (moves || this.#differs(row, tick, before)) this.changed[row] = tick
    this.#addTravel(row, tick, before)
  }

  #differs(row: number, tick: number, before: number): boolean {
    const [a, b, { states }] = [this.at(row, tick), this.at(row, before), this]
    // After a gap both ticks may share a slot: no client can have the old one as a baseline any more.
    if (a === b) return true
    for (let i = 0; i < this.#width; i += 1) if (states[a + i] !== states[b + i]) return true
    return false
  }

  forget(row: number): void {
    this.born[row] = this.changed[row] = NO_TICK
    this.#madeTick.fill(NO_TICK, row * HISTORY_TICKS, (row + 1) * HISTORY_TICKS)
  }

  /** How wrong a client at `tick` is that has the state of `hasTick`. */
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
   * Encodes the record of a row at `tick` against the state of `baseTick` (NO_TICK: none), once per tick. Returns its
   * offset in `to`, which holds the records of this tick. `recordBytes` returns its length.
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

  /** Bytes of the record that was encoded last for this row and age. */
  recordBytes(row: number, age: number): number {
    return this.#madeBytes[row * HISTORY_TICKS + age] ?? 0
  }
}

/** Upper bound of a record's bytes, with all bones sent whole. */
const RECORD_BYTES_MAX = 96
