import { expect, test } from 'vitest'
import { loadEngine, type SimEvent } from '../../sim/index.ts'
import { simulationOf } from '../simulation.ts'
import { readRecording } from '../read.ts'
import { RecordingPlayer } from '../player/recording-player.ts'
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
  ['player 2 position.y > -1e3', true],
  ['player 2 position.y > 1E-3', true],
  ['player 2 position.y > 1e+3', false],
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
  ['player "Ann', 'a double quote is not closed'],
  ['player Ann Lee exists', 'Put names with spaces in double quotes'],
  ['player Ann Lee position.y < 0', 'Put names with spaces in double quotes'],
  ['event rejectd', '"rejectd" is no event; did you mean "rejected"?'],
  ['event rejected reason=out-of-reech', '"out-of-reech" is no reason; did you mean "out-of-reach"?'],
  ['event rejected command=jump', '"jump" is no command; each command is one of'],
  ['event rejected comand=grab', '"rejected" has no field "comand"; did you mean "command"?; its fields are player'],
  ['event rejected player=Ann', '"Ann" is no player: it is a number'],
  ['event thawed player=1', '"thawed" has no field "player"; its fields are element'],
])('%j is refused with its place', (text, message) => {
  expect(() => parsePredicate(text)).toThrow(message)
})

/** The words that a condition has not found in the state. */
function unknown(text: string): unknown {
  const predicate = parsePredicate(text)
  if (predicate.kind !== 'moment') return null
  predicate.holds(momentOf(simulation, realm, 30, EVENTS))
  return predicate.unknownWords?.().map(({ what, word }) => `${what} ${word}`)
}

test('fields, players, props and elements that are not there are known as such, with those that are', () => {
  expect(unknown('any prop postion.y < 0')).toEqual(['field postion.y'])
  expect(unknown('player Eve exists')).toEqual(['player Eve'])
  expect(unknown('prop "no such" missing')).toEqual(['prop no such'])
  expect(unknown('element 4000 position.y < 0')).toEqual(['element 4000'])
  expect(unknown('player "player 1" position.y > -1')).toEqual([])
  const predicate = parsePredicate('player Eve exists')
  if (predicate.kind !== 'moment') throw new Error('it is a condition on moments')
  predicate.holds(momentOf(simulation, realm, 30, EVENTS))
  expect(predicate.unknownWords?.()[0]?.known).toEqual(['player 1', 'player 2'])
})

test('a part of a condition that was not looked at is not called unknown', () => {
  expect(unknown('event left and any prop postion.y < 0')).toEqual([])
})
