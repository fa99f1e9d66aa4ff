/** Bytes of a recording at any place: in memory, or in a file that is not read whole. */
import { crc32c } from './crc32c.ts'

/**
 * Bytes with random access. A Uint8Array is one. `subarray` returns the bytes from `start` to `end` (exclusive), clamped
 * to the length, as Uint8Array.subarray does. They stay unchanged for as long as you keep them. It throws RecordingError
 * `unreadable` if the storage fails.
 */
export interface RandomAccessBytes {
  /** Bytes. */
  readonly length: number
  subarray(start: number, end: number): Uint8Array
}

/** Bytes that a pass over a long range asks for at once; a multiple of it is a good page size. */
export const WINDOW_BYTES = 64 * 1024

/** The parts of `bytes[start, end)`, none across a multiple of WINDOW_BYTES, so that a paged source need not copy. */
function* windowsOf(bytes: RandomAccessBytes, start: number, end: number): Generator<Uint8Array> {
  for (let at = start; at < end;) {
    const next = Math.min(end, (Math.floor(at / WINDOW_BYTES) + 1) * WINDOW_BYTES)
    yield bytes.subarray(at, next)
    at = next
  }
}

/** CRC-32C of `bytes[start, end)`, without a copy of a long range. */
export function crcOf(bytes: RandomAccessBytes, start: number, end: number): number {
  if (bytes instanceof Uint8Array) return crc32c(bytes, start, end)
  let crc = 0
  for (const part of windowsOf(bytes, start, end)) crc = crc32c(part, 0, part.length, crc)
  return crc
}
