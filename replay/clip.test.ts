import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { loadEngine, type Realm } from '../sim/index.ts'
import { recordSession } from '../test/harness/recording-example.ts'
import { clipRecording, readRecording, simulationOf, verify, type Recording, type Simulation } from './index.ts'

const simulation = simulationOf(await loadEngine())

function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

const session = opened(recordSession(simulation, { ticks: 240, players: 4, sampleEvery: 30, checkpointEvery: 100 }))

async function clipOf(recording: Recording, from: number, to: number): Promise<Recording> {
  const clipped = await clipRecording(recording, simulation, { from, to })
  if (!clipped.ok) throw clipped.error
  return opened(clipped.value)
}

test('a clip replays on its own, with the hashes, samples and checkpoints of the original', async () => {
  const clip = await clipOf(session, 55, 210)
  expect([clip.startTick, clip.lastTick, clip.truncated]).toEqual([55, 210, false])
  expect(clip.checkpoints.map(({ tick }) => tick)).toEqual([55, 100, 200])
  for (let tick = 55; tick <= 210; tick++) expect(clip.hash(tick)).toBe(session.hash(tick))
  const verified = await verify(clip, simulation)
  expect(verified.ok && verified.value).toMatchObject({ ok: true, hashesCompared: 155, samplesCompared: 6 })
})

test('a clip of a clip is a clip of the original', async () => {
  const clip = await clipOf(await clipOf(session, 20, 200), 90, 120)
  expect(clip.hash(120)).toBe(session.hash(120))
  expect((await clipOf(session, 90, 120)).bytes).toBe(clip.bytes)
})

test('a clip of a session with uploaded packages has their physics', async () => {
  const things = opened(await readFile(new URL('../fixtures/replays/things.owr', import.meta.url)))
  const middle = Math.floor((things.startTick + things.lastTick) / 2)
  const verified = await verify(await clipOf(things, middle, middle + 60), simulation)
  expect(verified.ok && verified.value).toMatchObject({ ok: true, ticksExecuted: 60 })
})

/** A build whose state differs from tick 150 on. */
const drifting: Simulation<Realm> = {
  ...simulation,
  step: (realm, frame, onPhase) => {
    const events = simulation.step(realm, frame, onPhase)
    if (frame.tick === 150)
      for (const avatar of realm.avatars.values()) avatar.position = { ...avatar.position, x: avatar.position.x + 1 }
    return events
  },
}
const drifted = opened(recordSession(drifting, { ticks: 240, players: 2, checkpointEvery: 500 }))

test('a clip of a run that diverges within it diverges at the same tick', async () => {
  const verified = await verify(await clipOf(drifted, 140, 160), simulation)
  expect(verified.ok && verified.value.firstDivergence).toMatchObject({ tick: 150 })
})

test('a clip after a divergence is refused, because its first state is not known', async () => {
  const clipped = await clipRecording(drifted, simulation, { from: 160, to: 170 })
  expect(!clipped.ok && clipped.error.reason).toBe('diverged')
})

test('a range outside the recording is refused', async () => {
  await expect(clipRecording(session, simulation, { from: 10, to: 241 })).rejects.toThrow(RangeError)
  await expect(clipRecording(session, simulation, { from: 10, to: 10 })).rejects.toThrow(RangeError)
})
