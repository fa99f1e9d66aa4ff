import { readFileSync } from 'node:fs'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { decodeFrame } from '../../../protocol/index.ts'
import { readRecording, simulationOf, verify, type Recording } from '../../../replay/index.ts'
import {
  DEFAULT_DEFINITION,
  free,
  loadEngine,
  step,
  type Command,
  type Engine,
  type Input,
  type InputFrame,
  type PropSpec,
  type Realm,
} from '../../../sim/index.ts'
import {
  findRecoveryPlan,
  listRecordings,
  recoverable,
  runAttempt,
  type RecoveryPlan,
  type RecoverableSimulation,
} from '../../../storage/recordings/index.ts'
import { Champion } from '../recorder/recorder.ts'
import { runTicks } from '../recorder/recorder.fixture.ts'

let engine: Engine
let recordings = ''
let notes: string[] = []
beforeAll(async () => {
  engine = await loadEngine()
})
beforeEach(() => {
  recordings = temporaryDirectory()
  notes = []
})

const START = { definition: DEFAULT_DEFINITION, keepBytes: 1e9, recordedBy: 'test' }

const open = (): Promise<Champion> =>
  Champion.open({ engine, start: { ...START, recordings }, note: (text) => notes.push(text) })

function opened(path: string): Recording {
  const read = readRecording(readFileSync(path))
  if (!read.ok) throw read.error
  return read.value
}

function decoded(bytes: Uint8Array): readonly Input[] {
  const frame = decodeFrame(bytes)
  return frame.ok ? frame.value.inputs : []
}

/** The simulation with a fault: its step throws if `fails` returns true for the resulting state. */
function failing(fails: (realm: Realm, frame: InputFrame) => boolean): RecoverableSimulation<Realm> {
  const real = recoverable(engine)
  return {
    ...real,
    step: (realm, frame, onPhase) => {
      const events = real.step(realm, frame, onPhase)
      if (fails(realm, frame)) throw new Error('unreachable')
      return events
    },
  }
}

/** Does what the main thread does after a realm's worker has died, with the attempts in this thread. */
async function reopen(
  simulation: RecoverableSimulation<Realm>,
): Promise<{ readonly champion: Champion; readonly plan: RecoveryPlan }> {
  const paths = (await listRecordings(recordings, DEFAULT_DEFINITION.id)).map(({ path }) => path)
  const found = await findRecoveryPlan(paths, { run: (attempt) => runAttempt(attempt, simulation) })
  if (found.type !== 'plan') throw new Error(found.type)
  return {
    plan: found.plan,
    champion: await Champion.open({
      engine,
      simulation,
      start: { ...START, recordings, plan: found.plan },
      note: (text) => notes.push(text),
    }),
  }
}

const joins = (...players: readonly number[]): readonly (readonly [number, Command])[] =>
  players.map((player) => [
    0,
    { type: 'join', player, user: player + 100, name: `player ${player}`, body: 0, permissions: 7 },
  ])

function spawnOf(name: string, x: number): Command {
  const prop: PropSpec = {
    name,
    motion: 'dynamic',
    density: 100,
    friction: 0.5,
    restitution: 0.1,
    color: 0,
    colliders: [
      { shape: { type: 'sphere', radius: 0.25 }, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
    ],
  }
  return {
    type: 'spawn',
    prop,
    position: { x, y: 2, z: -6 },
    rotation: { x: 0, y: 0, z: 0, w: 1 },
    scale: 1,
    access: 0,
    owner: 0,
  }
}

/** All props and avatars: name, owner, and position. */
const restingProps = (realm: Realm): readonly string[] =>
  Array.from(realm.props.values(), ({ spec, owner, motion }) => `${spec.name} of ${owner} at ${[...motion].join(' ')}`)

test('inputs on which the simulation fails count as received, and their senders get a rejection', async () => {
  const first = await open()
  runTicks(first, 1, () => joins(4))
  first.frame({ tick: 2, inputs: [{ player: 4, sequence: 20, command: { type: 'despawn', element: 99 } }] })

  const { champion: second, plan } = await reopen(
    failing((_, frame) => frame.inputs.some(({ sequence }) => sequence === 20)),
  )
  expect(plan).toMatchObject({ leavesOut: true, props: [], players: [], attempts: 3 })
  expect(second.realm.tick).toBe(1)
  expect(notes.join('\n')).toContain('they are left out, and the recording keeps them in quarantine')
  expect(second.sequences.all.get(4)).toEqual({ sequence: 20, ackCommand: 20 })
  expect(second.undelivered.of(4)).toEqual([{ type: 'commandRejected', sequence: 20, reason: 'quarantined', tick: 2 }])
  await second.close()
  await first.close()
  free(first.realm)
  free(second.realm)

  // The numbers are in the new recording too.
  const third = await open()
  expect(third.sequences.all.get(4)).toEqual({ sequence: 20, ackCommand: 20 })
  await third.close()
  free(third.realm)
})

test('a prop on which the simulation fails is quarantined and its owner notified; all else stays bit by bit', async () => {
  const first = await open()
  runTicks(first, 1, () => joins(4, 5))
  runTicks(first, 1, () => [
    [4, spawnOf('good', -2)],
    [4, spawnOf('better', 0)],
    [5, spawnOf('cursed', 2)],
    [5, spawnOf('harmless', 4)],
  ])
  runTicks(first, 30)
  const before = restingProps(first.realm)
  const cursed = [...first.realm.props.values()].find(({ spec }) => spec.name === 'cursed')
  // What a player sent in that very tick is still carried out.
  first.frame({ tick: 33, inputs: [{ player: 4, sequence: 330, command: { type: 'despawn', element: 9_999 } }] })

  const { champion: second, plan } = await reopen(
    failing((realm) => realm.tick > 32 && [...realm.props.values()].some(({ spec }) => spec.name === 'cursed')),
  )
  expect(plan).toMatchObject({ tick: 32, leavesOut: false, props: [cursed?.id], players: [], goesBack: false })
  expect(second.realm.tick).toBe(33)
  expect(second.undelivered.of(4).at(-1)).toEqual({
    type: 'commandRejected',
    sequence: 330,
    reason: 'unknown-element',
    tick: 33,
  })
  step(first.realm, { tick: 33, inputs: [] })
  const expected = restingProps(first.realm).filter((line) => !line.startsWith('cursed'))
  expect(restingProps(second.realm)).toEqual(expected)
  expect(before).toHaveLength(expected.length + 1)
  expect(notes.join('\n')).toMatch(/prop \d+ \("cursed"\) of user 105 is removed/)
  runTicks(second, 5)
  await second.close()

  const recording = opened(second.path)
  expect(recording.quarantined.map(({ tick, reason, frame }) => ({ tick, reason, inputs: decoded(frame) }))).toEqual([
    {
      tick: 33,
      reason: expect.stringContaining('("cursed") of user 105: unreachable'),
      inputs: [
        {
          player: 0,
          sequence: 1,
          command: expect.objectContaining({
            type: 'spawn',
            owner: 105,
            prop: expect.objectContaining({ name: 'cursed' }),
          }),
        },
      ],
    },
  ])
  const verified = await verify(recording, simulationOf(engine))
  expect(verified.ok && verified.value.firstDivergence).toBeNull()

  // Its owner has not returned yet, so the next recording still has it.
  const third = await open()
  expect(third.removalNotices.deliver(104)).toEqual([])
  expect(third.removalNotices.deliver(105)).toEqual([
    expect.stringContaining('Your "cursed" was taken out of the realm'),
  ])
  expect(third.removalNotices.deliver(105)).toEqual([])
  // Once is enough, even if it crashes then.
  const fourth = await open()
  expect(fourth.removalNotices.deliver(105)).toEqual([])
  for (const champion of [fourth, third, first]) await champion.close()
  for (const { realm } of [first, second, third, fourth]) free(realm)
})

test('an avatar on which the simulation fails is removed, and its player notified', async () => {
  const first = await open()
  runTicks(first, 20, (tick) => (tick === 1 ? joins(4, 5) : []))
  const { champion: second, plan } = await reopen(failing((realm) => realm.tick > 20 && realm.players.has(5)))
  expect(plan).toMatchObject({ players: [5], leavesOut: false })
  expect([...second.realm.players.keys()]).toEqual([4])
  expect(second.removalNotices.deliver(105)).toEqual([expect.stringContaining('Your avatar was taken out')])
  for (const champion of [second, first]) {
    await champion.close()
    free(champion.realm)
  }
})

test('a realm that has to go back rejects the commands since then and notifies everyone', async () => {
  const first = await open()
  runTicks(first, 200, (tick) => (tick === 1 ? joins(4) : tick === 190 ? [[4, spawnOf('late', 0)]] : []))
  const { champion: second, plan } = await reopen(failing((realm) => realm.tick > 150))
  expect(plan).toMatchObject({ goesBack: true, tick: 90 })
  expect(second.realm.tick).toBe(90)
  expect(second.sequences.all.get(4)).toEqual({ sequence: 1_900, ackCommand: 1_900 })
  expect(second.undelivered.of(4)).toEqual([
    { type: 'commandRejected', sequence: 1_900, reason: 'quarantined', tick: 190 },
  ])
  expect(second.removalNotices.deliver(104)).toEqual([expect.stringContaining('go back to an earlier moment')])
  for (const champion of [second, first]) {
    await champion.close()
    free(champion.realm)
  }
})
