import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { DEFAULT_DEFINITION, loadEngine, props, type Command, type InputFrame, type Realm } from '../../sim/index.ts'
import { headerOf, joined, recordSession, recordTick } from '../../test/harness/recording-example.ts'
import { readRecording, RecordingPlayer, RecordingWriter, simulationOf, type Recording } from '../index.ts'
import { collectFacts, factAt, type Fact, type RecordingFacts } from './index.ts'

const simulation = simulationOf(await loadEngine())

function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

const fixture = (name: string): Recording => opened(readFileSync(`fixtures/replays/${name}.owr`))

async function collected(recording: Recording, by: typeof simulation | null = simulation): Promise<RecordingFacts> {
  const facts = await collectFacts(recording, by)
  if (!facts.ok) throw facts.error
  return facts.value
}

const rows = ({ facts }: RecordingFacts): Fact[] => Array.from({ length: facts.count }, (_, i) => factAt(facts, i))
const kindsOf = (facts: RecordingFacts): string[] => rows(facts).map(({ kind }) => kind)

/** Holds after each tick, as the states of a replay have them: element, player and hand. */
async function heldByState(recording: Recording): Promise<string[][]> {
  const player = await RecordingPlayer.open(recording, simulation)
  if (!player.ok) throw player.error
  const held: string[][] = []
  const read = (realm: Realm) =>
    props(realm)
      .filter(({ holder }) => holder !== 0)
      .map(({ id, holder, hand }) => `${id} ${holder} ${hand}`)
  held.push(read(player.value.realm))
  while (!player.value.done) {
    player.value.step()
    held.push(read(player.value.realm))
  }
  player.value.free()
  return held
}

test.each(['drag', 'making', 'things', 'recovered'])(
  'the holds of %s are those that the states of the replay have',
  async (name) => {
    const recording = fixture(name)
    const facts = await collected(recording)
    const { startTick, lastTick } = recording
    expect(facts).toMatchObject({ missing: null, eventsTo: lastTick })
    const expected = await heldByState(recording)
    const actual = expected.map((_, i) =>
      facts.holds
        .filter(({ from, to }) => from <= startTick + i && (to === null || to > startTick + i))
        .map(({ element, player }) => `${element} ${player}`)
        .toSorted(),
    )
    expect(actual).toEqual(expected.map((held) => held.map((one) => one.split(' ').slice(0, 2).join(' ')).toSorted()))
    expect(facts.holds.length).toBeGreaterThan(3)
  },
)

test('players have their names, their stay, and the inputs of each second', async () => {
  const recording = fixture('churn')
  const facts = await collected(recording)
  expect(facts.players).toHaveLength(15)
  let inputs = 0
  for (let tick = recording.startTick + 1; tick <= recording.lastTick; tick++) {
    const frame = recording.frame(tick)
    if (frame.ok) inputs += frame.value.inputs.filter(({ player }) => player !== 0).length
  }
  expect(facts.players.reduce((sum, player) => sum + player.inputs, 0)).toBe(inputs)
  for (const { name, joined: from, left, inputs: own, seconds } of facts.players) {
    expect(name).not.toBe('')
    expect(left === null || left > (from ?? 0)).toBe(true)
    expect(seconds.counts.reduce((sum, count) => sum + count, 0)).toBe(own)
  }
  expect(kindsOf(facts).filter((kind) => kind === 'joined')).toHaveLength(15)
})

test('facts are in the order of ticks, and name elements and reasons', async () => {
  const facts = await collected(fixture('making'))
  const all = rows(facts)
  expect(all.map(({ tick }) => tick)).toEqual(all.map(({ tick }) => tick).toSorted((a, b) => a - b))
  const spawned = all.filter(({ kind }) => kind === 'spawned')
  expect(spawned.length).toBeGreaterThan(0)
  for (const { element, player, tick } of spawned)
    expect(facts.props.find((prop) => prop.element === element)).toMatchObject({ spawned: tick, by: player })
  for (const { detail, about } of all.filter(({ kind }) => kind === 'rejected')) {
    expect(detail).toMatch(/^[a-z-]+$/)
    expect(about).toMatch(/^[a-z]+$/)
  }
  expect(new Set(all.map(({ kind }) => kind))).toContain('released')
})

test('without a replay, joins, inputs and notes are known, and events are said to be missing', async () => {
  const recording = fixture('churn')
  const [all, few] = [await collected(recording), await collected(recording, null)]
  expect(few).toMatchObject({ eventsTo: recording.startTick, missing: 'no replay was made', holds: [] })
  const stays = ({ players }: RecordingFacts) =>
    players.map(({ name, joined: from, left, inputs }) => ({ name, from, left, inputs }))
  expect(stays(few)).toEqual(stays(all))
  const dropped = (facts: RecordingFacts) => rows(facts).filter(({ kind }) => kind === 'dropped')
  expect(dropped(few)).toEqual(dropped(all))
  const other = opened(recordSession({ ...simulation, version: simulation.version + 1 }, { ticks: 10, players: 2 }))
  expect((await collected(other)).missing).toContain('version')
  expect((await collected(other)).players.map(({ name }) => name)).toEqual(['player 1', 'player 2'])
})

test('where the replay differs from the recording, events end with the last equal state', async () => {
  const bytes = recordSession(simulation, { ticks: 240, players: 3 })
  const recording = opened(bytes)
  const offAt = 130
  const sabotaged = {
    ...simulation,
    step: (realm: Realm, frame: InputFrame) =>
      simulation.step(realm, frame.tick === offAt ? { ...frame, inputs: [] } : frame),
  }
  const [facts, whole] = [await collected(recording, sabotaged), await collected(recording)]
  expect(facts.eventsTo).toBe(120)
  expect(facts.missing).toBe('the replay differs from the recording (tick 180)')
  expect(rows(facts).filter(({ tick }) => tick <= 120)).toEqual(rows(whole).filter(({ tick }) => tick <= 120))
  expect(rows(facts).filter(({ tick }) => tick > 120)).toMatchObject([{ kind: 'fault', tick: 180 }])
  expect(facts.players.map(({ inputs }) => inputs)).toEqual(whole.players.map(({ inputs }) => inputs))
  const traps = {
    ...simulation,
    step: (realm: Realm, frame: InputFrame) => {
      if (frame.tick === offAt) throw new Error('unreachable')
      return simulation.step(realm, frame)
    },
  }
  expect((await collected(recording, traps)).missing).toBe('the replay traps: unreachable (tick 130)')
})

/** Records frames and notes on the default realm. */
function recordedWith(frames: readonly Command[][], note: (writer: RecordingWriter, tick: number) => void): Recording {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const parts: Uint8Array[] = []
  const writer = new RecordingWriter(headerOf(simulation, DEFAULT_DEFINITION, realm), (bytes) => parts.push(bytes))
  for (const [i, commands] of frames.entries()) {
    note(writer, i)
    const inputs = commands.map((command, j) => ({ player: 0, sequence: 10 * i + j + 1, command }))
    recordTick(simulation, realm, writer, { tick: i + 1, inputs })
  }
  writer.seal()
  simulation.free(realm)
  return opened(joined(parts))
}

test('notes of the server become lost connections and returns, and remarks', async () => {
  const join = (player: number): Command => ({
    type: 'join',
    player,
    user: player,
    name: `p${player}`,
    body: 0,
    permissions: 7,
  })
  const frames = Array.from({ length: 40 }, (): Command[] => [])
  frames[0] = [join(1), join(2)]
  frames[31] = [{ type: 'leave', player: 2 }]
  const recording = recordedWith(frames, (writer, tick) => {
    const away = (...each: number[][]) => writer.note({ tick, kind: 'otherworld.away', text: JSON.stringify(each) })
    if (tick === 10) away([1, 10], [2, 9])
    if (tick === 20) away([1, 0])
    if (tick === 31) away([2, 0])
    if (tick === 35) writer.note({ tick, kind: 'otherworld.heard', text: '[[1,2,3]]' })
    if (tick === 36) writer.note({ tick, kind: 'otherworld.away', text: 'not rows' })
    if (tick === 37) writer.note({ tick, kind: 'mine', text: 'look here' })
  })
  expect(rows(await collected(recording)).map(({ tick, kind, player }) => `${tick} ${kind} ${player}`)).toEqual([
    '1 joined 1',
    '1 joined 2',
    '9 dropped 2',
    '10 dropped 1',
    '20 reconnected 1',
    '32 left 2',
    '37 note 0',
  ])
})
