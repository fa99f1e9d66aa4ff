/** Measures what a recording's bytes are: how many each kind of chunk takes. */
import { peekLead } from './chunks.ts'
import { CHUNK_LEAD_BYTES, ChunkType, LENGTH_BYTES_MAX, PREAMBLE_BYTES } from './format.ts'
import type { ByteSource } from '../summary.ts'

/** A kind of chunk; `unknown` is of a later version. */
export type ChunkKind = keyof typeof ChunkType | 'unknown'

export interface ChunkSize {
  readonly chunks: number
  /** With type, sequence, length and CRC. */
  readonly bytes: number
}

/** Bytes of one read: leads of many small chunks. Large chunks are skipped. */
const WINDOW_BYTES = 256 * 1024
const NAMES: ReadonlyMap<number, ChunkKind> = new Map(
  Object.entries(ChunkType).map(([name, type]) => [type, name as ChunkKind]),
)

/**
 * The chunks up to `end`, by kind. Reads only their leads, so it checks nothing: use it for a recording that was opened,
 * with its `wholeBytes`.
 */
export async function chunkSizes(source: ByteSource, end: number): Promise<ReadonlyMap<ChunkKind, ChunkSize>> {
  const sizes = new Map<ChunkKind, ChunkSize>()
  let at = PREAMBLE_BYTES
  let window = new Uint8Array(0)
  let windowAt = 0
  while (at < end) {
    if (at < windowAt || at + CHUNK_LEAD_BYTES + LENGTH_BYTES_MAX > windowAt + window.length) {
      window = Uint8Array.from(await source.read(at, Math.min(WINDOW_BYTES, source.size - at)))
      windowAt = at
    }
    const chunk = peekLead(window, at - windowAt)
    if (!chunk) return sizes
    const kind = NAMES.get(chunk.type) ?? 'unknown'
    const known = sizes.get(kind) ?? { chunks: 0, bytes: 0 }
    sizes.set(kind, { chunks: known.chunks + 1, bytes: known.bytes + chunk.end - chunk.offset })
    at = windowAt + chunk.end
  }
  return sizes
}
