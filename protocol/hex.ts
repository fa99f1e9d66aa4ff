/** Hashes: bytes on the wire, lower-case hex digits elsewhere. */
import { Invalid } from './result.ts'

/** Hex digits as bytes. */
export const hexBytes = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))

/** `length` bytes as hex digits. Throws Invalid for another length. */
export function hexText(bytes: Uint8Array | null | undefined, where: string, length: number): string {
  if (bytes?.length !== length)
    throw new Invalid('out-of-range', where, `has ${bytes?.length ?? 0} bytes; expected ${length}`)
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
