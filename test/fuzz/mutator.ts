/** Mutates bytes as a bad network, a faulty program or an attacker would. The same seed gives the same mutations. */

/** Longest mutated input, bytes: several of the largest packets. */
const BYTES_MAX = 65_536
/**
 * Numbers at the edges of what fields hold, as varints: 0, 1, 127, 128, 2^14, 2^28, 2^31, 2^32 - 1, 2^35, 2^63, eleven
 * bytes.
 */
const VARINTS: readonly (readonly number[])[] = [
  [0],
  [1],
  [127],
  [128, 1],
  [128, 128, 1],
  [128, 128, 128, 128, 1],
  [128, 128, 128, 128, 8],
  [255, 255, 255, 255, 15],
  [255, 255, 255, 255, 127],
  [255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
  [128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1],
]
/** NaN, infinities, largest, smallest, -0; little-endian floats. */
const FLOATS: readonly (readonly number[])[] = [
  [0, 0, 192, 127],
  [0, 0, 128, 127],
  [0, 0, 128, 255],
  [255, 255, 127, 127],
  [255, 255, 127, 255],
  [1, 0, 0, 0],
  [0, 0, 0, 128],
  [0, 36, 116, 73],
]
const BYTES = [0, 1, 127, 128, 255, 32, 64]

/** Marsaglia's xorshift of 32 bits. */
export function randomOf(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9e37_79b1) || 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

export class Mutator {
  readonly #random: (below: number) => number
  readonly #bytes = new Uint8Array(BYTES_MAX)
  #length = 0

  constructor(seed: number) {
    this.#random = randomOf(seed)
  }

  /** A mutated copy of one of the seeds. The next call overwrites its bytes. */
  nextInput(seeds: readonly Uint8Array[]): Uint8Array {
    const seed = this.#pick(seeds)
    this.#length = Math.min(seed.length, BYTES_MAX)
    this.#bytes.set(seed.subarray(0, this.#length))
    // Most often one change, so that many get far into a decoder.
    let changes = 1
    while (changes < 8 && this.#random(3) === 0) changes += 1
    for (let i = 0; i < changes; i += 1) this.#change(seeds)
    return this.#bytes.subarray(0, this.#length)
  }

  #pick(seeds: readonly Uint8Array[]): Uint8Array {
    return seeds[this.#random(seeds.length)] ?? new Uint8Array(0)
  }

  #change(seeds: readonly Uint8Array[]): void {
    const at = this.#random(this.#length + 1)
    switch (this.#random(12)) {
      case 0:
      case 1:
      case 2:
        return this.#set(at, (this.#bytes[at] ?? 0) ^ (1 << this.#random(8)))
      case 3:
        return this.#set(at, this.#random(256))
      case 4:
        return this.#set(at, BYTES[this.#random(BYTES.length)] ?? 0)
      // A length that is wrong by a little.
      case 5:
        return this.#set(at, (this.#bytes[at] ?? 0) + this.#random(9) - 4)
      case 6:
        return this.#replace(at, this.#random(5), VARINTS[this.#random(VARINTS.length)] ?? [])
      case 7:
        return this.#replace(at, 4, FLOATS[this.#random(FLOATS.length)] ?? [])
      case 8:
        return this.#cut(at)
      case 9:
        return this.#replace(at, this.#random(9), [])
      case 10:
        return this.#repeat(at)
      default:
        return this.#splice(at, this.#pick(seeds))
    }
  }

  #set(at: number, value: number): void {
    if (at < this.#length) this.#bytes[at] = value
  }

  #cut(at: number): void {
    this.#length = at
  }

  /** Replaces `removed` bytes. */
  #replace(at: number, removed: number, put: ArrayLike<number>): void {
    const from = Math.min(this.#length, at + removed)
    const length = Math.min(BYTES_MAX, this.#length - (from - at) + put.length)
    this.#bytes.copyWithin(at + put.length, from, this.#length)
    for (let i = 0; i < put.length && at + i < BYTES_MAX; i += 1) this.#bytes[at + i] = put[i] ?? 0
    this.#length = length
  }

  #repeat(at: number): void {
    const piece = this.#bytes.slice(at, Math.min(this.#length, at + 1 + this.#random(32)))
    for (let times = 1 + this.#random(8); times > 0; times -= 1) this.#replace(at, 0, piece)
  }

  /** Continues with a part of another seed. */
  #splice(at: number, other: Uint8Array): void {
    const from = this.#random(other.length + 1)
    const stretch = other.subarray(from, from + 1 + this.#random(Math.max(1, other.length - from)))
    if (this.#random(2) === 0) this.#replace(at, stretch.length, stretch)
    else this.#replace(at, 0, stretch)
  }
}
