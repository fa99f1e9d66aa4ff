/** Chunks: the container format of recordings. Bytes in, bytes out; this file does not interpret payloads. */
import { crc32c } from './crc32c.ts'
import {
  CHUNK_BYTES_MIN,
  CHUNK_LEAD_BYTES,
  ChunkType,
  CRC_BYTES,
  LENGTH_BYTES_MAX,
  PAYLOAD_BYTES_MAX,
} from './format.ts'
import { crcOf, WINDOW_BYTES, type RandomAccessBytes } from './random-access.ts'

/** A complete chunk with a valid CRC. Offsets are bytes from the file's start. */
export interface Chunk {
  readonly type: number
  readonly sequence: number
  readonly offset: number
  readonly payloadStart: number
  readonly payloadEnd: number
  /** The first byte after the chunk. */
  readonly end: number
}

const TYPES: ReadonlySet<number> = new Set(Object.values(ChunkType))

/** The name of a chunk's type, for messages. */
export function chunkName(type: number): string {
  const found = Object.entries(ChunkType).find(([, id]) => id === type)
  return found ? found[0].toUpperCase() : `unknown (0x${type.toString(16).padStart(2, '0')})`
}

function lengthBytes(length: number): number[] {
  const out: number[] = []
  let rest = length
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  out.push(rest)
  return out
}

/**
 * Encodes one chunk from the parts of its payload. Throws RangeError if the payload is larger than PAYLOAD_BYTES_MAX.
 */
export function encodeChunk(type: number, sequence: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  if (length > PAYLOAD_BYTES_MAX)
    throw new RangeError(`a ${chunkName(type)} chunk of ${length} bytes; at most ${PAYLOAD_BYTES_MAX} are allowed`)
  const prefix = lengthBytes(length)
  const out = new Uint8Array(CHUNK_LEAD_BYTES + prefix.length + length + CRC_BYTES)
  const view = new DataView(out.buffer)
  out[0] = type
  view.setUint32(1, sequence, true)
  out.set(prefix, CHUNK_LEAD_BYTES)
  let offset = CHUNK_LEAD_BYTES + prefix.length
  for (const part of parts) {
    out.set(part, offset)
    offset += part.length
  }
  view.setUint32(offset, crc32c(out, 0, offset), true)
  return out
}

/**
 * Reads type, sequence and length at `offset` without checking the CRC. Returns null if they are malformed or the chunk
 * ends after the file.
 */
export function peekChunk(bytes: RandomAccessBytes, offset: number): Chunk | null {
  if (offset + CHUNK_BYTES_MIN > bytes.length) return null
  const chunk = peekLead(bytes, offset)
  return chunk && chunk.end <= bytes.length ? chunk : null
}

/** As `peekChunk`, for a chunk whose payload and CRC need not be in `bytes`. */
export function peekLead(bytes: RandomAccessBytes, offset: number): Chunk | null {
  const lead = bytes.subarray(offset, offset + CHUNK_LEAD_BYTES + LENGTH_BYTES_MAX)
  let length = 0
  let size = 0
  for (; ; size++) {
    const byte = lead[CHUNK_LEAD_BYTES + size]
    if (byte === undefined || size === LENGTH_BYTES_MAX) return null
    length |= (byte & 0x7f) << (7 * size)
    if (byte < 0x80) {
      if (byte === 0 && size > 0) return null
      break
    }
  }
  const payloadStart = offset + CHUNK_LEAD_BYTES + size + 1
  const payloadEnd = payloadStart + length
  return {
    type: lead[0] ?? 0,
    sequence: readUint32(lead, 1),
    offset,
    payloadStart,
    payloadEnd,
    end: payloadEnd + CRC_BYTES,
  }
}

/** The complete chunk at `offset`, or null if there is none. */
export function readChunk(bytes: RandomAccessBytes, offset: number): Chunk | null {
  const chunk = peekChunk(bytes, offset)
  if (!chunk) return null
  const crc = readUint32(bytes.subarray(chunk.payloadEnd, chunk.end), 0)
  return crcOf(bytes, chunk.offset, chunk.payloadEnd) === crc ? chunk : null
}

/** Little-endian. The caller has checked the bounds. */
export function readUint32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] ?? 0) |
      ((bytes[offset + 1] ?? 0) << 8) |
      ((bytes[offset + 2] ?? 0) << 16) |
      ((bytes[offset + 3] ?? 0) << 24)) >>>
    0
  )
}

/**
 * Finds the first complete chunk of a known type after damage, byte by byte from `from`. Its sequence number must be
 * above `sequence`, by no more than the space allows. Returns null after CRCs over four times the bytes, which only a
 * malicious file needs.
 */
export function findChunk(bytes: RandomAccessBytes, from: number, sequence: number): Chunk | null {
  let budgetBytes = 4 * (bytes.length - from)
  let window: Uint8Array = new Uint8Array(0)
  let windowStart = from
  for (let offset = from; offset + CHUNK_BYTES_MIN <= bytes.length && budgetBytes > 0; offset++) {
    if (offset + CHUNK_BYTES_MIN > windowStart + window.length) {
      windowStart = offset
      window = bytes.subarray(offset, offset + WINDOW_BYTES)
    }
    if (!TYPES.has(window[offset - windowStart] ?? 0)) continue
    const gap = readUint32(window, offset - windowStart + 1) - sequence
    if (gap <= 0 || gap > 1 + (offset - from) / CHUNK_BYTES_MIN) continue
    const chunk = readChunk(bytes, offset)
    if (chunk) return chunk
    budgetBytes -= (peekChunk(bytes, offset)?.end ?? offset) - offset
  }
  return null
}
