/** States of a replay, packed in memory, so that a later seek has few ticks to replay. */
import { deflate, inflate } from '../format/compress.ts'

interface CheckpointRingOptions {
  /** Memory for packed states, bytes. */
  readonly memoryBytesMax?: number
  /** Ticks between states while the memory has room. It doubles as often as needed. */
  readonly everyTicks?: number
}

interface Kept {
  readonly tick: number
  readonly rawBytes: number
  readonly packed: Uint8Array
}

/** Memory for packed states unless you say otherwise, bytes. */
const RING_BYTES_MAX = 256 * 1024 * 1024
/** A state costs a player about as much time as a few of its ticks, so closer ones help nobody. */
const RING_EVERY_TICKS_MIN = 16

/**
 * Keeps states of one recording at multiples of `everyTicks`. When the memory is full, the spacing doubles, and the states
 * that no longer fit it go, those far from the latest seek first. So a seek replays few ticks near where you look, and at
 * most `everyTicks` in the part that was prepared. Which states are kept depends on ticks and bytes, never on a clock.
 */
export class CheckpointRing {
  readonly memoryBytesMax: number
  #everyTicks: number
  #memoryBytes = 0
  /** By tick. */
  readonly #kept: Kept[] = []

  constructor({ memoryBytesMax = RING_BYTES_MAX, everyTicks = RING_EVERY_TICKS_MIN }: CheckpointRingOptions = {}) {
    this.memoryBytesMax = memoryBytesMax
    this.#everyTicks = everyTicks
  }

  /** Ticks between the states that it keeps from now on. */
  get everyTicks(): number {
    return this.#everyTicks
  }

  /** Bytes of the packed states; never above memoryBytesMax. */
  get memoryBytes(): number {
    return this.#memoryBytes
  }

  /** Ticks of the states, ascending. */
  get ticks(): readonly number[] {
    return this.#kept.map(({ tick }) => tick)
  }

  /** True if the state after `tick` should be added. */
  wants(tick: number): boolean {
    return tick % this.#everyTicks === 0 && this.before(tick) !== tick
  }

  /** The tick of the last state not after `tick`; null if there is none. */
  before(tick: number): number | null {
    return this.#kept[this.#count(tick) - 1]?.tick ?? null
  }

  /** Packs and adds a state. `near`: the tick that was sought; states near it are dropped last. */
  async add(tick: number, state: Uint8Array, near: number): Promise<void> {
    const packed = await deflate(state)
    const at = this.#count(tick)
    if (this.#kept[at - 1]?.tick === tick) return
    this.#kept.splice(at, 0, { tick, rawBytes: state.length, packed: packed ?? state })
    this.#memoryBytes += (packed ?? state).length
    while (this.#memoryBytes > this.memoryBytesMax) this.#drop(near)
  }

  /** The bytes of the state after `tick`; null if it is not there. */
  async state(tick: number): Promise<Uint8Array | null> {
    const kept = this.#kept[this.#count(tick) - 1]
    if (kept?.tick !== tick) return null
    return kept.packed.length === kept.rawBytes ? kept.packed : await inflate(kept.packed, kept.rawBytes)
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

  /** Drops the state that helps least: farthest from `near` of those between the multiples of the spacing. */
  #drop(near: number): void {
    let worst = -1
    for (const [i, { tick }] of this.#kept.entries())
      if (tick % this.#everyTicks !== 0 && this.#distance(i, near) > this.#distance(worst, near)) worst = i
    if (worst < 0 && this.#kept.length > 1) {
      this.#everyTicks *= 2
      return
    }
    const [dropped] = this.#kept.splice(Math.max(0, worst), 1)
    this.#memoryBytes -= dropped?.packed.length ?? 0
  }

  #distance(index: number, near: number): number {
    const kept = this.#kept[index]
    return kept ? Math.abs(kept.tick - near) : -1
  }
}
