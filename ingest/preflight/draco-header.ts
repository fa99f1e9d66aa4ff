/** Reads from its header how much Draco data unpacks to (Draco bitstream specification 2.2, sections 3 to 5). */

interface DracoHeader {
  readonly faces: number
  readonly points: number
}

const MESH = 1
const SEQUENTIAL = 0
const EDGEBREAKER = 1
const METADATA_FLAG = 0x8000

class Reader {
  readonly #bytes: Uint8Array
  #at: number

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes
    this.#at = at
  }

  byte(): number {
    const value = this.#bytes[this.#at++]
    if (value === undefined) throw new RangeError('the data ends')
    return value
  }

  /** LEB128 of at most 32 bits. */
  varint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte()
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new RangeError('a number is too long')
  }

  skip(bytes: number): void {
    this.#at += bytes
  }

  /** Skips the metadata before the counts, including nested metadata. */
  skipMetadata(depth = 0): void {
    if (depth > 8) throw new RangeError('metadata is nested too deep')
    for (let left = this.varint(); left > 0; left--) {
      this.skip(this.byte())
      this.skip(this.varint())
    }
    for (let left = this.varint(); left > 0; left--) {
      this.skip(this.byte())
      this.skipMetadata(depth + 1)
    }
  }
}

/** Returns null if it is not a Draco mesh of the one version in use. */
export function readDracoHeader(bytes: Uint8Array): DracoHeader | null {
  if (bytes.length < 11 || String.fromCharCode(...bytes.subarray(0, 5)) !== 'DRACO') return null
  const [major, minor, type, method] = [bytes[5], bytes[6], bytes[7], bytes[8]]
  if (major !== 2 || minor !== 2 || type !== MESH) return null
  const reader = new Reader(bytes, 11)
  try {
    if (((bytes[9] ?? 0) | ((bytes[10] ?? 0) << 8)) & METADATA_FLAG) {
      for (let left = reader.varint(); left > 0; left--) {
        reader.varint()
        reader.skipMetadata()
      }
      reader.skipMetadata()
    }
    if (method === SEQUENTIAL) {
      const faces = reader.varint()
      return { faces, points: reader.varint() }
    }
    if (method !== EDGEBREAKER) return null
    reader.byte()
    const points = reader.varint()
    return { faces: reader.varint(), points }
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
