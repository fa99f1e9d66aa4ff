/** The hash and the place of the frame of each tick, in 16 bytes a tick: 3.5 MB an hour at 60 ticks a second. */
import { HASH_BYTES } from '../format/format.ts'

/** Room that a table gets with its first tick. A damaged file may have very many short tables. */
const CAPACITY_TICKS_MIN = 64
const GROWTH = 1.5
/** No chunk begins at the start of the file. */
const NO_FRAME = 0

interface Columns {
  readonly hashes: Uint8Array
  /** Offset of the FRAME chunk of each tick, bytes; NO_FRAME for ticks without inputs. */
  readonly offsets: Float64Array
}

const EMPTY: Columns = { hashes: new Uint8Array(0), offsets: new Float64Array(0) }

/** Consecutive ticks without a gap. */
export class TickTable {
  readonly startTick: number
  #columns = EMPTY
  #ticks = 0
  #frames = 0
  /** Offset of the frame of the tick after the last. */
  #pending = NO_FRAME

  constructor(startTick: number) {
    this.startTick = startTick
  }

  /** The last tick with a hash; the start tick before the first. */
  get lastTick(): number {
    return this.startTick + this.#ticks
  }

  /** Number of ticks with a frame, also of a last one without a hash. */
  get frames(): number {
    return this.#frames
  }

  /** The hash of the state after the tick, 8 bytes; null if the table has none. */
  hash(tick: number): Uint8Array | null {
    const at = tick - this.startTick - 1
    return at >= 0 && at < this.#ticks ? this.#columns.hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES) : null
  }

  /** Offset of the tick's FRAME chunk, bytes; null if it has none. The tick after the last may have one. */
  frameOffset(tick: number): number | null {
    const at = tick - this.startTick - 1
    const offset = at === this.#ticks ? this.#pending : at < this.#ticks ? this.#columns.offsets[at] : NO_FRAME
    return offset === undefined || offset === NO_FRAME ? null : offset
  }

  /** Appends the hashes of the next ticks, 8 bytes each. The first of them has the frame that was added last. */
  addHashes(hashes: Uint8Array): void {
    const added = hashes.length / HASH_BYTES
    this.#reserve(this.#ticks + added)
    this.#columns.hashes.set(hashes, this.#ticks * HASH_BYTES)
    this.#columns.offsets[this.#ticks] = this.#pending
    this.#pending = NO_FRAME
    this.#ticks += added
  }

  /** Sets the place of the frame of the tick after the last. */
  addFrame(offset: number): void {
    this.#pending = offset
    this.#frames++
  }

  /** Forgets the frame of the tick after the last. Returns its offset; null if there is none. */
  dropPending(): number | null {
    if (this.#pending === NO_FRAME) return null
    const offset = this.#pending
    this.#pending = NO_FRAME
    this.#frames--
    return offset
  }

  /** The table as it is now. Later additions to this one do not change it. */
  frozen(): TickTable {
    const copy = new TickTable(this.startTick)
    copy.#columns = this.#columns
    copy.#ticks = this.#ticks
    copy.#frames = this.#frames
    copy.#pending = this.#pending
    return copy
  }

  #reserve(ticks: number): void {
    const { hashes, offsets } = this.#columns
    if (ticks <= offsets.length) return
    const capacity = Math.max(ticks, CAPACITY_TICKS_MIN, Math.ceil(offsets.length * GROWTH))
    this.#columns = { hashes: new Uint8Array(capacity * HASH_BYTES), offsets: new Float64Array(capacity) }
    this.#columns.hashes.set(hashes)
    this.#columns.offsets.set(offsets)
  }
}
