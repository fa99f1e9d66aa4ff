import { expect, test } from 'vitest'
import { loadEngine, type SimEvent } from '../../sim/index.ts'
import { simulationOf } from '../simulation.ts'
import { readRecording } from '../read.ts'
import { RecordingPlayer } from '../player.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { momentOf } from './moment.ts'
import { parsePredicate } from './predicate.ts'

const simulation = simulationOf(await loadEngine())
const recording = readRecording(recordSession(simulation, { ticks: 30, players: 2 }))
if (!recording.ok) throw recording.error
const player = await RecordingPlayer.open(recording.value, simulation)
if (!player.ok) throw player.error
await player.value.seek(30)
const { realm } = player.value
const EVENTS: readonly SimEvent[] = [
  { type: 'rejected', player: 2, sequence: 7, command: 'grab', reason: 'out-of-reach' },
  { type: 'spawned', player: 1, sequence: 8, element: 14 },
]

test.each([
  ['event rejected', true],
  ['event rejected reason=out-of-reach player=2', true],
  ['event rejected reason=hand-full', false],
  ['event spawned element=14 and event rejected command=grab', true],
  ['event left or event spawned', true],
  ['not event left', true],
  ['not (event left or event spawned)', false],
  ['realm tick = 30', true],
  ['realm tick > 30', false],
  ['any avatar player = 2', true],
  ['player "Player 1" exists', true],
  ['player 2 position.y > -1', true],
  ['player Eve missing', true],
  ['element 0 exists', true],
  ['element 4000 exists', false],
  ['element 4000 position.y < 0', false],
  ['any element speed > 1000', false],
  ['any avatar speed >= 0', true],
  ['any prop name = nothing', false],
])('%s is %s', (text, holds) => {
  const predicate = parsePredicate(text)
  expect(predicate.kind === 'moment' && predicate.holds(momentOf(simulation, realm, 30, EVENTS))).toBe(holds)
})

test('fault and divergence are words of their own', () => {
  expect([parsePredicate('fault').kind, parsePredicate(' divergence ').kind]).toEqual(['fault', 'divergence'])
})

test.each([
  ['', 'a condition is missing, at character 1'],
  ['event flew', '"flew" is no event; the events are joined'],
  ['element x position.y < 0', '"x" is not a number, at character 8'],
  ['element 14 position.y', 'a comparison is missing'],
  ['element 14 position.y < ', 'a value is missing'],
  ['any thing speed > 5', '"any thing" is unknown'],
  ['crate position.y < 0', 'a condition begins with event, element'],
  ['(event left', 'a ) is missing'],
  ['event left event left', '"event" was not expected'],
  ['player "Ann', 'a quote is not closed'],
])('%j is refused with its place', (text, message) => {
  expect(() => parsePredicate(text)).toThrow(message)
})
