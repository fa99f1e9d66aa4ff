import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { loadLab } from '../physics/copies.ts'
import { checkPhysics, PhysicsError } from './check-physics.ts'
import { PROPERTIES } from './index.ts'
import { everyTick } from './property.ts'
import { caseOfRecording, checkRecording } from './saved-case.ts'

const directory = temporaryDirectory()

/** A property that no session with a prop in a hand has. */
const nobodyHolds = everyTick('nobody-holds', 'no prop is held', ({ props }) => {
  const held = props().find(({ holder }) => holder !== 0)
  return held ? `prop ${held.id} is held by player ${held.holder}` : null
})

async function errorOf(promise: Promise<void>): Promise<PhysicsError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (error instanceof PhysicsError) return error
  throw new Error(`the property holds, or the check itself failed: ${String(error)}`)
}

test('the ready-made properties hold in random sessions', async () => {
  await checkPhysics(PROPERTIES, { runs: 20, seed: 1 })
})

test('a property that does not hold is reported with a session of one player who grabs once', async () => {
  const { found, message } = await errorOf(checkPhysics(nobodyHolds, { seed: 1 }))
  expect(found.session.players).toBe(1)
  expect(found.session.segments.flatMap(({ acts }) => acts.map(({ command }) => command.type))).toEqual(['grab'])
  expect(found.violation).toEqual({ property: 'nobody-holds', tick: found.session.ticks, message: expect.any(String) })
  expect(message).toContain('1 players')
})

test('the seed of a failure draws the same session again', async () => {
  const first = await errorOf(checkPhysics(nobodyHolds, { seed: 1 }))
  const again = await errorOf(checkPhysics(nobodyHolds, { seed: first.found.seed, runs: 1 }))
  expect(again.found).toEqual(first.found)
})

test('the failing session of a ready-made property is repeated by one command', async () => {
  const lab = await loadLab()
  const shifted = { ...lab, hostile: { ...lab.hostile, hash: () => '0' } }
  const determinism = PROPERTIES.filter(({ name }) => name === 'determinism')
  const { found, message } = await errorOf(checkPhysics(determinism, { seed: 7, lab: shifted }))
  expect(message).toContain(`npx otherworld fuzz --seed ${found.seed} --runs 1 --property determinism`)
})

test('a failing session is saved as a recording in which the property fails at the same tick', async () => {
  const { found, message } = await errorOf(checkPhysics(nobodyHolds, { seed: 1, saveTo: join(directory, 'cases') }))
  const path = /saved: (.*)$/.exec(message)?.[1] ?? ''
  expect(await checkRecording(readFileSync(path), [nobodyHolds])).toEqual(found.violation)
})

test('a recording is checked with checkpoints spread over all of its ticks', async () => {
  const { plain } = await loadLab()
  const bytes = readFileSync(new URL('../../fixtures/replays/drag.owr', import.meta.url))
  const { frames, checkpointTicks } = caseOfRecording(bytes, plain)
  expect(checkpointTicks[0]).toBe(0)
  expect(checkpointTicks.length).toBeGreaterThan(50)
  expect(checkpointTicks.at(-1)).toBeGreaterThan(0.95 * frames.length)
})

test('a seed in the environment that is not a whole number is refused', async () => {
  process.env['OTHERWORLD_FUZZ_SEED'] = 'abc'
  try {
    await expect(checkPhysics(PROPERTIES, { runs: 1 })).rejects.toThrow(
      'OTHERWORLD_FUZZ_SEED is "abc"; it takes a whole',
    )
  } finally {
    delete process.env['OTHERWORLD_FUZZ_SEED']
  }
})
