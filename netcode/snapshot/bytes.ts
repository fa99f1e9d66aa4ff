/** Reads and writes little-endian numbers in a block of bytes. */

/** Writes into a block of bytes, up to its end or to the reserved space. */
export class RecordWriter {
  buffer: Uint8Array
  /** Bytes written. */
  at = 0

  constructor(size: number) {
    this.buffer = new Uint8Array(size)
  }

  /** Makes sure that `bytes` more fit. */
  reserve(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return
    const { buffer } = this
    this.buffer = new Uint8Array(Math.max(this.at + bytes, buffer.length * 2))
    this.buffer.set(buffer)
  }

  u8(value: number): void {
    this.buffer[this.at] = value
    this.at += 1
  }

  u16(value: number): void {
    this.u8(value)
    this.u8(value >> 8)
  }

  u24(value: number): void {
    this.u16(value)
    this.u8(value >> 16)
  }

  u32(value: number): void {
    this.u16(value)
    this.u16(value >>> 16)
  }

  /** 7 bits a byte, low ones first; the eighth bit says that more follow; up to 2^32 - 1. */
  varint(value: number): void {
    let rest = value >>> 0
    for (; rest > 127; rest >>>= 7) this.u8((rest & 127) | 128)
    this.u8(rest)
  }

  /** Copies a few bytes of another block: a loop is faster than a subarray. */
  copy(from: Uint8Array, start: number, end: number): void {
    const { buffer, at } = this
    for (let i = start; i < end; i += 1) buffer[at + i - start] = from[i] ?? 0
    this.at = at + end - start
  }
}

/** Number of bytes of a varint. */
export function varintBytes(value: number): number {
  return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x20_0000 ? 3 : value < 0x1000_0000 ? 4 : 5
}

/** Reads what RecordWriter wrote. Beyond the end it reads zeros, and `over` becomes true. */
export class RecordReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Skips bytes. */
  skip(bytes: number): void {
    this.#at += bytes
  }

  /** The next byte, or one after it, without consuming it. */
  peek(ahead = 0): number {
    return this.#bytes[this.#at + ahead] ?? 0
  }

  /** True if more was read than there is. */
  get over(): boolean {
    return this.#at > this.#bytes.length
  }

  u8(): number {
    this.#at += 1
    return this.#bytes[this.#at - 1] ?? 0
  }

  i8(): number {
    return (this.u8() << 24) >> 24
  }

  u16(): number {
    return this.u8() | (this.u8() << 8)
  }

  i16(): number {
    return (this.u16() << 16) >> 16
  }

  u24(): number {
    return this.u16() | (this.u8() << 16)
  }

  /** 32 bits, signed as in JavaScript's bit operations. */
  i32(): number {
    return this.u16() | (this.u16() << 16)
  }

  /** Returns -1 for a number of more than 32 bits. */
  varint(): number {
    let value = 0
    for (let i = 0; i < 5; i += 1) {
      const byte = this.u8()
      value += (byte & 127) * 2 ** (7 * i)
      if (byte < 128) return value < 2 ** 32 ? value : -1
    }
    return -1
  }
}
