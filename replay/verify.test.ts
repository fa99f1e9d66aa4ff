import { expect, test } from 'vitest'
import { loadEngine, type InputFrame, type Realm } from '../sim/index.ts'
import { recordSession } from '../test/harness/recording-example.ts'
import {
  RecordingPlayer,
  readRecording,
  simulationOf,
  verify,
  type Recording,
  type Simulation,
  type Verification,
} from './index.ts'

const simulation = simulationOf(await loadEngine())
const session = recordSession(simulation, { ticks: 240, players: 4, sampleEvery: 30, checkpointEvery: 100 })

function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

async function verified<R>(bytes: Uint8Array, by: Simulation<R>): Promise<Verification> {
  const result = await verify(opened(bytes), by)
  if (!result.ok) throw result.error
  return result.value
}

test('a recorded session replays to its hashes, samples and checkpoints', async () => {
  const result = await verified(session, simulation)
  expect(result).toMatchObject({
    ok: true,
    ticksExecuted: 240,
    hashesCompared: 240,
    samplesCompared: 8,
    checkpointsCompared: 2,
    truncated: false,
    firstDivergence: null,
  })
  expect(result.realTimeFactor).toBeGreaterThan(0)
})

test('a player that seeks arrives at the recorded states', async () => {
  const recording = opened(session)
  const player = await RecordingPlayer.open(recording, simulation, 150)
  if (!player.ok) throw player.error
  expect(player.value.tick).toBe(100)
  for (const tick of [170, 30, 240, 200, 201, 0]) {
    expect((await player.value.seek(tick)).ok).toBe(true)
    expect(player.value.tick).toBe(tick)
    expect(simulation.hash(player.value.realm)).toBe(recording.hash(tick))
  }
  player.value.free()
})

/** The simulation with another step. */
const sabotaged = (step: Simulation<Realm>['step']): Simulation<Realm> => ({ ...simulation, step })

test('an input altered in one frame is detected at that tick', async () => {
  const altered = (frame: InputFrame): InputFrame => ({
    ...frame,
    inputs: frame.inputs.map((input) =>
      input.command.type === 'move'
        ? { ...input, command: { ...input.command, yaw: input.command.yaw + 0.01 } }
        : input,
    ),
  })
  const tick = Array.from({ length: 100 }, (_, i) => i + 101).find((at) => {
    const frame = opened(session).frame(at)
    return frame.ok && frame.value.inputs.some(({ command }) => command.type === 'move')
  })
  const result = await verified(
    session,
    sabotaged((realm, frame, onPhase) => simulation.step(realm, frame.tick === tick ? altered(frame) : frame, onPhase)),
  )
  expect(result.ok).toBe(false)
  expect(result.firstDivergence?.tick).toBe(tick)
})

test('a divergence in a tick with phase hashes names its phase', async () => {
  const nudged = sabotaged((realm, frame, onPhase) =>
    simulation.step(realm, frame, (phase) => {
      if (frame.tick === 120 && phase === 'locomotion')
        for (const avatar of realm.avatars.values()) avatar.velocity = { ...avatar.velocity, x: avatar.velocity.x + 1 }
      onPhase?.(phase)
    }),
  )
  expect((await verified(session, nudged)).firstDivergence).toMatchObject({
    tick: 120,
    kind: 'phase',
    phase: 'locomotion',
  })
})

test('gravity that differs in the last bit of a 32-bit float is detected', async () => {
  const heavier: Simulation<Realm> = {
    ...simulation,
    genesis: (definition) => {
      const bits = new Uint32Array(Float32Array.of(definition.gravity.y).buffer)
      bits[0] = (bits[0] ?? 0) + 1
      return simulation.genesis({
        ...definition,
        gravity: { ...definition.gravity, y: new Float32Array(bits.buffer)[0] ?? 0 },
      })
    },
  }
  const result = await verified(session, heavier)
  expect(result.ok).toBe(false)
  expect(result.firstDivergence?.tick).toBeLessThanOrEqual(100)
})

test('a nondeterministic simulation is detected', async () => {
  let steps = 0
  const drifting = sabotaged((realm, frame, onPhase) => {
    const events = simulation.step(realm, frame, onPhase)
    if (++steps === 77)
      for (const avatar of realm.avatars.values())
        avatar.position = { ...avatar.position, x: avatar.position.x + 1e-6 * (1 + Math.random()) + 1e-3 }
    return events
  })
  expect((await verified(session, drifting)).firstDivergence).toMatchObject({ tick: 77, kind: 'hash' })
})

test('a different start is detected before the first tick', async () => {
  const reseeded: Simulation<Realm> = {
    ...simulation,
    genesis: (definition) => simulation.genesis({ ...definition, seed: definition.seed + 1 }),
  }
  expect((await verified(session, reseeded)).firstDivergence).toMatchObject({ tick: 0, kind: 'start' })
})

test('a checkpoint that restores to another state is detected', async () => {
  const forgetful: Simulation<Realm> = { ...simulation, restore: (definition) => simulation.genesis(definition) }
  expect((await verified(session, forgetful)).firstDivergence).toMatchObject({ tick: 100, kind: 'checkpoint' })
})

test('a trap is a divergence at its tick, not an exception', async () => {
  const trapping = sabotaged((realm, frame, onPhase) => {
    if (frame.tick === 50) throw new Error('unreachable')
    return simulation.step(realm, frame, onPhase)
  })
  expect((await verified(session, trapping)).firstDivergence).toMatchObject({ tick: 50, kind: 'fault' })
})

test('another engine and another simulation version are refused with their own errors', async () => {
  const recording = opened(session)
  const byEngine = await verify(recording, { ...simulation, engine: '0'.repeat(64) })
  const byVersion = await verify(recording, { ...simulation, version: simulation.version + 1 })
  expect([byEngine, byVersion].map((result) => !result.ok && result.error.reason)).toEqual([
    'other-engine',
    'other-sim',
  ])
})

test('an aborted verification is marked and not ok', async () => {
  const result = await verify(opened(session), simulation, { signal: AbortSignal.abort() })
  expect(result.ok && result.value).toMatchObject({ ok: false, aborted: true, ticksExecuted: 0, firstDivergence: null })
})

test('a checkpoint whose state cannot be hashed is a divergence, and its realm is freed', async () => {
  const restored = new Set<Realm>()
  const freed: Realm[] = []
  const unhashable: Simulation<Realm> = {
    ...simulation,
    restore: (definition, bytes) => {
      const realm = simulation.restore(definition, bytes)
      restored.add(realm)
      return realm
    },
    hash: (realm) => {
      if (restored.has(realm)) throw new Error('unreachable')
      return simulation.hash(realm)
    },
    free: (realm) => {
      freed.push(realm)
      simulation.free(realm)
    },
  }
  expect((await verified(session, unhashable)).firstDivergence).toMatchObject({ tick: 100, kind: 'checkpoint' })
  expect(freed).toEqual(expect.arrayContaining([...restored]))
  expect(restored.size).toBe(1)
})
