import { expect, test } from 'vitest'
import { loadEngine, type Input, type Realm } from '../sim/index.ts'
import { recordSession, sessionFrames, type SessionOptions } from '../test/harness/recording-example.ts'
import {
  clipRecording,
  compareRecordings,
  compareReplay,
  readRecording,
  simulationOf,
  type Recording,
  type RecordingError,
  type Comparison,
  type RunDifference,
  type Simulation,
} from './index.ts'

const simulation = simulationOf(await loadEngine())
const OPTIONS: SessionOptions = { ticks: 240, players: 4, sampleEvery: 30, checkpointEvery: 100 }

function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

/** The last bit of a 32-bit float flipped. */
function flipped(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  bits[0] = (bits[0] ?? 0) ^ 1
  return new Float32Array(bits.buffer)[0] ?? 0
}

/** A build that flips one bit of the position of player 2 in one phase of one tick. */
const planted = (tick: number, at: string): Simulation<Realm> => ({
  ...simulation,
  step: (realm, frame, onPhase) =>
    simulation.step(realm, frame, (phase) => {
      const avatar = [...realm.avatars.values()].find(({ player }) => player === 2)
      if (frame.tick === tick && phase === at && avatar)
        avatar.position = { ...avatar.position, x: flipped(avatar.position.x) }
      onPhase?.(phase)
    }),
})

const session = opened(recordSession(simulation, OPTIONS))
/** Player 2's avatar: plane, marker and the realm's props come before. */
const avatarOf2 = [...avatarIds(simulation)][1] ?? 0

function avatarIds({ genesis, step, free }: Simulation<Realm>): number[] {
  const realm = genesis((session.header as unknown as { definition: Parameters<typeof genesis>[0] }).definition)
  step(realm, sessionFrames(OPTIONS)[0] ?? expect.fail('no frame'))
  const ids = [...realm.avatars.keys()]
  free(realm)
  return ids
}

type Compared = Promise<{ ok: true; value: Comparison } | { ok: false; error: RecordingError }>

async function compared(result: Compared): Promise<Comparison> {
  const done = await result
  if (!done.ok) throw done.error
  return done.value
}

const found = async (result: Compared): Promise<RunDifference | null> => (await compared(result)).difference

test('two recordings of the same run are the same', async () => {
  expect(await found(compareRecordings(session, opened(recordSession(simulation, OPTIONS)), simulation))).toBeNull()
})

test('other inputs are named with their tick, and the states with phase and field', async () => {
  const isMoveOf2 = ({ player, command }: Input): boolean => player === 2 && command.type === 'move'
  const frames = sessionFrames(OPTIONS)
  const at = frames.find(({ tick, inputs }) => tick > 70 && inputs.some(isMoveOf2))?.tick ?? expect.fail('no move')
  const without = frames.map((frame) =>
    frame.tick === at ? { ...frame, inputs: frame.inputs.filter((input) => !isMoveOf2(input)) } : frame,
  )
  const other = opened(recordSession(simulation, { ...OPTIONS, frames: without }))
  const { difference, inputsTick } = await compared(compareRecordings(session, other, simulation))
  expect(inputsTick).toBe(at)
  expect(difference).toMatchObject({ tick: at, fieldsTick: at, phase: 'inputs', element: avatarOf2 })
  expect(difference?.differences.map(({ field }) => field)).toContain('moveSequence')
  expect(difference?.inputs.expected.length).toBe((difference?.inputs.actual.length ?? 0) + 1)
})

test.each([
  ['a tick with phase hashes', 120, 120, 'holds'],
  ['a tick without phase hashes', 133, 133, null],
])(
  'a bit that another build flipped in %s is found, and its field at the next checkpoint',
  async (_where, at, tick, phase) => {
    const other = opened(recordSession(planted(at, 'holds'), OPTIONS))
    expect(await found(compareRecordings(session, other, simulation))).toMatchObject({
      tick,
      phase,
      element: avatarOf2,
      fieldsTick: 200,
    })
    expect(await found(compareReplay(other, simulation))).toMatchObject({
      tick,
      phase,
      element: avatarOf2,
      fieldsTick: 200,
    })
  },
)

test('a bit that a build flips while it replays is found with its phase and field', async () => {
  const build = planted(120, 'holds')
  const difference = await found(compareReplay(session, build))
  expect(difference).toMatchObject({ tick: 120, phase: 'holds', element: avatarOf2 })
})

test('a bit flipped in the last tick of a checkpoint is compared in that tick', async () => {
  const other = opened(recordSession(planted(200, 'physics'), OPTIONS))
  const difference = await found(compareReplay(other, simulation))
  expect(difference).toMatchObject({ tick: 200, fieldsTick: 200, element: avatarOf2, field: 'position.x' })
  expect(difference?.differences).toHaveLength(1)
  expect(Object.is(difference?.expected, flipped(Number(difference?.actual)))).toBe(true)
})

test('a replay that traps differs at that tick, without fields', async () => {
  const trapping: Simulation<Realm> = {
    ...simulation,
    step: (realm, frame, onPhase) => {
      if (frame.tick === 50) throw new Error('unreachable')
      return simulation.step(realm, frame, onPhase)
    },
  }
  expect(await found(compareReplay(session, trapping))).toMatchObject({
    tick: 50,
    phase: null,
    fieldsTick: null,
    trap: 'tick 50 could not be replayed: unreachable',
  })
})

async function clipOf(from: number, to: number): Promise<Recording> {
  const clipped = await clipRecording(session, simulation, { from, to })
  if (!clipped.ok) throw clipped.error
  return opened(clipped.value)
}

test('recordings without a common tick cannot be compared', async () => {
  const result = await compareRecordings(await clipOf(10, 20), await clipOf(100, 110), simulation)
  expect(result).toMatchObject({
    ok: false,
    error: {
      reason: 'no-common-tick',
      message: 'the recordings have no tick in common: one has ticks 10 to 20, the other ticks 100 to 110',
    },
  })
})

test('a clip is compared with its original in the ticks that both have', async () => {
  expect(await found(compareRecordings(await clipOf(10, 120), session, simulation))).toBeNull()
})

test('inputs that differ without an effect are named', async () => {
  const idle: Input = { player: 99, sequence: 1, command: { type: 'release', hand: 0 } }
  const frames = sessionFrames(OPTIONS).map((frame) =>
    frame.tick === 60 ? { ...frame, inputs: [...frame.inputs, idle] } : frame,
  )
  const other = opened(recordSession(simulation, { ...OPTIONS, frames }))
  expect(await compared(compareRecordings(session, other, simulation))).toEqual({
    from: 0,
    to: 240,
    inputsTick: 60,
    difference: null,
  })
})

test('states that are equal again at the next checkpoint give no field, and no false reason', async () => {
  const passing: Simulation<Realm> = {
    ...simulation,
    hash: (realm) => (realm.tick === 133 ? 'f'.repeat(16) : simulation.hash(realm)),
  }
  const other = opened(recordSession(passing, OPTIONS))
  expect(await found(compareReplay(other, simulation))).toMatchObject({ tick: 133, field: null, fieldsTick: null })
})

test('if only one recorded hash is wrong, the next tick is equal again', async () => {
  const flippedHash = (realm: Realm): string => {
    const hash = simulation.hash(realm)
    return realm.tick === 133 ? `${hash.slice(0, -1)}${(parseInt(hash.slice(-1), 16) ^ 1).toString(16)}` : hash
  }
  const other = opened(recordSession({ ...simulation, hash: flippedHash }, OPTIONS))
  const onlyThisTick = { kind: 'run', tick: 133, equalAgainTick: 134, phase: null, field: null, fieldsTick: null }
  expect(await found(compareReplay(other, simulation))).toMatchObject(onlyThisTick)
  expect(await found(compareRecordings(session, other, simulation))).toMatchObject(onlyThisTick)
  expect(await found(compareReplay(opened(recordSession(planted(133, 'holds'), OPTIONS)), simulation))).toMatchObject({
    tick: 133,
    equalAgainTick: null,
  })
})

test('a bit flipped in a checkpoint is named with element and field, and the run is not blamed', async () => {
  const checkpoint = (realm: Realm): Uint8Array => {
    const avatar = realm.avatars.get(avatarOf2) ?? expect.fail('no avatar')
    const { position } = avatar
    if (realm.tick === 200) avatar.position = { ...position, x: flipped(position.x) }
    const bytes = simulation.checkpoint(realm)
    avatar.position = position
    return bytes
  }
  const other = opened(recordSession({ ...simulation, checkpoint }, OPTIONS))
  const difference = await found(compareReplay(other, simulation))
  expect(difference).toMatchObject({ kind: 'checkpoint', tick: 200, element: avatarOf2, field: 'position.x' })
  expect(difference?.differences).toHaveLength(1)
  expect(Object.is(difference?.expected, flipped(Number(difference?.actual)))).toBe(true)
})

test('a checkpoint that cannot be restored is an error of the recording', async () => {
  const unable = (): Realm => {
    throw new Error('unreachable')
  }
  const result = await compareReplay(session, { ...simulation, restore: unable })
  expect(!result.ok && result.error).toMatchObject({
    reason: 'diverged',
    message: 'the checkpoint of tick 100 cannot be restored: unreachable',
  })
})

test('two recordings are compared in a range of ticks', async () => {
  const other = opened(recordSession(planted(120, 'holds'), OPTIONS))
  expect(await found(compareRecordings(session, other, simulation, { to: 119 }))).toBeNull()
  expect(await found(compareRecordings(session, other, simulation, { from: 130 }))).toMatchObject({ tick: 130 })
  expect(await compareRecordings(session, other, simulation, { from: 900 })).toMatchObject({
    ok: false,
    error: { message: expect.stringContaining('no tick in common in the given range') },
  })
})

test('a recording of another version is not compared', async () => {
  const newer = opened(recordSession({ ...simulation, version: simulation.version + 1 }, { ticks: 5, players: 1 }))
  const result = await compareRecordings(session, newer, simulation)
  expect(!result.ok && result.error.reason).toBe('other-sim')
})
