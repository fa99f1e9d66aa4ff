import { expect, test } from 'vitest'
import { loadEngine } from '../../sim/index.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { clipRecording, readMoment, readRecording, RecordingPlayer, simulationOf, type Recording } from '../index.ts'
import { TickTable } from './tick-table.ts'

const TICKS = 2_000
const simulation = simulationOf(await loadEngine())
const session = recordSession(simulation, { ticks: TICKS, players: 1, checkpointEvery: 600 })
const whole = valueOf(readRecording(session))

function valueOf<T>(
  result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Error },
): T {
  if (!result.ok) throw result.error
  return result.value
}

/** The session's bytes, with a record of which were read. */
function watched(bytes: Uint8Array) {
  const read = new Set<number>()
  return {
    length: bytes.length,
    subarray: (start: number, end: number) => {
      for (let at = Math.max(0, start); at < Math.min(end, bytes.length); at++) read.add(at)
      return bytes.subarray(start, end)
    },
    has: (at: number) => read.has(at),
  }
}

const momentOf = async (bytes: Uint8Array, from: number, to: number): Promise<Recording> =>
  valueOf(await readMoment(bytes, { from, to }))

test.each([
  [0, 0],
  [599, 600],
  [600, 600],
  [1_199, 1_300],
  [1_801, 1_990],
  [TICKS, TICKS],
])('a part of a recording has the frames and hashes of the whole: ticks %i to %i', async (from, to) => {
  const part = await momentOf(session, from, to)
  expect(part.startTick).toBeLessThanOrEqual(from)
  expect(part.lastTick).toBeGreaterThanOrEqual(to)
  for (let tick = part.startTick + 1; tick <= part.lastTick; tick++) {
    expect(part.hash(tick)).toBe(whole.hash(tick))
    expect(part.frame(tick)).toEqual(whole.frame(tick))
  }
  const player = valueOf(await RecordingPlayer.open(part, simulation, from))
  expect(from - player.tick).toBeLessThan(600)
  expect((await player.reach(to)).ok).toBe(true)
  player.free()
})

test('a moment is opened by its part of the file, both ends, and nothing else', async () => {
  const bytes = watched(session)
  valueOf(await readMoment(bytes, { from: 1_250, to: 1_260 }))
  const isRead = (tick: number): boolean => bytes.has(whole.frameOffset(tick) ?? whole.frameOffset(tick + 1) ?? 0)
  expect([isRead(1_240), isRead(1_300), isRead(1_500), isRead(1_900)]).toEqual([true, false, false, false])
})

test('damage in another part of the file does not matter, and damage in this one is an error', async () => {
  const at = whole.frameOffset(1_239) ?? whole.frameOffset(1_240) ?? 0
  const damaged = Uint8Array.from(session)
  damaged[at + 8] = (damaged[at + 8] ?? 0) ^ 1
  expect((await momentOf(damaged, 700, 710)).hash(705)).toBe(whole.hash(705))
  expect(await readMoment(damaged, { from: 1_250, to: 1_260 })).toMatchObject({
    ok: false,
    error: { reason: 'corrupt', offset: at },
  })
})

test('a clip of a part is the clip of the whole', async () => {
  const range = { from: 1_190, to: 1_800 }
  const part = valueOf(await clipRecording(await momentOf(session, range.from, range.to), simulation, range))
  expect(Buffer.compare(part, valueOf(await clipRecording(whole, simulation, range)))).toBe(0)
})

test('a recording without an index is read whole', async () => {
  const open = await momentOf(session.subarray(0, session.length - 1), 1_250, 1_260)
  expect([open.startTick, open.lastTick, open.truncated]).toEqual([0, TICKS, true])
})

test('a frozen table of ticks does not change when more are added', () => {
  const table = new TickTable(5)
  table.addFrame(77)
  table.addHashes(new Uint8Array(16).fill(1))
  const frozen = table.frozen()
  table.addFrame(99)
  table.addHashes(new Uint8Array(8).fill(2))
  expect([frozen.lastTick, frozen.frameOffset(6), frozen.frameOffset(7), frozen.frameOffset(8)]).toEqual([
    7,
    77,
    null,
    null,
  ])
  expect([table.lastTick, table.frameOffset(8), table.hash(8)?.[0], table.hash(9), table.frames]).toEqual([
    8,
    99,
    2,
    null,
    2,
  ])
})
