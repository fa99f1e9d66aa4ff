/** The payloads of chunks. Numbers are little-endian; hashes are their hex digits as bytes, most significant first. */
import { CHECKPOINT_BYTES_MAX, Encoding, HASH_BYTES, SHA256_BYTES, type EncodingId } from './format.ts'
import { parseJsonObject } from './header.ts'

/** A checkpoint in its stored form. */
export interface StoredCheckpoint {
  /** The state is the one after this tick's frame. */
  readonly tick: number
  readonly encoding: EncodingId
  /** Length of the unpacked state, bytes. */
  readonly rawBytes: number
  /** SHA-256 of the unpacked state. */
  readonly sha256: Uint8Array
  readonly stored: Uint8Array
}

/** Phase hashes and counts of one tick. */
export interface Sample {
  readonly tick: number
  readonly players: number
  readonly elements: number
  /** One hash for each phase that the header names, in order. */
  readonly phases: readonly string[]
}

/** A frame that was left out, because the simulation trapped on its inputs. */
export interface Quarantine {
  readonly tick: number
  readonly reason: string
  /** The frame as protocol's encodeFrame wrote it. */
  readonly frame: Uint8Array
}

/** A remark for people and tools; it does not affect the simulation. */
export interface Note {
  readonly tick: number
  readonly kind: string
  readonly text: string
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'))

export function toHex(bytes: Uint8Array): string {
  let out = ''
  for (const byte of bytes) out += HEX[byte] ?? ''
  return out
}

/** Decodes hex digits. Throws RangeError on anything else. */
export function fromHex(hex: string, bytes: number): Uint8Array {
  if (hex.length !== 2 * bytes || !/^[0-9a-f]*$/.test(hex))
    throw new RangeError(`"${hex}" is not ${2 * bytes} lower-case hex digits`)
  return Uint8Array.from({ length: bytes }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16))
}

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const CHECKPOINT_LEAD_BYTES = 9 + SHA256_BYTES

export function encodeCheckpoint(checkpoint: StoredCheckpoint): readonly Uint8Array[] {
  const lead = new Uint8Array(CHECKPOINT_LEAD_BYTES)
  const numbers = view(lead)
  numbers.setUint32(0, checkpoint.tick, true)
  numbers.setUint8(4, checkpoint.encoding)
  numbers.setUint32(5, checkpoint.rawBytes, true)
  lead.set(checkpoint.sha256, 9)
  return [lead, checkpoint.stored]
}

/** Returns null if the payload is not a checkpoint. `stored` is a view into it. */
export function decodeCheckpoint(payload: Uint8Array): StoredCheckpoint | null {
  if (payload.length < CHECKPOINT_LEAD_BYTES) return null
  const numbers = view(payload)
  const encoding = numbers.getUint8(4)
  const rawBytes = numbers.getUint32(5, true)
  const stored = payload.subarray(CHECKPOINT_LEAD_BYTES)
  if ((encoding !== Encoding.raw && encoding !== Encoding.deflate) || rawBytes > CHECKPOINT_BYTES_MAX) return null
  if (encoding === Encoding.raw && stored.length !== rawBytes) return null
  return {
    tick: numbers.getUint32(0, true),
    encoding,
    rawBytes,
    sha256: payload.subarray(9, CHECKPOINT_LEAD_BYTES),
    stored,
  }
}

const SAMPLE_LEAD_BYTES = 12

export function encodeSample(sample: Sample): Uint8Array {
  const out = new Uint8Array(SAMPLE_LEAD_BYTES + sample.phases.length * HASH_BYTES)
  const numbers = view(out)
  numbers.setUint32(0, sample.tick, true)
  numbers.setUint32(4, sample.players, true)
  numbers.setUint32(8, sample.elements, true)
  sample.phases.forEach((hash, i) => out.set(fromHex(hash, HASH_BYTES), SAMPLE_LEAD_BYTES + i * HASH_BYTES))
  return out
}

/** Returns null if the payload is not a sample of that many phases. */
export function decodeSample(payload: Uint8Array, phases: number): Sample | null {
  if (payload.length !== SAMPLE_LEAD_BYTES + phases * HASH_BYTES) return null
  const numbers = view(payload)
  const hashes = Array.from({ length: phases }, (_, i) =>
    toHex(payload.subarray(SAMPLE_LEAD_BYTES + i * HASH_BYTES, SAMPLE_LEAD_BYTES + (i + 1) * HASH_BYTES)),
  )
  return {
    tick: numbers.getUint32(0, true),
    players: numbers.getUint32(4, true),
    elements: numbers.getUint32(8, true),
    phases: hashes,
  }
}

const QUARANTINE_LEAD_BYTES = 6
/** UTF-8 bytes of a quarantine's reason; its length is a 16-bit number. */
const REASON_BYTES_MAX = 65_535

export function encodeQuarantine(quarantine: Quarantine): readonly Uint8Array[] {
  const reason = new TextEncoder().encode(quarantine.reason).subarray(0, REASON_BYTES_MAX)
  const lead = new Uint8Array(QUARANTINE_LEAD_BYTES)
  view(lead).setUint32(0, quarantine.tick, true)
  view(lead).setUint16(4, reason.length, true)
  return [lead, reason, quarantine.frame]
}

export function decodeQuarantine(payload: Uint8Array): Quarantine | null {
  if (payload.length < QUARANTINE_LEAD_BYTES) return null
  const frameStart = QUARANTINE_LEAD_BYTES + view(payload).getUint16(4, true)
  if (payload.length < frameStart) return null
  const reason = new TextDecoder().decode(payload.subarray(QUARANTINE_LEAD_BYTES, frameStart))
  return { tick: view(payload).getUint32(0, true), reason, frame: payload.subarray(frameStart) }
}

export const encodeNote = (note: Note): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ tick: note.tick, kind: note.kind, text: note.text }))

export function decodeNote(payload: Uint8Array): Note | null {
  const { tick, kind, text } = parseJsonObject(payload) ?? {}
  return typeof tick === 'number' && typeof kind === 'string' && typeof text === 'string' ? { tick, kind, text } : null
}

/** The footer's payload: the offset of the index chunk. */
export function encodeFooter(indexOffset: number): Uint8Array {
  const out = new Uint8Array(8)
  view(out).setBigUint64(0, BigInt(indexOffset), true)
  return out
}

export function decodeFooter(payload: Uint8Array): number | null {
  return payload.length === 8 ? Number(view(payload).getBigUint64(0, true)) : null
}
