import { expect, test } from 'vitest'
import { loadEngine, type Realm } from '../../sim/index.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { clipRecording } from '../clip.ts'
import { readRecording } from '../read.ts'
import type { Recording } from '../recording.ts'
import { simulationOf, type Simulation } from '../simulation.ts'
import { compareBuilds, type BuildComparison } from './side-by-side.ts'

const simulation = simulationOf(await loadEngine())

function opened(bytes: Uint8Array): Recording {
  const read = readRecording(bytes)
  if (!read.ok) throw read.error
  return read.value
}

const recording = opened(recordSession(simulation, { ticks: 120, players: 2 }))

async function compared(other: Partial<Simulation<Realm>>): Promise<BuildComparison> {
  const found = await compareBuilds(recording, simulation, { ...simulation, ...other })
  if (!found.ok) throw found.error
  return found.value
}

const trapping: Pick<Simulation<Realm>, 'step'> = {
  step: (realm, frame, onPhase) => {
    if (frame.tick === 50) throw new Error('unreachable')
    return simulation.step(realm, frame, onPhase)
  },
}

test('equal builds have no difference, and a ratio of times for each second', async () => {
  const found = await compared({})
  expect(found).toMatchObject({ from: 0, to: 120, difference: null, comparesHashes: true, ticksExecuted: 120 })
  expect(found.timeRatios).toHaveLength(2)
})

test('builds that hash equal starting states in different ways are compared by their fields', async () => {
  const reversed = (realm: Realm): string => simulation.hash(realm).split('').toReversed().join('')
  expect(await compared({ hash: reversed })).toMatchObject({ comparesHashes: false, difference: null })
})

test('a hash that differs before any field is the first difference', async () => {
  const hash = (realm: Realm): string => (realm.tick < 50 ? simulation.hash(realm) : '0'.repeat(16))
  expect((await compared({ hash })).difference).toMatchObject({
    tick: 50,
    fieldsTick: 50,
    field: null,
    differences: [],
  })
  const step: Simulation<Realm>['step'] = (realm, frame, onPhase) => {
    const events = simulation.step(realm, frame, onPhase)
    const [avatar] = realm.avatars.values()
    if (frame.tick === 60 && avatar) avatar.position = { ...avatar.position, x: avatar.position.x + 1 }
    return events
  }
  expect((await compared({ hash, step })).difference).toMatchObject({ tick: 50, fieldsTick: 60, field: 'position.x' })
})

test('a starting state with another field differs at the start tick', async () => {
  const genesis: Simulation<Realm>['genesis'] = (definition) =>
    simulation.genesis({ ...definition, props: definition.props.slice(1) })
  expect((await compared({ genesis })).difference).toMatchObject({ tick: 0, phase: null })
})

test('a build that traps differs at that tick, and cannot be compared with', async () => {
  expect((await compared(trapping)).difference).toMatchObject({ tick: 50, trap: 'unreachable', fieldsTick: null })
  const found = await compareBuilds(recording, { ...simulation, ...trapping }, simulation)
  expect(found).toMatchObject({ ok: false, error: { reason: 'diverged' } })
})

test('a build decodes the frames itself', async () => {
  const decodeFrame: Simulation<Realm>['decodeFrame'] = () => ({
    ok: false,
    error: { reason: 'malformed', where: 'inputs', message: 'unknown' },
  })
  await expect(compared({ decodeFrame })).rejects.toThrow('the frame of tick 1 cannot be decoded: inputs unknown')
})

test('a recording from a checkpoint that a build cannot restore is of another version for it', async () => {
  const clip = await clipRecording(recording, simulation, { from: 30, to: 60 })
  if (!clip.ok) throw clip.error
  const restore = (): never => {
    throw new Error('unknown layout')
  }
  const found = await compareBuilds(opened(clip.value), simulation, { ...simulation, restore })
  expect(found).toMatchObject({ ok: false, error: { reason: 'other-sim' } })
  expect(await compareBuilds(opened(clip.value), simulation, simulation)).toMatchObject({ value: { difference: null } })
})

test('an aborted comparison has no result', async () => {
  const found = await compareBuilds(recording, simulation, simulation, { signal: AbortSignal.abort() })
  expect(found).toMatchObject({ ok: false, error: { reason: 'aborted' } })
})
