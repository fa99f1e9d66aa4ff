import { expect, test } from 'vitest'
import { loadEngine, type Realm } from '../../sim/index.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { RecordingError } from '../error.ts'
import { readRecording } from '../read.ts'
import type { Recording } from '../recording.ts'
import { simulationOf, type Simulation } from '../simulation.ts'
import { verify, type Verification } from '../verify.ts'
import { joinParts, partsOf, type Part } from './parts.ts'

const simulation = simulationOf(await loadEngine())
const TICKS = 5_000
const bytes = recordSession(simulation, { ticks: TICKS, players: 1, checkpointEvery: 400 })

function opened(of: Uint8Array): Recording {
  const read = readRecording(of)
  if (!read.ok) throw read.error
  return read.value
}

const recording = opened(bytes)

async function inParts(
  by: Simulation<Realm>,
  of: Recording = recording,
): Promise<Verification | RecordingError | null> {
  const parts: { readonly part: Part; readonly result: Verification | RecordingError }[] = []
  for (const part of partsOf(of, 4)) {
    const result = await verify(of, by, part)
    parts.push({ part, result: result.ok ? result.value : result.error })
  }
  return joinParts(parts, 60, 1_000)
}

function comparable(result: Verification | RecordingError | null): Verification {
  if (result === null || result instanceof RecordingError) throw result ?? new Error('no part ran')
  return { ...result, realTimeFactor: 0 }
}

test('parts start at checkpoints, follow each other and cover all ticks', () => {
  const parts = partsOf(recording, 4)
  expect(parts).toEqual([
    { from: 0, to: 1_600 },
    { from: 1_600, to: 3_200 },
    { from: 3_200, to: TICKS },
  ])
  expect(partsOf(recording, 1)).toEqual([{ from: 0, to: TICKS }])
  expect(partsOf(recording, 100)).toHaveLength(4)
})

test('a range starts at the last checkpoint that is not after it', () => {
  expect(partsOf(recording, 4, { from: 900, to: 1_000 })).toEqual([{ from: 800, to: 1_000 }])
  expect(partsOf(recording, 1, { from: 399 })).toEqual([{ from: 0, to: TICKS }])
  expect(partsOf(recording, 4, { from: 5_000, to: 9_000 })).toEqual([{ from: 4_800, to: TICKS }])
})

test('parts together give the result of one run', async () => {
  const whole = await verify(recording, simulation)
  expect(whole.ok && whole.value.ok).toBe(true)
  expect(comparable(await inParts(simulation))).toEqual(comparable(whole.ok ? whole.value : null))
})

test('the divergence of the earliest part counts, with the counts of one run', async () => {
  const pushed: Simulation<Realm> = {
    ...simulation,
    step: (realm, frame, onPhase) => {
      const events = simulation.step(realm, frame, onPhase)
      const [avatar] = realm.avatars.values()
      if ((frame.tick === 2_000 || frame.tick === 4_000) && avatar)
        avatar.position = { ...avatar.position, x: Math.fround(avatar.position.x + 1) }
      return events
    },
  }
  const whole = await verify(recording, pushed)
  const joined = await inParts(pushed)
  expect(joined).toMatchObject({ ok: false, firstDivergence: { tick: 2_000 } })
  expect(comparable(joined)).toEqual(comparable(whole.ok ? whole.value : null))
})

test('a part that did not run makes the result undecided, unless an earlier part differs', () => {
  const part = { from: 0, to: 1 }
  const good = { ok: true, firstDivergence: null, aborted: false, ticksExecuted: 1 } as Verification
  const bad = { ...good, ok: false, firstDivergence: { tick: 1 } } as Verification
  const joined = (...results: readonly (Verification | null)[]) =>
    joinParts(
      results.map((result) => ({ part, result })),
      60,
      1,
    )
  expect(joined(good, null, bad)).toMatchObject({ ok: false, aborted: true, firstDivergence: null })
  expect(joined(bad, null)).toMatchObject({ ok: false, aborted: false, firstDivergence: { tick: 1 } })
  expect(joined(null)).toBeNull()
})
