import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { DEFAULT_DEFINITION, type InputFrame } from '../sim/index.ts'
import { joined, randomFrom, sessionFrames } from '../test/harness/recording-example.ts'
import {
  packCheckpoint,
  rawCheckpoint,
  readRecording,
  RecordingWriter,
  toHex,
  WriterError,
  type RecordingHeader,
  type Sample,
} from './index.ts'

const HEADER: RecordingHeader = {
  engine: 'ab'.repeat(32),
  simVersion: 7,
  definition: DEFAULT_DEFINITION,
  epoch: 3,
  segment: 2,
  start: 'genesis',
  startTick: 0,
  startHash: '0123456789abcdef',
  players: 0,
  elements: 12,
  phases: ['inputs', 'physics'],
  createdAt: '2026-01-01T00:00:00Z',
  recordedBy: 'a test',
}

const hashOf = (random: () => number): string =>
  Array.from({ length: 16 }, () => Math.floor(random() * 16).toString(16)).join('')

function start(header = HEADER): { writer: RecordingWriter; bytes: () => Uint8Array } {
  const parts: Uint8Array[] = []
  const writer = new RecordingWriter(header, (part) => parts.push(part))
  return { writer, bytes: () => joined(parts) }
}

test.prop(
  [
    fc.nat(),
    fc.integer({ min: 0, max: 80 }),
    fc.integer({ min: 0, max: 5 }),
    fc.uint8Array({ maxLength: 3000 }),
    fc.boolean(),
  ],
  { numRuns: 60 },
)('a written recording is read back', async (seed, ticks, players, state, seal) => {
  const random = randomFrom(seed)
  const { writer, bytes } = start()
  const frames: InputFrame[] = []
  const hashes: string[] = []
  const samples: Sample[] = []
  for (const frame of sessionFrames({ ticks, players, seed })) {
    frames.push(writer.frame(frame))
    hashes.push(hashOf(random))
    writer.hash(frame.tick, hashes.at(-1) ?? '')
    if (random() < 0.1) {
      samples.push({ tick: frame.tick, players, elements: frame.tick, phases: [hashOf(random), hashOf(random)] })
      writer.sample(samples.at(-1) ?? { tick: 0, players, elements: 0, phases: [] })
    }
  }
  const checkpointTick = Math.floor(random() * (ticks + 1))
  writer.checkpoint(random() < 0.5 ? rawCheckpoint(checkpointTick, state) : await packCheckpoint(checkpointTick, state))
  writer.quarantine({ tick: 5, reason: 'trapped: ü', frame: state })
  writer.note({ tick: 6, kind: 'drain', text: 'the operator asked' })
  if (seal) writer.seal()

  const result = readRecording(bytes())
  if (!result.ok) throw result.error
  const recording = result.value
  expect(recording.header).toMatchObject({ ...HEADER, definition: DEFAULT_DEFINITION })
  expect([recording.startTick, recording.lastTick, recording.truncated, recording.bytes]).toEqual([
    0,
    ticks,
    !seal,
    writer.bytes,
  ])
  expect(frames.map(({ tick }) => recording.frame(tick))).toEqual(frames.map((value) => ({ ok: true, value })))
  expect(frames.map(({ tick }) => recording.hash(tick))).toEqual(hashes)
  expect([...recording.samples.values()]).toEqual(samples)
  expect(recording.quarantined.map((one) => [one.tick, one.reason, toHex(one.frame)])).toEqual([
    [5, 'trapped: ü', toHex(state)],
  ])
  expect(recording.notes).toEqual([{ tick: 6, kind: 'drain', text: 'the operator asked' }])
  const [entry] = recording.checkpoints
  const unpacked = entry && (await recording.checkpointBytes(entry))
  expect(unpacked?.ok && toHex(unpacked.value)).toBe(toHex(state))
})

test('a definition is restored bit for bit, including the sign of zero', () => {
  const definition = { ...DEFAULT_DEFINITION, gravity: { x: -0, y: -9.81, z: 0.1 + 0.2 } }
  const { bytes } = start({ ...HEADER, definition })
  const result = readRecording(bytes())
  expect(result.ok && Object.is((result.value.header.definition.gravity as { x: number }).x, -0)).toBe(true)
  expect(result.ok && result.value.header.definition).toEqual(definition)
  expect(() => start({ ...HEADER, definition: { ...DEFAULT_DEFINITION, reach: Number.NaN } })).toThrow(
    '$.definition.reach is NaN',
  )
})

test('an idle realm costs 18 bytes a tick', () => {
  const { writer } = start()
  const before = writer.bytes
  for (let tick = 1; tick <= 100; tick++) {
    writer.frame({ tick, inputs: [] })
    writer.hash(tick, '0123456789abcdef')
  }
  expect((writer.bytes - before) / 100).toBe(18)
})

test('the writer refuses chunks out of order, and writes nothing of them', () => {
  const { writer } = start()
  const size = writer.bytes
  const sample = { tick: 1, players: 0, elements: 0, phases: ['0'.repeat(16), '0'.repeat(16)] }
  expect(() => writer.frame({ tick: 2, inputs: [] })).toThrow(WriterError)
  expect(() => writer.hash(2, '0'.repeat(16))).toThrow(WriterError)
  expect(() => writer.sample(sample)).toThrow(WriterError)
  expect(() => writer.checkpoint(rawCheckpoint(1, new Uint8Array(4)))).toThrow(WriterError)
  const disordered = [
    { player: 2, sequence: 1, command: { type: 'release', hand: 0 } },
    { player: 1, sequence: 1, command: { type: 'release', hand: 0 } },
  ] as const
  expect(() => writer.frame({ tick: 1, inputs: disordered })).toThrow(WriterError)
  expect(writer.bytes).toBe(size)
  const later = start({ ...HEADER, start: 'checkpoint', startTick: 9 })
  expect(() => later.writer.hash(10, '0'.repeat(16))).toThrow('starts from a checkpoint')
})

test('a frame is returned as it will be read, with numbers rounded to 32 bits', () => {
  const { writer } = start()
  const frame = writer.frame({
    tick: 1,
    inputs: [
      { player: 0, sequence: 1, command: { type: 'teleport', player: 4, position: { x: 0.1, y: 0, z: 0 }, yaw: 0.3 } },
    ],
  })
  expect(frame.inputs[0]?.command).toMatchObject({ position: { x: Math.fround(0.1) }, yaw: Math.fround(0.3) })
})
