/**
 * Reads the two forms of glTF: GLB (glTF 2.0 specification, section 4: a header, a JSON chunk, a binary chunk) and JSON
 * text. Harmless errors are not refused here, because the validator describes them better.
 */
import { refuseUpload } from './advice.ts'
import { scanJson } from './json-scan.ts'
import { isObject, type JsonObject } from '../json.ts'
import { CHECK_LIMITS } from '../limits.ts'
import { mib } from '../text.ts'
import type { Rejection } from '../types.ts'

const MAGIC = 0x46546c67
const JSON_CHUNK = 0x4e4f534a
const BIN_CHUNK = 0x004e4942
const HEADER_BYTES = 12
const CHUNK_HEADER_BYTES = 8

export interface Container {
  readonly form: 'glb' | 'gltf'
  readonly json: JsonObject
  /** The binary chunk of a GLB. */
  readonly bin: Uint8Array | null
  /**
   * True if the chunks are not aligned to 4 bytes (Godot writes such files): rewrite them before others read the file.
   */
  readonly isUnaligned: boolean
}

/** Unreadable but harmless: the validator may describe the error, otherwise `fault` does. */
export interface Malformed {
  readonly form: 'glb' | 'gltf'
  readonly fault: Rejection
}

const fault = (
  rule: string,
  where: string,
  message: string,
  value: number | string | null = null,
  limit: number | string | null = null,
): Rejection => ({ rule, where, value, limit, message })

/** Returns the upload's JSON and binary chunk. Throws Rejected if it is not glTF, or would harm later readers. */
export function openContainer(bytes: Uint8Array): Container | Malformed {
  if (bytes.length > CHECK_LIMITS.fileBytes)
    refuseUpload(
      'FILE_SIZE',
      '',
      `The file has ${mib(bytes.length)}; at most ${mib(CHECK_LIMITS.fileBytes)} are allowed.`,
      bytes.length,
      CHECK_LIMITS.fileBytes,
    )
  if (bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === MAGIC) return openGlb(bytes)
  if (looksLikeJson(bytes)) return openText(bytes)
  refuseUpload(
    'NOT_GLTF',
    'byte 0',
    'This is not a glTF file: it begins neither with "glTF" (GLB, VRM) nor with "{" (JSON).',
    hexOf(bytes.subarray(0, 8)),
  )
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')

function looksLikeJson(bytes: Uint8Array): boolean {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (at < bytes.length && [0x20, 0x09, 0x0a, 0x0d].includes(bytes[at] ?? 0)) at++
  return bytes[at] === 0x7b
}

function openText(bytes: Uint8Array): Container | Malformed {
  const json = parseJson(bytes)
  return isRejection(json) ? { form: 'gltf', fault: json } : { form: 'gltf', json, bin: null, isUnaligned: false }
}

const isRejection = (value: JsonObject | Rejection): value is Rejection => 'rule' in value && 'limit' in value

/**
 * Scans (throws Rejected), then parses. The byte order mark is kept: it is not allowed in JSON, and the parser must
 * report it.
 */
function parseJson(bytes: Uint8Array): JsonObject | Rejection {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  scanJson(text)
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    const json: unknown = JSON.parse(text)
    if (isObject(json)) return json
    return fault('TYPE_MISMATCH', '', 'The JSON is not an object. The file is damaged; export the model again.')
  } catch (error) {
    return fault(
      'INVALID_JSON',
      '',
      `The JSON cannot be read: ${error instanceof Error ? error.message.slice(0, 120) : 'unknown'}. The file is damaged; export the model again.`,
    )
  }
}

interface Chunk {
  readonly type: number
  /** Offset of its header. */
  readonly offset: number
  readonly data: Uint8Array
}

function openGlb(bytes: Uint8Array): Container | Malformed {
  const malformed = (
    rule: string,
    offset: number,
    message: string,
    value: number | null = null,
    limit: number | null = null,
  ): Malformed => ({
    form: 'glb',
    fault: fault(
      rule,
      `byte ${offset}`,
      `${message} The file is damaged or was cut off; export or copy it again.`,
      value,
      limit,
    ),
  })
  if (bytes.length < HEADER_BYTES)
    return malformed('GLB_UNEXPECTED_END_OF_HEADER', bytes.length, 'The file ends within its header.')
  const view = viewOf(bytes)
  const version = view.getUint32(4, true)
  if (version !== 2)
    return malformed(
      'GLB_INVALID_VERSION',
      4,
      `This is GLB version ${version}; only version 2 can be read.`,
      version,
      2,
    )
  const length = view.getUint32(8, true)
  const { chunks, end } = readChunks(bytes, Math.min(length, bytes.length))
  // Every JSON chunk is scanned, whatever else is wrong, because the validator may read it.
  const parsed = chunks.filter(({ type }) => type === JSON_CHUNK).map(({ data }) => parseChunk(data))
  if (length > bytes.length)
    return malformed(
      'GLB_LENGTH_MISMATCH',
      bytes.length,
      `The header declares ${length} bytes, but the file has ${bytes.length}.`,
      bytes.length,
      length,
    )
  if (end !== null) return malformed('GLB_UNEXPECTED_END_OF_CHUNK_DATA', end, 'A chunk is longer than the file.')
  const [first, second] = chunks
  const json = parsed[0]
  if (first?.type !== JSON_CHUNK || json === undefined)
    return malformed('GLB_UNEXPECTED_FIRST_CHUNK', HEADER_BYTES, 'The first chunk is not JSON.')
  const known = chunks.filter(({ type }) => type === JSON_CHUNK || type === BIN_CHUNK)
  const extra = known.find((chunk) => chunk !== first && !(chunk === second && chunk.type === BIN_CHUNK))
  if (extra)
    return malformed(
      extra.type === BIN_CHUNK && second?.type !== BIN_CHUNK ? 'GLB_UNEXPECTED_BIN_CHUNK' : 'GLB_DUPLICATE_CHUNK',
      extra.offset,
      'A chunk is at a place where none is allowed.',
    )
  if (isRejection(json)) return { form: 'glb', fault: json }
  return {
    form: 'glb',
    json,
    bin: second?.type === BIN_CHUNK ? second.data : null,
    isUnaligned: chunks.some(({ data, offset }) => data.length % 4 !== 0 || offset % 4 !== 0),
  }
}

function parseChunk(data: Uint8Array): JsonObject | Rejection {
  if (data.length > CHECK_LIMITS.jsonBytes)
    refuseUpload(
      'JSON_SIZE',
      'byte 12',
      `The JSON has ${mib(data.length)}; at most ${mib(CHECK_LIMITS.jsonBytes)} are allowed.`,
      data.length,
      CHECK_LIMITS.jsonBytes,
    )
  return parseJson(data)
}

/**
 * The chunks, as far as they are consistent. `end`: the end of one that goes beyond the file, else null. Data beyond
 * the file is cut off.
 */
function readChunks(
  bytes: Uint8Array,
  length: number,
): { readonly chunks: readonly Chunk[]; readonly end: number | null } {
  const view = viewOf(bytes)
  const chunks: Chunk[] = []
  for (let at = HEADER_BYTES; at < length && chunks.length < 16;) {
    if (at + CHUNK_HEADER_BYTES > length) return { chunks, end: at }
    const size = view.getUint32(at, true)
    const from = at + CHUNK_HEADER_BYTES
    chunks.push({
      type: view.getUint32(at + 4, true),
      offset: at,
      data: bytes.subarray(from, Math.min(from + size, length)),
    })
    if (from + size > length) return { chunks, end: from }
    at = nextChunk(view, from + size, length)
  }
  return { chunks, end: null }
}

/**
 * An unaligned chunk is followed immediately by the next, or after padding outside its length. Trailing padding is not
 * a chunk.
 */
function nextChunk(view: DataView, at: number, length: number): number {
  const aligned = at + ((4 - (at % 4)) % 4)
  if (aligned === at) return at
  if (length - at < CHUNK_HEADER_BYTES) return length
  const isType = (offset: number): boolean =>
    offset + CHUNK_HEADER_BYTES <= length && [JSON_CHUNK, BIN_CHUNK].includes(view.getUint32(offset + 4, true))
  return !isType(at) && isType(aligned) ? aligned : at
}

/** Writes a GLB of one JSON chunk and, with data, one binary chunk, aligned as the specification requires. */
export function writeGlb(json: JsonObject, bin: Uint8Array | null): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(json))
  const jsonBytes = padded(text.length)
  const binBytes = bin ? CHUNK_HEADER_BYTES + padded(bin.length) : 0
  const out = new Uint8Array(HEADER_BYTES + CHUNK_HEADER_BYTES + jsonBytes + binBytes)
  const view = viewOf(out)
  ;[MAGIC, 2, out.length, jsonBytes, JSON_CHUNK].forEach((word, i) => view.setUint32(4 * i, word, true))
  out.fill(0x20, 20, 20 + jsonBytes)
  out.set(text, 20)
  if (bin) {
    view.setUint32(20 + jsonBytes, padded(bin.length), true)
    view.setUint32(24 + jsonBytes, BIN_CHUNK, true)
    out.set(bin, 28 + jsonBytes)
  }
  return out
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4
