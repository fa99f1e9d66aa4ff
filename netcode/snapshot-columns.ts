/** Columns of little-endian numbers in a block of bytes, written and read one column after the other. */

export class ColumnWriter {
  readonly #view: DataView
  readonly bytes: Uint8Array
  #at = 0

  constructor(size: number) {
    this.bytes = new Uint8Array(size)
    this.#view = new DataView(this.bytes.buffer)
  }

  u8(value: number): void {
    this.#view.setUint8(this.#at, value)
    this.#at += 1
  }

  u16(value: number): void {
    this.#view.setUint16(this.#at, value, true)
    this.#at += 2
  }

  i16(value: number): void {
    this.#view.setInt16(this.#at, value, true)
    this.#at += 2
  }

  u32(value: number): void {
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
  }

  block(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at)
    this.#at += bytes.length
  }
}

/** Reads what ColumnWriter wrote. The caller has checked that the bytes suffice: reading beyond them throws. */
export class ColumnReader {
  readonly #view: DataView
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  u8(): number {
    this.#at += 1
    return this.#view.getUint8(this.#at - 1)
  }

  u16(): number {
    this.#at += 2
    return this.#view.getUint16(this.#at - 2, true)
  }

  i16(): number {
    this.#at += 2
    return this.#view.getInt16(this.#at - 2, true)
  }

  u32(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }

  block(length: number): Uint8Array {
    this.#at += length
    return this.#bytes.slice(this.#at - length, this.#at)
  }
}

/** A column of n values. */
export function column<T>(count: number, read: () => T): T[] {
  return Array.from({ length: count }, read)
}
