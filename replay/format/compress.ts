/** Packs and unpacks checkpoints with what both Node and browsers have: raw DEFLATE (RFC 1951) and SHA-256. */
import { concatBytes } from '../../sim/state/bytes.ts'
import { sha256 } from '@noble/hashes/sha2.js'
import { bad, good, RecordingError, type RecordingResult } from '../error.ts'
import { Encoding } from './format.ts'
import { toHex, type StoredCheckpoint } from './payloads.ts'

/** SHA-256 as hex. `crypto.subtle` is missing on plain-HTTP pages, hence JavaScript. */
const sha256Hex = (bytes: Uint8Array): string => toHex(sha256(bytes))

/** A checkpoint stored uncompressed. */
export const rawCheckpoint = (tick: number, bytes: Uint8Array): StoredCheckpoint => ({
  tick,
  encoding: Encoding.raw,
  rawBytes: bytes.length,
  sha256: sha256(bytes),
  stored: bytes,
})

/** Bytes as raw DEFLATE; null if that is not smaller. */
export const deflate = (bytes: Uint8Array): Promise<Uint8Array | null> =>
  pipe(bytes, new CompressionStream('deflate-raw'), bytes.length - 1)

/** Bytes from raw DEFLATE; null if they are malformed or more than `bytesMax`. */
export const inflate = (deflated: Uint8Array, bytesMax: number): Promise<Uint8Array | null> =>
  pipe(deflated, new DecompressionStream('deflate-raw'), bytesMax)

/** A checkpoint stored compressed, if that is smaller. */
export async function packCheckpoint(tick: number, bytes: Uint8Array): Promise<StoredCheckpoint> {
  const stored = await deflate(bytes)
  if (!stored) return rawCheckpoint(tick, bytes)
  return { tick, encoding: Encoding.deflate, rawBytes: bytes.length, sha256: sha256(bytes), stored }
}

/** The state's bytes, checked against their length and SHA-256. */
export async function unpackCheckpoint(
  checkpoint: StoredCheckpoint,
  offset: number,
): Promise<RecordingResult<Uint8Array>> {
  const { tick, encoding, rawBytes, stored } = checkpoint
  const bytes = encoding === Encoding.raw ? stored : await inflate(stored, rawBytes)
  if (bytes?.length !== rawBytes)
    return bad(
      new RecordingError('corrupt', `the checkpoint of tick ${tick} does not unpack to its ${rawBytes} bytes`, offset),
    )
  if (sha256Hex(bytes) !== toHex(checkpoint.sha256))
    return bad(new RecordingError('corrupt', `the checkpoint of tick ${tick} does not match its SHA-256`, offset))
  return good(bytes)
}

/** Runs bytes through a stream. Returns null if it fails or would return more than `bytesMax`. */
async function pipe(
  bytes: Uint8Array,
  through: CompressionStream | DecompressionStream,
  bytesMax: number,
): Promise<Uint8Array | null> {
  const writer = through.writable.getWriter()
  const writing = writer
    .write(Uint8Array.from(bytes))
    .then(() => writer.close())
    .catch(() => {})
  const reader = through.readable.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      size += next.value.length
      if (size > bytesMax) {
        await reader.cancel()
        return null
      }
      parts.push(next.value)
    }
  } catch {
    return null
  }
  await writing
  return concatBytes(parts)
}
