/**
 * The index of a recording, `X.owr.index`: its facts in a file beside it, so that a search need not replay. It is only a
 * cache: a damaged or outdated index is made again.
 *
 * Bytes, little-endian: magic (8), version (4), length of the JSON (4), JSON in UTF-8, then the columns of the facts
 * (ticks, players, elements: 4 bytes each; details, abouts: 2; kinds: 1), each player's inputs a second (2 each), and
 * CRC-32C of everything before it (4).
 */
import { concatBytes } from '../../sim/state/bytes.ts'
import { isObject } from '../../sim/json.ts'
import { crc32c } from '../format/crc32c.ts'
import { FACT_KINDS, type FactColumns, type PlayerFacts, type RecordingFacts } from './facts.ts'

/** Suffix that is added to the recording's name. */
export const INDEX_SUFFIX = '.index'
const MAGIC = Uint8Array.of(0x89, 0x4f, 0x57, 0x58, 0x0d, 0x0a, 0x1a, 0x0a)
/** Raise it if facts are collected or written in another way. */
const INDEX_VERSION = 2
const LEAD_BYTES = 16
const CRC_BYTES = 4

/** Tells whether a recording may be the one of an index, without reading all of it. */
export interface RecordingEnds {
  readonly bytes: number
  /** CRC-32C of the first and of the last STAMP_BYTES. The last contain the last hashes and, if closed, the index. */
  readonly first: number
  readonly last: number
}

/** Identifies the bytes of a recording. */
export interface RecordingStamp extends RecordingEnds {
  /** When the file was last written, ms. Another time may be that of a copy: then `whole` decides. */
  readonly modifiedMs: number
  /** CRC-32C of all bytes. */
  readonly whole: number
}

/** Bytes at each end of a recording that RecordingEnds covers. */
export const STAMP_BYTES = 64 * 1024

/** `first`, `last`: at most STAMP_BYTES from each end of a recording of `bytes` bytes. */
export const endsOf = (bytes: number, first: Uint8Array, last: Uint8Array): RecordingEnds => ({
  bytes,
  first: crc32c(first),
  last: crc32c(last),
})

const hasSameEnds = (a: RecordingEnds, b: RecordingEnds): boolean =>
  a.bytes === b.bytes && a.first === b.first && a.last === b.last

interface IndexJson extends Omit<RecordingFacts, 'facts' | 'players'> {
  readonly stamp: RecordingStamp
  readonly players: readonly (Omit<PlayerFacts, 'seconds'> & { readonly from: number; readonly seconds: number })[]
  readonly words: readonly string[]
  readonly facts: number
}

type Shape = Readonly<Record<string, 'number' | 'string' | 'boolean' | 'count?' | 'text?'>>

/** True if `value` has these fields. `count?` and `text?` may be null. */
const fits = (value: unknown, shape: Shape): boolean =>
  isObject(value) &&
  Object.entries(shape).every(([field, type]) => {
    const found = value[field]
    if (type === 'count?' || type === 'text?')
      return found === null || typeof found === (type === 'count?' ? 'number' : 'string')
    return typeof found === type
  })
const allFit = (value: unknown, shape: Shape): boolean => Array.isArray(value) && value.every((row) => fits(row, shape))

const ORIGIN: Shape = {
  realm: 'string',
  epoch: 'number',
  segment: 'number',
  startTick: 'number',
  lastTick: 'number',
  startHash: 'string',
  lastHash: 'string',
  tickRate: 'number',
  createdAt: 'string',
  engine: 'string',
  simVersion: 'number',
}
const PLAYER: Shape = {
  player: 'number',
  user: 'number',
  name: 'string',
  element: 'number',
  joined: 'count?',
  left: 'count?',
  inputs: 'number',
  from: 'number',
  seconds: 'number',
}
const PROP: Shape = {
  element: 'number',
  name: 'string',
  package: 'text?',
  owner: 'number',
  spawned: 'count?',
  by: 'number',
  ended: 'count?',
}
const HOLD: Shape = {
  element: 'number',
  player: 'number',
  hand: 'number',
  from: 'number',
  heldBefore: 'boolean',
  to: 'count?',
}

const isIndexJson = (value: unknown): value is IndexJson =>
  isObject(value) &&
  fits(value, { eventsTo: 'number', missing: 'text?', facts: 'number' }) &&
  fits(value['stamp'], { bytes: 'number', first: 'number', last: 'number', modifiedMs: 'number', whole: 'number' }) &&
  fits(value['origin'], ORIGIN) &&
  (value['replayedBy'] === null || fits(value['replayedBy'], { engine: 'string', version: 'number' })) &&
  allFit(value['players'], PLAYER) &&
  allFit(value['props'], PROP) &&
  allFit(value['holds'], HOLD) &&
  Array.isArray(value['words']) &&
  value['words'].every((word) => typeof word === 'string')

function bytesOf(...columns: readonly (Uint32Array | Uint16Array | Uint8Array)[]): Uint8Array {
  const out = new Uint8Array(columns.reduce((sum, column) => sum + column.byteLength, 0))
  const view = new DataView(out.buffer)
  let at = 0
  for (const column of columns)
    for (const value of column) {
      if (column.BYTES_PER_ELEMENT === 4) view.setUint32(at, value, true)
      else if (column.BYTES_PER_ELEMENT === 2) view.setUint16(at, value, true)
      else view.setUint8(at, value)
      at += column.BYTES_PER_ELEMENT
    }
  return out
}

/** The bytes of an index file. */
export function encodeFacts(recorded: RecordingFacts, stamp: RecordingStamp): Uint8Array {
  const { facts, players, ...rest } = recorded
  const content: IndexJson = {
    stamp,
    ...rest,
    players: players.map(({ seconds, ...player }) => ({
      ...player,
      from: seconds.from,
      seconds: seconds.counts.length,
    })),
    words: facts.words,
    facts: facts.count,
  }
  const json = new TextEncoder().encode(JSON.stringify(content))
  const lead = new Uint8Array(LEAD_BYTES)
  lead.set(MAGIC)
  const numbers = new DataView(lead.buffer)
  numbers.setUint32(8, INDEX_VERSION, true)
  numbers.setUint32(12, json.length, true)
  const { ticks, players: who, elements, details, abouts, kinds } = facts
  const counts = players.map(({ seconds }) => seconds.counts)
  const body = concatBytes([lead, json, bytesOf(ticks, who, elements, details, abouts, kinds, ...counts)])
  return concatBytes([body, bytesOf(Uint32Array.of(crc32c(body)))])
}

export interface IndexContent {
  readonly facts: RecordingFacts
  /** Identifies the recording from which the index was made. */
  readonly stamp: RecordingStamp
}

/**
 * The content of an index file. Null unless it is whole, of this version, and about a recording with these ends. Never
 * throws, whatever the bytes are.
 */
export function decodeFacts(bytes: Uint8Array, ends: RecordingEnds): IndexContent | null {
  try {
    return decode(bytes, ends)
  } catch {
    // Only a forged index has a right CRC and another content than a writer gives it.
    return null
  }
}

function decode(bytes: Uint8Array, ends: RecordingEnds): IndexContent | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = bytes.length - CRC_BYTES
  if (end < LEAD_BYTES || MAGIC.some((byte, i) => bytes[i] !== byte)) return null
  if (view.getUint32(8, true) !== INDEX_VERSION || view.getUint32(end, true) !== crc32c(bytes, 0, end)) return null
  const start = LEAD_BYTES + view.getUint32(12, true)
  if (start > end) return null
  const parsed: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(LEAD_BYTES, start)))
  if (!isIndexJson(parsed)) return null
  const content = parsed
  if (!hasSameEnds(content.stamp, ends)) return null
  const columns = new ColumnReader(view, start)
  const { stamp, players, words, facts: count, ...rest } = content
  const facts = readColumns(columns, count, words)
  const read: RecordingFacts = {
    ...rest,
    facts,
    players: players.map(({ from, seconds, ...player }) => ({
      ...player,
      seconds: { from, counts: columns.uint16(seconds) },
    })),
  }
  const isWhole = columns.at === end && facts.kinds.every((kind) => kind < FACT_KINDS.length)
  return isWhole ? { facts: read, stamp } : null
}

function readColumns(columns: ColumnReader, count: number, words: readonly string[]): FactColumns {
  return {
    count,
    ticks: columns.uint32(count),
    players: columns.uint32(count),
    elements: columns.uint32(count),
    details: columns.uint16(count),
    abouts: columns.uint16(count),
    kinds: columns.uint8(count),
    words,
  }
}

class ColumnReader {
  at: number
  readonly #view: DataView

  constructor(view: DataView, at: number) {
    this.#view = view
    this.at = at
  }

  uint32(count: number): Uint32Array {
    const out = new Uint32Array(count)
    for (let i = 0; i < count; i++, this.at += 4) out[i] = this.#view.getUint32(this.at, true)
    return out
  }

  uint16(count: number): Uint16Array {
    const out = new Uint16Array(count)
    for (let i = 0; i < count; i++, this.at += 2) out[i] = this.#view.getUint16(this.at, true)
    return out
  }

  uint8(count: number): Uint8Array {
    const out = new Uint8Array(count)
    for (let i = 0; i < count; i++, this.at++) out[i] = this.#view.getUint8(this.at)
    return out
  }
}
