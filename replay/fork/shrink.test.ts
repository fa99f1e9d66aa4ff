import { expect, test } from 'vitest'
import { loadEngine, SimulationFault, type Realm } from '../../sim/index.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { readRecording, simulationOf, verify, type Recording, type Simulation } from '../index.ts'
import { firstFailure } from './first-failure.ts'
import { parsePredicate } from './predicate.ts'
import { ForkRunner } from './run-fork.ts'
import { shrinkRecording, type Shrunk } from './shrink.ts'

const simulation = simulationOf(await loadEngine())
const OPTIONS = { seconds: 1, triesMax: 300, recordedBy: 'a test' }

function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

const session = opened(recordSession(simulation, { ticks: 200, players: 5, checkpointEvery: 50, seed: 3 }))

async function shrunk(fails: string, by: Simulation<Realm> = simulation, of = session): Promise<Shrunk | null> {
  const result = await shrinkRecording(of, by, parsePredicate(fails), OPTIONS)
  if (!result.ok) throw result.error
  return typeof result.value === 'string' ? null : result.value
}

async function failsAgain(bytes: Uint8Array, fails: string, by: Simulation<Realm> = simulation): Promise<unknown> {
  const recording = opened(bytes)
  const runner = await ForkRunner.open(recording, by, recording.startTick)
  if (!runner.ok) throw runner.error
  const found = firstFailure(runner.value, parsePredicate(fails), {
    to: recording.lastTick + (recording.hasFrameWithoutHash ? 1 : 0),
  })
  return found.ok && found.value?.tick
}

test('a rejected grab is shrunk to one player, one input and one tick', async () => {
  const fails = 'event rejected command=grab player=2'
  const result = await shrunk(fails)
  expect(result?.after).toEqual({ ticks: 1, players: 1, props: 0, inputs: 1 })
  expect(result?.before.players).toBe(5)
  expect(await failsAgain(result?.bytes ?? new Uint8Array(), fails)).toBe(result?.tick)
  const verified = await verify(opened(result?.bytes ?? new Uint8Array()), simulation)
  expect(verified.ok && verified.value.ok).toBe(true)
})

/** A simulation that fails if player 4 spawns something after tick 30 while player 2 is there. */
const trapping: Simulation<Realm> = {
  ...simulation,
  step: (realm, frame, onPhase) => {
    const events = simulation.step(realm, frame, onPhase)
    const spawns = frame.inputs.some(({ player, command }) => player === 4 && command.type === 'spawn')
    if (frame.tick > 30 && spawns && realm.players.has(2)) throw new SimulationFault(frame.tick, 'two at once')
    return events
  },
}

test('a fault of two players together keeps both, and the recording ends with its frame', async () => {
  const result = await shrunk('fault', trapping)
  expect(result?.after).toMatchObject({ players: 2, inputs: 1 })
  const recording = opened(result?.bytes ?? new Uint8Array())
  expect(recording.hasFrameWithoutHash).toBe(true)
  expect(await failsAgain(result?.bytes ?? new Uint8Array(), 'fault', trapping)).toBe(result?.tick)
  expect(await failsAgain(result?.bytes ?? new Uint8Array(), 'fault')).toBeUndefined()
})

test('a divergence is one tick with the recorded hash', async () => {
  const pushing: Simulation<Realm> = {
    ...simulation,
    step: (realm, frame, onPhase) => {
      const events = simulation.step(realm, frame, onPhase)
      const [avatar] = realm.avatars.values()
      if (frame.tick === 150 && avatar) avatar.position = { ...avatar.position, x: Math.fround(avatar.position.x + 1) }
      return events
    },
  }
  const result = await shrunk('divergence', pushing)
  expect([result?.tick, result?.after.ticks]).toEqual([150, 1])
  const verified = await verify(opened(result?.bytes ?? new Uint8Array()), pushing)
  expect(verified.ok && verified.value.firstDivergence).toMatchObject({ tick: 150, kind: 'hash' })
})

test('a recording in which the condition never becomes true has no shrunk one', async () => {
  expect(await shrunk('element 4000 exists')).toBeNull()
  // It holds from the start, so no part of the recording shows how it came about.
  expect(await shrunk('realm tick >= 0')).toBeNull()
})
