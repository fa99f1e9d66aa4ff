import { fc, test } from '@fast-check/vitest'
import { expect, test as plain } from 'vitest'
import { loadEngine } from '../sim/index.ts'
import { joined, recordSession, sessionFrames } from '../test/harness/recording-example.ts'
import { encodeChunk } from './format/chunks.ts'
import { encodeCheckpoint } from './format/payloads.ts'
import { rawCheckpoint, readRecording, sealRecording, simulationOf, verify, type Recording } from './index.ts'

const simulation = simulationOf(await loadEngine())
const SESSION = { ticks: 70, players: 3, seed: 4, checkpointEvery: 40 } as const
const open = recordSession(simulation, { ...SESSION, seal: false })

function read(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

function sealed(bytes: Uint8Array): Uint8Array {
  const seal = sealRecording(bytes, 'it hung')
  if (!seal.ok) throw seal.error
  return seal.value === null ? bytes : joined([bytes.subarray(0, seal.value.keepBytes), seal.value.append])
}

const HEADER_BYTES = read(open).frameOffset(1) ?? 0

test.prop([fc.integer({ min: HEADER_BYTES, max: open.length })], { numRuns: 40 })(
  'a recording is closed wherever its writer ended, and replays; a frame without hash is quarantined',
  async (length) => {
    const cut = open.subarray(0, length)
    const before = read(cut)
    const bytes = sealed(cut)
    const after = read(bytes)
    expect([after.truncated, after.lastTick, after.hash(after.lastTick)]).toEqual([
      false,
      before.lastTick,
      before.hash(before.lastTick),
    ])
    expect(after.hasFrameWithoutHash).toBe(false)
    expect(after.quarantined.map(({ tick, reason }) => [tick, reason])).toEqual(
      before.hasFrameWithoutHash ? [[before.lastTick + 1, 'it hung']] : [],
    )
    expect(after.index?.checkpoints.length).toBe(before.checkpoints.length)
    const verified = await verify(after, simulation)
    expect(verified.ok && verified.value.firstDivergence).toBeNull()
    expect(sealRecording(bytes, 'again')).toEqual({ ok: true, value: null })
  },
)

plain('the index equals that of a writer that closes normally', () => {
  expect(read(sealed(open)).index).toEqual(read(recordSession(simulation, SESSION)).index)
})

plain('a late checkpoint behind the frame without hash is removed with it', () => {
  const frames = sessionFrames(SESSION)
  const before = read(open)
  const parts: Uint8Array[] = []
  recordSession(simulation, {
    ...SESSION,
    seal: false,
    frames: frames.slice(0, 60),
    onWrite: (bytes) => parts.push(bytes),
  })
  const pending = before.frameBytes(61)
  if (!pending) throw new Error('tick 61 has no inputs')
  const late = rawCheckpoint(60, new Uint8Array(9))
  // One write for the preamble, then one for each chunk.
  const sequence = parts.length - 1
  const bytes = joined([
    ...parts,
    encodeChunk(2, sequence, pending),
    encodeChunk(4, sequence + 1, ...encodeCheckpoint(late)),
  ])
  expect(read(bytes).checkpoints.map(({ tick }) => tick)).toEqual([40, 60])
  const after = read(sealed(bytes))
  expect([after.lastTick, after.checkpoints.map(({ tick }) => tick), after.quarantined.length]).toEqual([60, [40], 1])
})

plain('a recording cut between its index and its footer gets both again', () => {
  const whole = recordSession(simulation, SESSION)
  expect(sealed(whole.subarray(0, whole.length - 18))).toEqual(whole)
})

plain('a damaged recording is not changed', () => {
  const damaged = Uint8Array.from(open)
  damaged[HEADER_BYTES + 200] = (damaged[HEADER_BYTES + 200] ?? 0) ^ 8
  expect(sealRecording(damaged, '')).toMatchObject({ ok: false, error: { reason: 'corrupt' } })
})
