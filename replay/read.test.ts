import { fc, test as property } from '@fast-check/vitest'
import { describe, expect, test } from 'vitest'
import { loadEngine } from '../sim/index.ts'
import { joined, recordSession } from '../test/harness/recording-example.ts'
import { encodeChunk, peekChunk } from './format/chunks.ts'
import { ChunkType, PREAMBLE_BYTES } from './format/format.ts'
import {
  describeRecording,
  readRecording,
  readSummary,
  salvageRecording,
  simulationOf,
  verify,
  type Recording,
} from './index.ts'

const simulation = simulationOf(await loadEngine())
const session = recordSession(simulation, { ticks: 90, players: 2, sampleEvery: 20, checkpointEvery: 40 })
const whole = opened(session)

function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

/** The offset of each chunk, and the end. */
function chunkOffsets(bytes: Uint8Array): number[] {
  const offsets: number[] = []
  for (let offset = PREAMBLE_BYTES; offset < bytes.length;) {
    offsets.push(offset)
    offset = peekChunk(bytes, offset)?.end ?? bytes.length
  }
  return [...offsets, bytes.length]
}

const offsets = chunkOffsets(session)
const headerEnd = offsets[1] ?? 0

function expectPrefix(part: Recording): void {
  expect(part.lastTick).toBeLessThanOrEqual(whole.lastTick)
  for (let tick = 0; tick <= part.lastTick; tick++) expect(part.hash(tick)).toBe(whole.hash(tick))
}

/**
 * A prefix with an incomplete last chunk is also what a crash leaves. Without checkpoints the file is small enough to
 * try every byte.
 */
describe('a truncated recording', () => {
  const small = recordSession(simulation, { ticks: 40, players: 2, sampleEvery: 20, checkpointEvery: 1000 })

  test('opens at every byte after its header, with its complete ticks', () => {
    const full = opened(small)
    const end = chunkOffsets(small)[1] ?? 0
    let before = 0
    for (let length = end; length < small.length; length++) {
      const part = opened(small.subarray(0, length))
      expect(part.truncated).toBe(true)
      expect(part.lastTick).toBeGreaterThanOrEqual(before)
      expect(part.hash(part.lastTick)).toBe(full.hash(part.lastTick))
      expect(part.wholeBytes).toBeLessThanOrEqual(length)
      for (let tick = before + 1; tick <= part.lastTick; tick++) expect(part.frame(tick)).toEqual(full.frame(tick))
      before = part.lastTick
    }
    expect(before).toBe(40)
    expect(full.truncated).toBe(false)
  })

  test('contains no tick at every byte of its header', () => {
    for (let length = 1; length < headerEnd; length++) {
      const part = readRecording(session.subarray(0, length))
      expect(!part.ok && part.error.reason).toBe('torn-header')
    }
    const empty = readRecording(new Uint8Array(0))
    expect(!empty.ok && empty.error.reason).toBe('not-a-recording')
  })

  property.prop([fc.integer({ min: headerEnd, max: session.length - 1 }), fc.uint8Array({ maxLength: 40 })], {
    numRuns: 200,
  })('opens with random bytes at its end', (length, rubbish) => {
    const part = readRecording(joined([session.subarray(0, length), rubbish]))
    if (part.ok) expectPrefix(part.value)
    else expect(part.error.reason).toBe('corrupt')
  })
})

describe('a recording that was damaged', () => {
  property.prop([fc.nat(8 * session.length - 1)], { numRuns: 400 })(
    'never returns another hash for a flipped bit: it is an error with its place, or a shorter recording',
    (bit) => {
      const bytes = Uint8Array.from(session)
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const part = readRecording(bytes)
      if (part.ok) {
        expectPrefix(part.value)
        expect(part.value.truncated).toBe(true)
      } else {
        expect(['corrupt', 'not-a-recording', 'unsupported-version']).toContain(part.error.reason)
        expect(part.error.offset).toBeLessThanOrEqual(bit >> 3)
      }
    },
  )

  test('has an error with offset and chunk for damage before complete chunks', () => {
    const at = offsets[20] ?? 0
    const bytes = Uint8Array.from(session)
    bytes[at + 8] = (bytes[at + 8] ?? 0) ^ 1
    const part = readRecording(bytes)
    expect(!part.ok && part.error).toMatchObject({ reason: 'corrupt', offset: at, chunk: 20 })
  })

  property.prop([fc.uint8Array({ minLength: 1, maxLength: 300 })], { numRuns: 200 })(
    'is refused if bytes follow its footer, with their offset, and salvaged completely',
    (more) => {
      const bytes = joined([session, more])
      const part = readRecording(bytes)
      expect(!part.ok && part.error).toMatchObject({ reason: 'corrupt', offset: session.length })
      const salvage = salvageRecording(bytes)
      if (!salvage.ok) throw salvage.error
      expect(salvage.value.damage.map(({ offset }) => offset)).toEqual([session.length])
      expect(salvage.value.parts[0]?.lastTick).toBe(whole.lastTick)
    },
  )

  test('is refused if chunks are missing, duplicated or swapped', () => {
    const [a = 0, b = 0, c = 0] = offsets.slice(30, 33)
    const cases = [
      [session.subarray(0, a), session.subarray(b)],
      [session.subarray(0, b), session.subarray(a)],
      [session.subarray(0, a), session.subarray(b, c), session.subarray(a, b), session.subarray(c)],
      [session, session.subarray(a, b)],
    ]
    for (const parts of cases) {
      const part = readRecording(joined(parts))
      expect(!part.ok && part.error.reason).toBe('corrupt')
    }
  })

  property.prop(
    [
      fc.array(fc.record({ at: fc.nat(session.length - 1), byte: fc.nat(255), cut: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      }),
    ],
    { numRuns: 150 },
  )('is salvaged without a wrong hash', (edits) => {
    let bytes: Uint8Array = Uint8Array.from(session)
    for (const { at, byte, cut } of edits) {
      if (cut) bytes = joined([bytes.subarray(0, at), bytes.subarray(at + byte)])
      else bytes[at] = byte
    }
    const salvage = salvageRecording(bytes)
    if (!salvage.ok) return
    for (const part of salvage.value.parts)
      for (let tick = part.startTick + 1; tick <= part.lastTick; tick++) expect(part.hash(tick)).toBe(whole.hash(tick))
  })

  test('is read past the damage by a salvage', () => {
    const at = offsets.find((offset) => offset > (whole.checkpoints[0]?.offset ?? 0) + 1000) ?? 0
    const bytes = Uint8Array.from(session)
    bytes[at + 7] = (bytes[at + 7] ?? 0) ^ 0x10
    const salvage = salvageRecording(bytes)
    if (!salvage.ok) throw salvage.error
    expect(salvage.value.damage.map(({ offset }) => offset)).toEqual([at])
    expect(salvage.value.parts.length).toBe(2)
    for (const part of salvage.value.parts)
      for (let tick = part.startTick + 1; tick <= part.lastTick; tick++) {
        expect(part.hash(tick)).toBe(whole.hash(tick))
        expect(part.frame(tick)).toEqual(whole.frame(tick))
      }
    expect(salvage.value.parts.at(-1)?.lastTick).toBe(90)
  })
})

describe('hostile bytes', () => {
  property.prop([fc.uint8Array({ maxLength: 2000 })])('are refused', (bytes) => {
    expect(readRecording(bytes).ok).toBe(false)
  })

  property.prop([fc.constantFrom(...Object.values(ChunkType), 0x99, 0x44), fc.uint8Array({ maxLength: 200 })], {
    numRuns: 300,
  })('a chunk with a valid checksum gives an error or a recording', async (type, payload) => {
    const bytes = joined([session.subarray(0, headerEnd), encodeChunk(type, 1, payload)])
    const part = readRecording(bytes)
    if (!part.ok) {
      expect(['corrupt', 'unsupported-version']).toContain(part.error.reason)
      return
    }
    const verified = await verify(part.value, simulation)
    if (verified.ok && part.value.lastTick > 0) expect(verified.value.ok).toBe(false)
    expect(describeRecording(part.value)).toBeDefined()
  })

  test('a claim of a huge chunk allocates nothing', () => {
    const claim = Uint8Array.of(ChunkType.checkpoint, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f, 1, 2, 3)
    expect(opened(joined([session.subarray(0, headerEnd), claim])).lastTick).toBe(0)
  })

  test('a checkpoint cannot unpack to more than it claims', async () => {
    const bomb = new Uint8Array(
      await new Response(
        new Blob([new Uint8Array(2 ** 20)]).stream().pipeThrough(new CompressionStream('deflate-raw')),
      ).arrayBuffer(),
    )
    const lead = Uint8Array.of(0, 0, 0, 0, 1, 16, 0, 0, 0, ...new Uint8Array(32))
    const recording = opened(joined([session.subarray(0, headerEnd), encodeChunk(ChunkType.checkpoint, 1, lead, bomb)]))
    const [entry] = recording.checkpoints
    const result = entry && (await recording.checkpointBytes(entry))
    expect(result && !result.ok && result.error.reason).toBe('corrupt')
  })
})

describe('a chunk of an unknown type', () => {
  const rest = (type: number) => joined([session.subarray(0, headerEnd), encodeChunk(type, 1, Uint8Array.of(1, 2, 3))])
  test('is skipped if its type permits it', () => {
    expect(readRecording(rest(0xc0)).ok).toBe(true)
  })
  test('stops the reader otherwise', () => {
    const part = readRecording(rest(0x40))
    expect(!part.ok && part.error.reason).toBe('unsupported-version')
  })
})

test('the summary of both ends agrees with the whole recording', async () => {
  const read: number[] = []
  const source = {
    size: session.length,
    read: (offset: number, length: number) => (
      read.push(length),
      Promise.resolve(session.subarray(offset, offset + length))
    ),
  }
  const summary = await readSummary(source)
  if (!summary.ok) throw summary.error
  expect(summary.value.header).toEqual(whole.header)
  expect(summary.value.index).toEqual(whole.index)
  const info = describeRecording(whole)
  expect(info.ok && info.value).toMatchObject({
    ticks: 90,
    players: 2,
    inputs: whole.index?.inputs,
    elements: whole.index?.elements,
    checkpoints: 2,
    truncated: false,
  })
  const cut = await readSummary({ ...source, size: session.length - 1 })
  expect(cut.ok && cut.value.index).toBe(null)
})
