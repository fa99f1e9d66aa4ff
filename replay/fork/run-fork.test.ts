import { expect, test } from 'vitest'
import { loadEngine, SimulationFault, type Realm } from '../../sim/index.ts'
import { joined, recordSession, sessionFrames } from '../../test/harness/recording-example.ts'
import { readRecording, sealRecording, simulationOf, type Recording, type Simulation } from '../index.ts'
import { ForkRunner, lastForkTick } from './run-fork.ts'

const simulation = simulationOf(await loadEngine())

function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

const session = opened(recordSession(simulation, { ticks: 120, players: 3, checkpointEvery: 50 }))

async function runnerAt<R>(from: number, by: Simulation<R>, recording = session): Promise<ForkRunner<R>> {
  const runner = await ForkRunner.open(recording, by, from)
  if (!runner.ok) throw runner.error
  return runner.value
}

test.each([0, 30, 50, 77])('without edits, every run from tick %i gives the recorded hashes', async (from) => {
  const runner = await runnerAt(from, simulation)
  for (const _ of [1, 2]) {
    const ended = runner.run({ to: 120 }, ({ tick, realm }) => {
      expect(simulation.hash(realm)).toBe(session.hash(tick))
    })
    expect(ended).toEqual({ ok: true, value: { kind: 'end', tick: 120 } })
  }
})

test('a run that continues from a state of another run gives the recorded hashes', async () => {
  const runner = await runnerAt(60, simulation)
  let from: { tick: number; bytes: Uint8Array } = { tick: 0, bytes: new Uint8Array() }
  runner.run({ to: 80 }, ({ tick, realm }) => {
    if (tick === 70) from = { tick, bytes: simulation.checkpoint(realm) }
  })
  const seen: number[] = []
  for (const run of [
    runner.run.bind(runner, { to: 120, from }),
    runner.startingFrom(from).run.bind(runner.startingFrom(from), { to: 120 }),
  ])
    run(({ tick, realm }) => {
      seen.push(tick)
      expect(simulation.hash(realm)).toBe(session.hash(tick))
    })
  expect([seen.length, seen[0], seen.at(-1)]).toEqual([100, 71, 120])
})

test('edited inputs are stepped instead of the recorded ones', async () => {
  const runner = await runnerAt(60, simulation)
  const seen: number[] = []
  runner.run({ to: 70, edit: (_tick, inputs) => inputs.filter(({ player }) => player !== 2) }, ({ frame }) => {
    seen.push(...frame.inputs.map(({ player }) => player))
  })
  expect(seen).toContain(1)
  expect(seen).not.toContain(2)
})

test('a runner after an edited tick starts from the edited state', async () => {
  const runner = await runnerAt(60, simulation)
  const leave = { player: 0, sequence: 900, command: { type: 'leave', player: 2 } } as const
  const after = runner.after(61, (tick, inputs) => (tick === 61 ? [leave, ...inputs] : inputs))
  expect(after.ok && after.value.withStart((realm) => [realm.tick, [...realm.players.keys()]])).toEqual([61, [1, 3]])
})

test('every realm of a run is freed, also after a fault and after an exception of the visitor', async () => {
  let realms = 0
  const counting: Simulation<Realm> = {
    ...simulation,
    genesis: (definition) => (realms++, simulation.genesis(definition)),
    restore: (definition, bytes) => (realms++, simulation.restore(definition, bytes)),
    step: (realm, frame, onPhase) => {
      if (frame.tick === 90) throw new SimulationFault(90, 'it trapped')
      return simulation.step(realm, frame, onPhase)
    },
    free: (realm) => (realms--, simulation.free(realm)),
  }
  const runner = await runnerAt(70, counting)
  const ended = runner.run({ to: 120 })
  expect(ended.ok && ended.value).toMatchObject({ kind: 'fault', tick: 90 })
  expect(runner.run({ to: 120 }, ({ tick }) => tick === 80)).toEqual({ ok: true, value: { kind: 'stopped', tick: 80 } })
  expect(() =>
    runner.run({ to: 120 }, () => {
      throw new Error('stop')
    }),
  ).toThrow('stop')
  expect(realms).toBe(0)
})

/** The file of a session whose step of tick 40 fails. */
function failing(): Uint8Array {
  const parts: Uint8Array[] = []
  const trapping: Simulation<Realm> = {
    ...simulation,
    step: (realm, frame, onPhase) => {
      if (frame.tick === 40) throw new SimulationFault(40, 'it trapped')
      return simulation.step(realm, frame, onPhase)
    },
  }
  const record = (): unknown =>
    recordSession(trapping, { ticks: 40, players: 2, onWrite: (bytes) => parts.push(bytes) })
  expect(record).toThrow('it trapped')
  return joined(parts)
}

test('a frame whose step did not end can be stepped, also after the file was sealed', async () => {
  const torn = failing()
  const seal = sealRecording(torn, 'it trapped')
  if (!seal.ok || !seal.value) throw new Error('it is sealed already')
  const sealed = joined([torn.subarray(0, seal.value.keepBytes), seal.value.append])
  for (const recording of [opened(torn), opened(sealed)]) {
    expect([recording.lastTick, lastForkTick(recording)]).toEqual([39, 40])
    const seen: number[] = []
    const runner = await runnerAt(30, simulation, recording)
    runner.run({ to: lastForkTick(recording) }, ({ tick, frame }) => {
      if (tick === 40) seen.push(frame.inputs.length)
    })
    expect(seen).toEqual([sessionFrames({ ticks: 40, players: 2 })[39]?.inputs.length])
  }
})
