/** States of a replay, packed in memory, so that a later seek has few ticks to replay. */
import { defined } from '../../sim/assert.ts'
import { deflate, inflate } from '../format/compress.ts'
import { applyDelta, encodeDelta } from './state-delta.ts'

interface CheckpointRingOptions {
  /** Memory for states, bytes. */
  readonly memoryBytesMax?: number
  /** Ticks between states while the memory has room. It doubles as often as needed. */
  readonly everyTicks?: number
}

/** What a ring is going to hold, to choose its spacing before it is full. */
interface ExpectedStates {
  readonly ticks: number
  /** Size of a state as a recording stores it, bytes. */
  readonly storedBytes: number
}

interface Kept {
  readonly tick: number
  readonly rawBytes: number
  /** Compressed, unless that is not smaller: then it has `plainBytes`. */
  readonly packed: Uint8Array
  readonly plainBytes: number
  /** The state whose difference is packed; null if the state is packed whole. */
  readonly base: Kept | null
  /** Number of kept states that have this one as their base. */
  dependents: number
}

/** Memory for states unless you say otherwise, bytes. */
const RING_BYTES_MAX = 256 * 1024 * 1024
/** A state costs a player about as much time as a few of its ticks, so closer ones help nobody. */
const RING_EVERY_TICKS_MIN = 16
/** One of this many states is packed whole; a power of two. The others need at most log2 of it to be unpacked before them. */
const WHOLE_EVERY_STATES = 16
/** Part of the memory for unpacked states: bases of the next ones, and where a user goes back and forth. */
const UNPACKED_SHARE = 1 / 16
/** Size of packed states by that in the recording: 0.25 to 0.5 in sessions of 20 and 100 players. */
const PACKED_SHARE = 0.5

/**
 * Keeps states of one recording at multiples of `everyTicks`. When the memory is full, the spacing doubles, and the states
 * that no longer fit it go, those far from the latest seek first. So a seek replays few ticks near where you look, and at
 * most `everyTicks` in the part that was prepared. Which states are kept depends on ticks and bytes, never on a clock.
 *
 * Most states are differences from an earlier one. State number i counts in spacings; its base is i without its lowest set
 * bit. So a state between the multiples of a doubled spacing is the base of none that stays.
 */
export class CheckpointRing {
  readonly memoryBytesMax: number
  #everyTicks: number
  #packedBytes = 0
  #unpackedBytes = 0
  /** By tick. */
  readonly #kept: Kept[] = []
  /** States by tick; the one used last is the last. */
  readonly #unpacked = new Map<number, Uint8Array>()

  constructor({ memoryBytesMax = RING_BYTES_MAX, everyTicks = RING_EVERY_TICKS_MIN }: CheckpointRingOptions = {}) {
    this.memoryBytesMax = memoryBytesMax
    this.#everyTicks = everyTicks
  }

  /** Ticks between the states that it keeps from now on. */
  get everyTicks(): number {
    return this.#everyTicks
  }

  /** Bytes of the states; never above memoryBytesMax. */
  get memoryBytes(): number {
    return this.#packedBytes + this.#unpackedBytes
  }

  /** Ticks of the states, ascending. */
  get ticks(): readonly number[] {
    return this.#kept.map(({ tick }) => tick)
  }

  /** Doubles the spacing until states of so many ticks are likely to fit, if it holds none yet. */
  expect({ ticks, storedBytes }: ExpectedStates): void {
    if (this.#kept.length > 0) return
    const room = this.memoryBytesMax * (1 - UNPACKED_SHARE)
    while (this.#everyTicks < ticks && (ticks / this.#everyTicks) * storedBytes * PACKED_SHARE > room)
      this.#everyTicks *= 2
  }

  /** True if the state after `tick` should be added. */
  wants(tick: number): boolean {
    return tick % this.#everyTicks === 0 && this.before(tick) !== tick
  }

  /** The tick of the last state not after `tick`; null if there is none. */
  before(tick: number): number | null {
    return this.#kept[this.#count(tick) - 1]?.tick ?? null
  }

  /**
   * Packs and adds a state; it belongs to the ring from then on. `near`: the tick that was sought; states near it are
   * dropped last.
   */
  async add(tick: number, state: Uint8Array, near: number): Promise<void> {
    const base = this.#baseOf(tick)
    if (base) base.dependents++
    const plain = base ? encodeDelta(await this.#unpack(base), state) : state
    const whole = plain.length < state.length ? null : state
    const packed = (await deflate(whole ?? plain)) ?? whole ?? plain
    const at = this.#count(tick)
    if (base && (whole || this.#kept[at - 1]?.tick === tick)) base.dependents--
    if (this.#kept[at - 1]?.tick === tick) return
    const plainBytes = (whole ?? plain).length
    this.#kept.splice(at, 0, {
      tick,
      rawBytes: state.length,
      packed,
      plainBytes,
      base: whole ? null : base,
      dependents: 0,
    })
    this.#packedBytes += packed.length
    this.#keepUnpacked(tick, state)
    while (this.#packedBytes > this.memoryBytesMax * (1 - UNPACKED_SHARE)) this.#drop(near)
  }

  /** The bytes of the state after `tick`; null if it is not there. Do not change them. */
  async state(tick: number): Promise<Uint8Array | null> {
    const kept = this.#find(tick)
    return kept && this.#unpack(kept)
  }

  async #unpack(kept: Kept): Promise<Uint8Array> {
    const known = this.#unpacked.get(kept.tick)
    if (known) {
      this.#keepUnpacked(kept.tick, known)
      return known
    }
    const base = kept.base && (await this.#unpack(kept.base))
    const { packed, plainBytes } = kept
    const plain = packed.length === plainBytes ? packed : await inflate(packed, plainBytes)
    const whole = defined(plain, 'a packed state unpacks')
    const state = base ? applyDelta(base, whole, kept.rawBytes) : whole
    this.#keepUnpacked(kept.tick, state)
    return state
  }

  /** Keeps an unpacked state as the one used last, if there is room. */
  #keepUnpacked(tick: number, state: Uint8Array): void {
    this.#forgetUnpacked(tick)
    this.#unpacked.set(tick, state)
    this.#unpackedBytes += state.length
    for (const oldest of this.#unpacked.keys()) {
      if (this.#unpackedBytes <= this.memoryBytesMax * UNPACKED_SHARE) break
      this.#forgetUnpacked(oldest)
    }
  }

  #forgetUnpacked(tick: number): void {
    this.#unpackedBytes -= this.#unpacked.get(tick)?.length ?? 0
    this.#unpacked.delete(tick)
  }

  /** The state to pack the one of `tick` against; null to pack it whole. */
  #baseOf(tick: number): Kept | null {
    for (let number = tick / this.#everyTicks; number % WHOLE_EVERY_STATES !== 0;) {
      number &= number - 1
      const base = this.#find(number * this.#everyTicks)
      if (base) return base
    }
    return null
  }

  #find(tick: number): Kept | null {
    const kept = this.#kept[this.#count(tick) - 1]
    return kept?.tick === tick ? kept : null
  }

  /** Number of states not after `tick`. */
  #count(tick: number): number {
    let [low, high] = [0, this.#kept.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#kept[middle]?.tick ?? Infinity) <= tick) low = middle + 1
      else high = middle
    }
    return low
  }

  /**
   * Drops the state that helps least: farthest from `near` of those between the multiples of the spacing that are the base
   * of no other.
   */
  #drop(near: number): void {
    let worst = -1
    for (const [i, { tick, dependents }] of this.#kept.entries()) {
      if (tick % this.#everyTicks === 0 || dependents > 0) continue
      if (this.#distance(i, near) > this.#distance(worst, near)) worst = i
    }
    if (worst < 0 && this.#kept.length > 1) {
      this.#everyTicks *= 2
      return
    }
    const [dropped] = this.#kept.splice(Math.max(0, worst), 1)
    if (!dropped) return
    if (dropped.base) dropped.base.dependents--
    this.#packedBytes -= dropped.packed.length
    this.#forgetUnpacked(dropped.tick)
  }

  #distance(index: number, near: number): number {
    const kept = this.#kept[index]
    return kept ? Math.abs(kept.tick - near) : -1
  }
}
