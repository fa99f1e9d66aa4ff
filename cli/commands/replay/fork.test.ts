import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { capturedTerminal } from '../../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { recordSession } from '../../../test/harness/recording-example.ts'
import {
  compareRecordings,
  readRecording,
  simulationOf,
  verify,
  type Recording,
  type Simulation,
} from '../../../replay/index.ts'
import { loadEngine, SimulationFault, type Realm } from '../../../sim/index.ts'
import { parseArguments, UsageError } from '../../command.ts'
import { command, runFork } from './fork.ts'

const simulation = simulationOf(await loadEngine())
const directory = temporaryDirectory()
const path = (name: string): string => join(directory, name)
const session = path('session.owr')
writeFileSync(session, recordSession(simulation, { ticks: 240, players: 3, sampleEvery: 30, checkpointEvery: 60 }))

function opened(file: string): Recording {
  const read = readRecording(readFileSync(file))
  if (!read.ok) throw read.error
  return read.value
}

let forks = 0
async function fork(argv: readonly string[], by: Simulation<Realm> = simulation) {
  const out = path(`fork-${forks++}.owr`)
  const { to, said } = capturedTerminal()
  const code = await runFork(parseArguments(command, [session, '--out', out, ...argv]), to, async () => by)
  return { code, said: said.out, out }
}

test('a fork without a player verifies, and the player leaves at its first tick', async () => {
  const { code, said, out } = await fork(['--at', '100', '--without-player', 'Player 2', '--json'])
  const made = opened(out)
  expect(code).toBe(0)
  expect([made.startTick, made.lastTick, made.truncated]).toEqual([99, 240, false])
  const first = made.frame(100)
  expect(first.ok && first.value.inputs[0]).toMatchObject({ player: 0, command: { type: 'leave', player: 2 } })
  const verified = await verify(made, simulation)
  expect(verified.ok && verified.value).toMatchObject({ ok: true, ticksExecuted: 141, samplesCompared: 3 })
  const report = JSON.parse(said) as { moved: { element: number }[] }
  expect(report).toMatchObject({
    schema: 'otherworld/replay-fork/1',
    from: 100,
    to: 240,
    differsFrom: 100,
    fault: null,
  })
  expect(report.moved[0]).toMatchObject({ kind: 'avatar', player: 2, name: 'player 2', actual: null, metres: null })
})

test('the header and a note say what it is a fork of', async () => {
  const { out } = await fork(['--at', '200', '--without-inputs', 'grab, drag'])
  const { header, notes } = opened(out)
  expect(header.recordedBy).toBe('otherworld replay fork')
  expect(header.createdAt).toBe('2026-01-01T00:00:03.317Z')
  expect(notes).toEqual([
    {
      tick: 199,
      kind: 'otherworld.fork',
      text: `a fork of ${header.realm}, epoch 1, segment 1, from tick 200: without inputs of type grab, drag`,
    },
  ])
})

test('a fork without changes is equal to the recording', async () => {
  const { code, said, out } = await fork(['--at', '61', '--to', '130'])
  const compared = await compareRecordings(opened(session), opened(out), simulation)
  expect(compared.ok && compared.value).toMatchObject({ difference: null, inputsTick: null, from: 60, to: 130 })
  expect([code, said]).toEqual([0, expect.stringContaining('No state differs from the recording.')])
})

test('a fork of the first tick starts from genesis, and leaves out a player who joins later', async () => {
  const { out } = await fork(['--at', '1', '--without-player', '3'])
  expect(opened(out).header.start).toBe('genesis')
  const first = opened(out).frame(1)
  expect(first.ok && first.value.inputs.map(({ command: { type } }) => type)).toEqual(['join', 'join'])
})

test('inputs of a file are added, and the report names what moved and by how much', async () => {
  const inputs = path('inputs.jsonl')
  const teleport = { type: 'teleport', player: 1, position: { x: 5, y: 0, z: 5 }, yaw: 0 }
  writeFileSync(inputs, `${JSON.stringify({ tick: 238, player: 0, command: teleport })}\n`)
  const { said } = await fork(['--at', '230', '--inputs', inputs])
  expect(said).toContain('The states differ from tick 238 on')
  expect(said).toMatch(/avatar "player 1" +\d\.\d{3} m from its recorded place/)
})

test.each([
  ['{"tick": 300, "player": 0, "command": {"type": "leave", "player": 1}}', 'the fork has ticks 230 to 240'],
  ['{"tick": 231, "player": 1, "sequence": 99999, "command": null}', 'replaces input 99999 of player 1 at tick 231'],
  ['{"tick": 231, "player": 1, "command": {"type": "grab"}, "x": 1}', 'line 1, field "x"'],
])('the inputs %s are a usage error', async (line, message) => {
  const inputs = path('wrong.jsonl')
  writeFileSync(inputs, line)
  await expect(fork(['--at', '230', '--inputs', inputs])).rejects.toThrow(message)
})

test.each([
  [['--at', '0'], 'whole number from 1'],
  [['--at', '100', '--to', '400'], 'ends with tick 240'],
  [['--at', '100', '--without-player', 'Eve'], 'there are player 1 (1), player 2 (2), player 3 (3)'],
  [['--at', '100', '--without-inputs', 'jump'], '--without-inputs has "jump"; the types are'],
])('%j is a usage error', async (argv, message) => {
  await expect(fork(argv)).rejects.toThrow(UsageError)
  await expect(fork(argv)).rejects.toThrow(message)
})

test('a fork in which the simulation fails says where, and ends with the frame of that tick', async () => {
  const trapping: Simulation<Realm> = {
    ...simulation,
    step: (realm, frame, onPhase) => {
      if (frame.tick === 150 && realm.players.size === 2) throw new SimulationFault(150, 'it trapped')
      return simulation.step(realm, frame, onPhase)
    },
  }
  const { code, said, out } = await fork(['--at', '140', '--without-player', '1'], trapping)
  expect([code, said]).toEqual([1, expect.stringContaining('the simulation fails at tick 150: it trapped')])
  expect([opened(out).lastTick, opened(out).truncated]).toEqual([149, true])
})

test('a player whom an added join brings in has a name in the report', async () => {
  const changes = path('join.jsonl')
  const added = { type: 'join', player: 9, user: 9, name: 'Ann', body: 0, permissions: 7 }
  writeFileSync(changes, `${JSON.stringify({ tick: 100, player: 0, command: added })}\n`)
  const { said } = await fork(['--at', '100', '--inputs', changes])
  expect(said).toMatch(/avatar "Ann" +only in the fork/)
})

test('a file that exists is refused before the work', async () => {
  const args = parseArguments(command, [session, '--at', '100', '--out', session])
  const never = () => Promise.reject(new Error('nothing has to be replayed'))
  await expect(runFork(args, capturedTerminal().to, never)).rejects.toThrow(
    'exists already; name another file for --out',
  )
})
