import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { loadEngine, type Realm } from '../../sim/index.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { CheckpointRing, readRecording, RecordingPlayer, simulationOf, type Simulation } from '../index.ts'

const TICKS = 400
const simulation = simulationOf(await loadEngine())
const read = readRecording(recordSession(simulation, { ticks: TICKS, players: 2, checkpointEvery: 150 }))
if (!read.ok) throw read.error
const recording = read.value

/** Bytes that do not compress. */
function noise(bytes: number, seed: number): Uint8Array {
  let state = seed + 1
  return Uint8Array.from({ length: bytes }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) >>> 24)
}

async function opened(ring: CheckpointRing, by: Simulation<Realm> = simulation): Promise<RecordingPlayer<Realm>> {
  const player = await RecordingPlayer.open(recording, by, 0, { ring })
  if (!player.ok) throw player.error
  return player.value
}

property.prop([fc.array(fc.nat(TICKS), { minLength: 1, maxLength: 12 }), fc.constantFrom(0, 20_000, 10_000_000)], {
  numRuns: 15,
})('seeks in any order arrive at the recorded states, with any memory', async (ticks, memoryBytesMax) => {
  const ring = new CheckpointRing({ memoryBytesMax })
  const player = await opened(ring)
  try {
    for (const tick of ticks) {
      expect((await player.reach(tick)).ok).toBe(true)
      expect(player.tick).toBe(tick)
      expect(ring.memoryBytes).toBeLessThanOrEqual(memoryBytesMax)
    }
  } finally {
    player.free()
  }
})

test('after a seek over all ticks, a seek replays fewer ticks than the spacing', async () => {
  let steps = 0
  const ring = new CheckpointRing()
  const player = await opened(ring, {
    ...simulation,
    step: (realm, frame, onPhase) => (steps++, simulation.step(realm, frame, onPhase)),
  })
  await player.prepare()
  for (const tick of [399, 17, 200, 31, 320, 160]) {
    steps = 0
    expect((await player.reach(tick)).ok).toBe(true)
    expect(steps).toBeLessThan(ring.everyTicks)
  }
  player.free()
})

test('a ring within a small memory keeps states at a wider spacing, closest where you look', async () => {
  const ring = new CheckpointRing({ memoryBytesMax: 20_500, everyTicks: 10 })
  for (let tick = 0; tick <= 300; tick += 10) if (ring.wants(tick)) await ring.add(tick, noise(1_000, tick), 0)
  expect(ring.memoryBytes).toBeLessThanOrEqual(20_500)
  expect(ring.everyTicks).toBe(20)
  expect(ring.ticks.slice(0, 3)).toEqual([0, 10, 20])
  expect(ring.ticks.at(-1)).toBe(300)
  expect(ring.before(9)).toBe(0)
  expect(ring.before(-1)).toBe(null)
  expect(await ring.state(300)).toEqual(noise(1_000, 300))
  expect(await ring.state(299)).toBe(null)
})

test('after prepare, no two states next to each other are farther apart than the spacing', async () => {
  const ring = new CheckpointRing()
  const player = await opened(ring)
  await player.prepare()
  const gaps = ring.ticks.slice(1).map((tick, i) => tick - (ring.ticks[i] ?? 0))
  expect(Math.max(...gaps)).toBeLessThanOrEqual(ring.everyTicks)
  expect(player.recording.lastTick - (ring.ticks.at(-1) ?? 0)).toBeLessThan(ring.everyTicks)
  player.free()
})

test('a state that differs from the recording is not kept', async () => {
  const ring = new CheckpointRing()
  const player = await opened(ring, {
    ...simulation,
    step: (realm, frame, onPhase) => {
      const events = simulation.step(realm, frame, onPhase)
      const [avatar] = realm.avatars.values()
      if (frame.tick === 170 && avatar) avatar.position = { ...avatar.position, x: avatar.position.x + 1 }
      return events
    },
  })
  await player.prepare()
  expect(ring.ticks.filter((tick) => tick >= 170 && tick < 300)).toEqual([])
  expect(ring.ticks).toContain(160)
  player.free()
})

test('a thousand seeks free every realm that they restore', async () => {
  const living = new Set<Realm>()
  const counted: Simulation<Realm> = {
    ...simulation,
    restore: (definition, bytes) => {
      const realm = simulation.restore(definition, bytes)
      living.add(realm)
      return realm
    },
    free: (realm) => {
      living.delete(realm)
      simulation.free(realm)
    },
  }
  const player = await opened(new CheckpointRing(), counted)
  await player.prepare()
  for (let i = 0; i < 1_000; i++) {
    await player.seek((i * 16 * 7) % TICKS)
    expect(living.size).toBeLessThanOrEqual(1)
  }
  player.free()
  expect(living.size).toBe(0)
})
