/** A growing byte buffer and its reader: little-endian, for state bytes. */

export class ByteWriter {
  #bytes = new Uint8Array(65_536)
  #view = new DataView(this.#bytes.buffer)
  #at = 0

  /** Starts over and keeps the memory. */
  reset(): this {
    this.#at = 0
    return this
  }

  /** The bytes written so far; valid until the next write. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#at)
  }

  #reserve(n: number): number {
    const at = this.#at
    this.#at += n
    if (this.#at > this.#bytes.length) {
      const grown = new Uint8Array(this.#at * 2)
      grown.set(this.#bytes)
      this.#bytes = grown
      this.#view = new DataView(grown.buffer)
    }
    return at
  }

  u8(x: number): void {
    const at = this.#reserve(1)
    this.#view.setUint8(at, x)
  }
  u32(x: number): void {
    const at = this.#reserve(4)
    this.#view.setUint32(at, x, true)
  }
  u64(x: bigint): void {
    const at = this.#reserve(8)
    this.#view.setBigUint64(at, x, true)
  }
  f32(x: number): void {
    const at = this.#reserve(4)
    this.#view.setFloat32(at, x, true)
  }
  f64(x: number): void {
    const at = this.#reserve(8)
    this.#view.setFloat64(at, x, true)
  }
  vec({ x, y, z }: { readonly x: number; readonly y: number; readonly z: number }): void {
    const at = this.#reserve(12)
    this.#view.setFloat32(at, x, true)
    this.#view.setFloat32(at + 4, y, true)
    this.#view.setFloat32(at + 8, z, true)
  }
  quat(q: { readonly x: number; readonly y: number; readonly z: number; readonly w: number }): void {
    this.vec(q)
    this.f32(q.w)
  }
  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length)
    this.#bytes.set(bytes, at)
  }
  /** All supported platforms are little-endian; a test checks it. */
  floats(values: Float32Array): void {
    this.raw(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  }
  /** Length in bytes as u32, then the bytes. */
  blob(bytes: Uint8Array): void {
    this.u32(bytes.length)
    this.raw(bytes)
  }
  text(s: string): void {
    this.blob(utf16(s))
  }
  /** Writes characters below 128, one byte each, as `asciiJson` returns them. */
  ascii(s: string): void {
    this.blob(ascii(s))
  }
}

/** Reads bytes that a ByteWriter wrote. Throws RangeError past the end. */
export class ByteReader {
  #bytes: Uint8Array
  #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.#at === this.#bytes.length
  }
  u8(): number {
    return this.#view.getUint8(this.#at++)
  }
  u32(): number {
    this.#at += 4
    return this.#view.getUint32(this.#at - 4, true)
  }
  f32(): number {
    this.#at += 4
    return this.#view.getFloat32(this.#at - 4, true)
  }
  f64(): number {
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }
  vec(): { x: number; y: number; z: number } {
    return { x: this.f32(), y: this.f32(), z: this.f32() }
  }
  quat(): { x: number; y: number; z: number; w: number } {
    return { x: this.f32(), y: this.f32(), z: this.f32(), w: this.f32() }
  }
  raw(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length)
      throw new RangeError(`cannot read ${length} bytes at ${this.#at} of ${this.#bytes.length}`)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }
  floats(into: Float32Array): void {
    new Uint8Array(into.buffer, into.byteOffset, into.byteLength).set(this.raw(into.byteLength))
  }
  blob(): Uint8Array {
    return this.raw(this.u32())
  }
  text(): string {
    const bytes = this.blob()
    const units: string[] = []
    for (let i = 0; i + 1 < bytes.length; i += 2)
      units.push(String.fromCharCode((bytes[i] ?? 0) | ((bytes[i + 1] ?? 0) << 8)))
    return units.join('')
  }
  ascii(): string {
    const bytes = this.blob()
    const pieces: string[] = []
    for (let at = 0; at < bytes.length; at += 8192) pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)))
    return pieces.join('')
  }
}

/** One array with the bytes of all parts. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** A value as JSON of ASCII characters only: state bytes keep values with many numbers and little text like this. */
export const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** One byte for each character; all characters are below 128. */
export function ascii(s: string): Uint8Array {
  const bytes = new Uint8Array(s.length)
  for (let i = 0; i < s.length; i++) bytes[i] = s.charCodeAt(i)
  return bytes
}

/** A string's UTF-16 code units, little-endian. */
function utf16(s: string): Uint8Array {
  const bytes = new Uint8Array(s.length * 2)
  for (let i = 0; i < s.length; i++) {
    const unit = s.charCodeAt(i)
    bytes[2 * i] = unit & 255
    bytes[2 * i + 1] = unit >>> 8
  }
  return bytes
}
