/** Reads header and index of a recording from its two ends only. */
import { readChunk, readUint32 } from './format/chunks.ts'
import { bad, good, RecordingError, type RecordingResult } from './error.ts'
import {
  CHUNK_LEAD_BYTES,
  ChunkType,
  CRC_BYTES,
  FOOTER_BYTES,
  HEADER_BYTES_MAX,
  LENGTH_BYTES_MAX,
  PREAMBLE_BYTES,
} from './format/format.ts'
import { checkPreamble, decodeHeader, tornHeader, type ReadHeader } from './format/header.ts'
import { decodeIndex, type RecordingIndex } from './format/index-chunk.ts'
import { decodeFooter } from './format/payloads.ts'

/** A file, or another source with random access. `read` returns fewer bytes only at the end. */
export interface ByteSource {
  /** Size in bytes. */
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
}

export interface RecordingSummary {
  readonly header: ReadHeader
  /** Null if the recording was not closed. Read all of it then. */
  readonly index: RecordingIndex | null
}

/** First read, bytes: enough for the preamble and the header's length, and for most headers. */
const FIRST_BYTES = 64 * 1024

/** Reads header and index. Errors: those of a header. A tail without footer is not an error. */
export async function readSummary(source: ByteSource): Promise<RecordingResult<RecordingSummary>> {
  const first = await source.read(0, Math.min(source.size, FIRST_BYTES))
  const wrong = checkPreamble(first)
  if (wrong) return bad(wrong)
  const bytes = await readRest(source, first)
  const chunk = readChunk(bytes, PREAMBLE_BYTES)
  if (!chunk && bytes.length === source.size) return bad(tornHeader(source.size))
  if (chunk?.type !== ChunkType.header)
    return bad(new RecordingError('corrupt', 'the recording does not begin with a complete header', PREAMBLE_BYTES, 0))
  const header = decodeHeader(bytes.subarray(chunk.payloadStart, chunk.payloadEnd))
  return header.ok ? good({ header: header.value, index: await readTail(source) }) : header
}

/** The first bytes of the file, as many as the header needs. */
async function readRest(source: ByteSource, first: Uint8Array): Promise<Uint8Array> {
  const prefix = readUint32(first, PREAMBLE_BYTES + CHUNK_LEAD_BYTES)
  let length = 0
  for (let i = 0; i < LENGTH_BYTES_MAX; i++) {
    const group = (prefix >>> (8 * i)) & 255
    length |= (group & 0x7f) << (7 * i)
    if (group < 0x80) break
  }
  const needed = PREAMBLE_BYTES + CHUNK_LEAD_BYTES + LENGTH_BYTES_MAX + length + CRC_BYTES
  return needed <= first.length || length > HEADER_BYTES_MAX ? first : source.read(0, Math.min(needed, source.size))
}

async function readTail(source: ByteSource): Promise<RecordingIndex | null> {
  if (source.size < PREAMBLE_BYTES + FOOTER_BYTES) return null
  const footerOffset = source.size - FOOTER_BYTES
  const tail = await source.read(footerOffset, FOOTER_BYTES)
  const footer = readChunk(tail, 0)
  const offset =
    footer?.type === ChunkType.footer ? decodeFooter(tail.subarray(footer.payloadStart, footer.payloadEnd)) : null
  if (offset === null || offset < PREAMBLE_BYTES || offset >= footerOffset || footerOffset - offset > HEADER_BYTES_MAX)
    return null
  const bytes = await source.read(offset, footerOffset - offset)
  const chunk = readChunk(bytes, 0)
  return chunk?.type === ChunkType.index ? decodeIndex(bytes.subarray(chunk.payloadStart, chunk.payloadEnd)) : null
}
