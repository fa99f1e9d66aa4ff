/**
 * A reader of recordings, written only from docs/recording.md. It imports nothing of replay/, only the protocol's
 * generated codec, which the document refers to. If it and the product's reader differ, the document is wrong.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import protobuf from 'protobufjs'
import { DEFAULT_DEFINITION, loadEngine } from '../../sim/index.ts'
import { packCheckpoint, readRecording, RecordingWriter, simulationOf } from '../../replay/index.ts'
import { headerOf, joined, sessionFrames } from '../harness/recording-example.ts'

const InputFrame = protobuf
  .parse(readFileSync(new URL('../../protocol/otherworld.proto', import.meta.url), 'utf8'))
  .root.lookupType('otherworld.InputFrame')

interface Read {
  header: Record<string, unknown>
  hashes: Map<number, string>
  inputs: Map<number, number>
  samples: Map<number, { players: number; elements: number; phases: string[] }>
  checkpoints: Map<number, Buffer>
  quarantined: string[]
  notes: string[]
  index: Record<string, unknown> | null
  offsets: number[]
}

function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** Section 1. */
function chunksOf(file: Buffer): { type: number; offset: number; payload: Buffer }[] {
  expect(file.subarray(0, 8).toString('hex')).toBe('894f57520d0a1a0a')
  expect(file.readUInt32LE(8)).toBe(1)
  const chunks = []
  for (let offset = 12; offset < file.length;) {
    let at = offset + 5
    let length = 0
    for (let shift = 0; ; shift += 7) {
      const group = file.readUInt8(at++)
      length += (group & 127) * 2 ** shift
      if (group < 128) break
    }
    expect(file.readUInt32LE(offset + 1)).toBe(chunks.length)
    expect(file.readUInt32LE(at + length)).toBe(crc32c(file.subarray(offset, at + length)))
    chunks.push({ type: file.readUInt8(offset), offset, payload: file.subarray(at, at + length) })
    offset = at + length + 4
  }
  return chunks
}

const hashesIn = (bytes: Buffer): string[] =>
  Array.from({ length: bytes.length / 8 }, (_, i) => bytes.subarray(8 * i, 8 * i + 8).toString('hex'))

function takeCheckpoint(read: Read, payload: Buffer): void {
  const stored = payload.subarray(41)
  const state = payload.readUInt8(4) === 1 ? inflateRawSync(stored) : stored
  expect(state.length).toBe(payload.readUInt32LE(5))
  expect(createHash('sha256').update(state).digest('hex')).toBe(payload.subarray(9, 41).toString('hex'))
  read.checkpoints.set(payload.readUInt32LE(0), state)
}

/** Sections 2 and 3. */
function readByTheDocument(file: Buffer): Read {
  const chunks = chunksOf(file)
  const read: Read = {
    header: {},
    hashes: new Map(),
    inputs: new Map(),
    samples: new Map(),
    checkpoints: new Map(),
    quarantined: [],
    notes: [],
    index: null,
    offsets: chunks.map(({ offset }) => offset),
  }
  let tick = 0
  for (const { type, offset, payload } of chunks) {
    if (type === 0x01) {
      read.header = JSON.parse(payload.toString('utf8')) as Record<string, unknown>
      tick = Number(read.header['startTick'])
    } else if (type === 0x02) {
      const frame = InputFrame.decode(payload) as unknown as { tick: number; inputs: unknown[] }
      expect(frame.tick).toBe(tick + 1)
      read.inputs.set(frame.tick, frame.inputs.length)
    } else if (type === 0x03) for (const hash of hashesIn(payload)) read.hashes.set(++tick, hash)
    else if (type === 0x04) takeCheckpoint(read, payload)
    else if (type === 0x05) read.index = JSON.parse(payload.toString('utf8')) as Record<string, unknown>
    else if (type === 0x06)
      expect(chunks.find((chunk) => chunk.type === 0x05)?.offset).toBe(Number(payload.readBigUInt64LE(0)))
    else if (type === 0x81) {
      expect(payload.readUInt32LE(0)).toBe(tick)
      read.samples.set(tick, {
        players: payload.readUInt32LE(4),
        elements: payload.readUInt32LE(8),
        phases: hashesIn(payload.subarray(12)),
      })
    } else if (type === 0x82)
      read.quarantined.push(
        `${payload.readUInt32LE(0)} ${payload.subarray(6, 6 + payload.readUInt16LE(4)).toString()} ${payload.subarray(6 + payload.readUInt16LE(4)).toString('hex')}`,
      )
    else if (type === 0x83) read.notes.push(payload.toString('utf8'))
    else throw new Error(`type ${type} at ${offset} is not in the document`)
  }
  return read
}

async function everyChunk(): Promise<Uint8Array> {
  const simulation = simulationOf(await loadEngine())
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const parts: Uint8Array[] = []
  const writer = new RecordingWriter(headerOf(simulation, DEFAULT_DEFINITION, realm), (part) => parts.push(part))
  writer.quarantine({ tick: 9, reason: 'trapped', frame: Uint8Array.of(8, 9) })
  for (const frame of sessionFrames({ ticks: 620, players: 2, seed: 3 }).map((one) =>
    one.tick % 3 === 0 ? { ...one, inputs: [] } : one,
  )) {
    const phases: string[] = []
    simulation.step(realm, writer.frame(frame), () => phases.push(simulation.phaseHash(realm)))
    writer.hash(frame.tick, simulation.hash(realm))
    if (frame.tick % 60 === 0) writer.sample({ tick: frame.tick, ...simulation.counts(realm), phases })
    if (frame.tick === 300) writer.checkpoint(await packCheckpoint(300, simulation.checkpoint(realm)))
  }
  writer.note({ tick: 620, kind: 'test', text: 'the end' })
  writer.seal()
  simulation.free(realm)
  return joined(parts)
}

test('a reader written from docs/recording.md reads recordings as the product does', async () => {
  const bytes = await everyChunk()
  const read = readByTheDocument(Buffer.from(bytes))
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  const { value } = recording
  expect(read.header).toMatchObject({
    engine: value.header.engine,
    simVersion: value.header.simVersion,
    tickRate: 60,
    seed: DEFAULT_DEFINITION.seed,
    realm: 'yard',
    epoch: 1,
    segment: 1,
    start: 'genesis',
    startTick: 0,
    startHash: value.hash(0),
    phases: value.header.phases,
  })
  expect(read.header['definition']).toEqual(DEFAULT_DEFINITION)
  for (let tick = 1; tick <= 620; tick++) {
    const frame = value.frame(tick)
    expect(read.hashes.get(tick)).toBe(value.hash(tick))
    expect(read.inputs.get(tick) ?? 0).toBe(frame.ok && frame.value.inputs.length)
  }
  expect([...read.samples].map(([tick, sample]) => ({ tick, ...sample }))).toEqual([...value.samples.values()])
  expect([...read.checkpoints.keys()]).toEqual([300])
  expect(read.quarantined).toEqual(['9 trapped 0809'])
  expect(read.notes.map((note) => JSON.parse(note) as unknown)).toEqual([{ tick: 620, kind: 'test', text: 'the end' }])
  expect(read.index).toEqual(value.index)
  const [[seekTick, seekOffset] = [0, 0]] = value.index?.seekPoints ?? []
  expect(seekTick).toBe(600)
  expect(read.offsets).toContain(seekOffset)
})

test('the document names every chunk type and number that the code uses', async () => {
  const document = readFileSync(new URL('../../docs/recording.md', import.meta.url), 'utf8')
  const format = await import('../../replay/format/format.ts')
  for (const [name, type] of Object.entries(format.ChunkType))
    expect(document).toContain(`| \`${type.toString(16).padStart(2, '0')}\` | ${name.toUpperCase()} |`)
  expect(document).toContain(`version ${format.FORMAT_VERSION}`)
  expect(document).toContain(`always ${format.FOOTER_BYTES} bytes long`)
  expect(document).toContain(`at most ${format.PHASES_MAX}`)
  expect(document).toContain(`at most ${format.HEADER_BYTES_MAX / 2 ** 20} MiB`)
  expect(document).toContain(`at most ${format.CHECKPOINT_BYTES_MAX / 2 ** 20} MiB`)
})
