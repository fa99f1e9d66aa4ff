/** The header chunk: every input of the simulation that is not in the frames. */
import { isObject } from '../../sim/json.ts'
import type { RealmDefinition } from '../../sim/index.ts'
import { bad, good, RecordingError, type RecordingResult } from '../error.ts'
import { exactJson } from '../../packages/exact-json.ts'
import { FORMAT_VERSION, HEADER_BYTES_MAX, MAGIC, PHASES_MAX, PREAMBLE_BYTES } from './format.ts'

/** The header of a recording. `definition` is unchecked JSON: the simulation's own parser checks it before use. */
export interface RecordingHeader<Definition = RealmDefinition> {
  /** SHA-256 of the physics wasm, 64 hex digits. */
  readonly engine: string
  readonly simVersion: number
  readonly definition: Definition
  /**
   * Number of the start of the realm instance that wrote it, from 1. A later epoch takes precedence over an earlier
   * one.
   */
  readonly epoch: number
  /** Number of the file in the epoch, from 1: a recording starts a new file at a configured size. */
  readonly segment: number
  /** `genesis`: starts from the definition, at tick 0. `checkpoint`: starts from the checkpoint chunk that follows. */
  readonly start: 'genesis' | 'checkpoint'
  /** Tick of the starting state; the first frame is of the next tick. */
  readonly startTick: number
  /** Hash of the starting state, 16 hex digits. */
  readonly startHash: string
  /** Players and elements in the starting state. */
  readonly players: number
  readonly elements: number
  /** Names of the phases whose hashes the samples carry, in the order of the step. */
  readonly phases: readonly string[]
  /** When the recording began, RFC 3339, and which program wrote it; for people only. */
  readonly createdAt: string
  readonly recordedBy: string
}

/** A header as read from a file. */
export type ReadHeader = RecordingHeader<Readonly<Record<string, unknown>>> & {
  readonly tickRate: number
  readonly seed: number
  readonly realm: string
}

/** Magic and version: the first 12 bytes of a file. */
export function encodePreamble(): Uint8Array {
  const out = new Uint8Array(PREAMBLE_BYTES)
  out.set(MAGIC)
  new DataView(out.buffer).setUint32(MAGIC.length, FORMAT_VERSION, true)
  return out
}

/** `bytes`: the length of the file. */
export const tornHeader = (bytes: number): RecordingError =>
  new RecordingError('torn-header', 'the file ends within its header; it contains no tick', bytes)

/** Checks magic and version. Returns null if they are valid. */
export function checkPreamble(bytes: Uint8Array): RecordingError | null {
  const differs = MAGIC.findIndex((byte, i) => i < bytes.length && bytes[i] !== byte)
  if (bytes.length === 0 || differs >= 0)
    return new RecordingError(
      'not-a-recording',
      bytes.length === 0
        ? 'the file is empty'
        : 'this is not an Otherworld recording: its first bytes are not the magic number',
      Math.max(differs, 0),
    )
  if (bytes.length < PREAMBLE_BYTES) return tornHeader(bytes.length)
  const version = new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true)
  if (version === FORMAT_VERSION) return null
  return new RecordingError(
    'unsupported-version',
    `the recording has format version ${version}; this program reads version ${FORMAT_VERSION}`,
    MAGIC.length,
  )
}

/** The header's payload: JSON in UTF-8. Throws TypeError if JSON cannot represent the definition exactly. */
export function encodeHeader(header: RecordingHeader): Uint8Array {
  const { definition, ...rest } = header
  const json = exactJson({
    ...rest,
    tickRate: definition.tickRate,
    seed: definition.seed,
    realm: definition.id,
    definition,
  })
  const out = new TextEncoder().encode(json)
  if (out.length > HEADER_BYTES_MAX)
    throw new TypeError(
      `the realm definition makes a header of ${out.length} bytes; at most ${HEADER_BYTES_MAX} are allowed`,
    )
  return out
}

const isUint32 = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffffffff
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= 1024

/** The check of each field; `true` means valid. */
const CHECKS: Readonly<Record<string, (value: unknown) => boolean>> = {
  engine: (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value),
  simVersion: isUint32,
  tickRate: (value) => isUint32(value) && value > 0,
  seed: isUint32,
  realm: isText,
  definition: isObject,
  epoch: (value) => isUint32(value) && value > 0,
  segment: (value) => isUint32(value) && value > 0,
  start: (value) => value === 'genesis' || value === 'checkpoint',
  startTick: isUint32,
  startHash: (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value),
  players: isUint32,
  elements: isUint32,
  phases: (value) =>
    Array.isArray(value) && value.length <= PHASES_MAX && value.every(isText) && new Set(value).size === value.length,
  createdAt: isText,
  recordedBy: isText,
}

/** The object in a chunk's JSON; null if it is not one. */
export function parseJsonObject(payload: Uint8Array): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** Reads a header's payload. Unknown fields are left out. */
export function decodeHeader(payload: Uint8Array): RecordingResult<ReadHeader> {
  const wrong = (message: string) =>
    bad(new RecordingError('corrupt', `the recording's header ${message}`, PREAMBLE_BYTES, 0))
  const json = payload.length <= HEADER_BYTES_MAX ? parseJsonObject(payload) : null
  if (!json) return wrong('is not a JSON object')
  for (const [field, check] of Object.entries(CHECKS)) if (!check(json[field])) return wrong(`has no valid "${field}"`)
  const header = Object.fromEntries(Object.keys(CHECKS).map((field) => [field, json[field]])) as unknown as ReadHeader
  if (header.start === 'genesis' && header.startTick !== 0) return wrong('starts from genesis, but not at tick 0')
  for (const [field, inside] of [
    ['tickRate', 'tickRate'],
    ['seed', 'seed'],
    ['realm', 'id'],
  ] as const) {
    if (header[field] !== header.definition[inside]) return wrong(`has another "${field}" than its realm definition`)
  }
  return good(header)
}
