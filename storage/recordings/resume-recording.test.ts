import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { readRecording, simulationOf, type Simulation } from '../../replay/index.ts'
import { loadEngine, type Realm } from '../../sim/index.ts'
import { recordSession, type SessionOptions } from '../../test/harness/recording-example.ts'
import { recordingName, resumeRecording, ReplayFault, type Resumed, type ResumeResult } from './index.ts'

const simulation = simulationOf(await loadEngine())
const SESSION = { ticks: 100, players: 3, seed: 2, checkpointEvery: 40 } as const
const bytes = recordSession(simulation, { ...SESSION, seal: false })
let directory = ''

beforeEach(() => {
  directory = temporaryDirectory()
})

function put(content: Uint8Array, epoch = 1, segment = 1): string {
  const path = join(directory, recordingName({ realm: 'yard', epoch, segment }))
  writeFileSync(path, content)
  return path
}

function resumed(result: ResumeResult<Realm>): Resumed<Realm> {
  if (result.status !== 'resumed') throw new Error(`status ${result.status}`)
  return result
}

function hashAt(content: Uint8Array, tick: number): string | null {
  const recording = readRecording(content)
  return recording.ok ? recording.value.hash(tick) : null
}

const session = (options: Partial<SessionOptions>): Uint8Array => recordSession(simulation, { ...SESSION, ...options })

test('an empty directory has nothing to resume', async () => {
  expect(await resumeRecording(directory, 'yard', simulation)).toEqual({ status: 'fresh', nextEpoch: 1 })
})

test('recovery gives the state of the last tick, replayed from the last checkpoint', async () => {
  put(bytes)
  const found = resumed(await resumeRecording(directory, 'yard', simulation))
  expect(found).toMatchObject({
    tick: 100,
    hash: hashAt(bytes, 100),
    epoch: 1,
    nextEpoch: 2,
    ticksReplayed: 20,
    ticksLost: 0,
    divergedAt: null,
  })
  expect(simulation.hash(found.realm)).toBe(found.hash)
  simulation.free(found.realm)
})

test('any torn tail recovers to the last whole tick', async () => {
  const path = put(bytes)
  for (const length of [bytes.length - 1, bytes.length - 19, Math.floor(bytes.length / 2), 20_000]) {
    truncateSync(path, length)
    const found = resumed(await resumeRecording(directory, 'yard', simulation))
    const opened = readRecording(bytes.subarray(0, length))
    const last = opened.ok ? opened.value : null
    expect(found.tick).toBe((last?.lastTick ?? -1) + (last?.hasFrameWithoutHash ? 1 : 0))
    expect(found.hash).toBe(hashAt(bytes, found.tick))
    simulation.free(found.realm)
  }
})

test('the newest epoch and segment win; a recording without a start is skipped and reported', async () => {
  const older = session({ ticks: 50 })
  put(bytes, 1)
  put(older, 2)
  put(bytes.subarray(0, 1000), 3)
  const found = resumed(await resumeRecording(directory, 'yard', simulation))
  expect(found).toMatchObject({ epoch: 2, tick: 50, nextEpoch: 4, hash: hashAt(older, 50) })
  expect(found.skipped.map(({ error }) => error.reason)).toEqual(['torn-header'])
  simulation.free(found.realm)
})

test('damage before a later checkpoint loses nothing, damage after it loses what follows; both are reported', async () => {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  const second = recording.value.checkpoints[1]?.offset ?? 0
  for (const [offset, tick] of [
    [second - 2000, 100],
    [second + (recording.value.checkpoints[1]?.storedBytes ?? 0) + 400, null],
  ] as const) {
    const damaged = Uint8Array.from(bytes)
    damaged[offset] = (damaged[offset] ?? 0) ^ 8
    put(damaged)
    const found = resumed(await resumeRecording(directory, 'yard', simulation))
    expect(found.damage.length).toBe(1)
    expect(found.hash).toBe(hashAt(bytes, found.tick))
    expect(found.tick + found.ticksLost).toBe(100)
    if (tick !== null) expect([found.tick, found.ticksLost]).toEqual([tick, 0])
    else expect(found.tick).toBeGreaterThan(80)
    simulation.free(found.realm)
  }
})

const failingAt = (failing: number): Simulation<Realm> => ({
  ...simulation,
  step: (realm, frame, onPhase) => {
    if (frame.tick === failing) throw new Error('unreachable')
    return simulation.step(realm, frame, onPhase)
  },
})

test('recovery names the tick on which the simulation fails', async () => {
  const path = put(bytes)
  const failed = resumeRecording(directory, 'yard', failingAt(90))
  await expect(failed).rejects.toThrow(ReplayFault)
  await expect(failed).rejects.toMatchObject({ path, tick: 90, message: 'unreachable' })
})

test('recovery from an earlier tick counts the lost ticks', async () => {
  const path = put(bytes)
  const found = resumed(await resumeRecording(directory, 'yard', failingAt(90), { from: { path, tick: 89 } }))
  expect(found).toMatchObject({ tick: 89, hash: hashAt(bytes, 89), ticksReplayed: 9, ticksLost: 11 })
  expect(found.recording.frameBytes(90)).not.toBeNull()
  simulation.free(found.realm)
})

test('a recording of another engine is neither continued nor skipped for an older one', async () => {
  put(bytes, 1)
  put(recordSession({ ...simulation, engine: '0'.repeat(64) }, { ...SESSION, ticks: 5 }), 2)
  const found = await resumeRecording(directory, 'yard', simulation)
  expect(found).toMatchObject({ status: 'other-version', nextEpoch: 3, error: { reason: 'other-engine' } })
})

test('recordings without a usable state never lead to a silent fresh start', async () => {
  put(bytes.subarray(0, 100))
  put(new TextEncoder().encode('something else'), 2)
  const found = await resumeRecording(directory, 'yard', simulation)
  expect(found).toMatchObject({ status: 'unusable', nextEpoch: 3 })
})

test('a replay with other hashes than recorded is reported', async () => {
  put(bytes)
  const drifting: Simulation<Realm> = {
    ...simulation,
    hash: (realm) => (realm.tick === 85 ? '0'.repeat(16) : simulation.hash(realm)),
  }
  const found = resumed(await resumeRecording(directory, 'yard', drifting))
  expect(found).toMatchObject({ tick: 100, divergedAt: 85 })
  simulation.free(found.realm)
})
