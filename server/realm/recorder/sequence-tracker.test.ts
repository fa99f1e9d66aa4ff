import { expect, test } from 'vitest'
import type { Command, InputFrame } from '../../../sim/index.ts'
import { SequenceTracker } from './sequence-tracker.ts'

const move: Command = { type: 'move', x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false }
const release: Command = { type: 'release', hand: 0 }
const frame = (tick: number, ...inputs: readonly (readonly [number, number, Command])[]): InputFrame => ({
  tick,
  inputs: inputs.map(([player, sequence, command]) => ({ player, sequence, command })),
})

test("the tracker has the highest sequence of each player's inputs and commands", () => {
  const sequences = new SequenceTracker()
  sequences.apply(frame(1, [1, 5, release], [1, 9, move], [2, 3, move]))
  sequences.apply(frame(2, [1, 7, release]))
  expect([...sequences.all]).toEqual([
    [1, { sequence: 9, ackCommand: 7 }],
    [2, { sequence: 3, ackCommand: 0 }],
  ])
})

test("a player who leaves is removed, and the server's own inputs do not count", () => {
  const sequences = new SequenceTracker()
  sequences.apply(frame(1, [1, 5, release]))
  sequences.apply(frame(2, [0, 44, { type: 'leave', player: 1 }]))
  expect(sequences.all.size).toBe(0)
})

test('a text carries the sequences into the next recording, and a damaged text is ignored', () => {
  const sequences = new SequenceTracker()
  sequences.apply(frame(1, [1, 5, release], [7, 9, move]))
  const next = new SequenceTracker()
  next.readText(sequences.toText())
  expect([...next.all]).toEqual([...sequences.all])
  for (const text of ['', '{', '[1]', '[["a", 1, 2], [1, -1, 0], [1, 1e99, 0], [3]]', 'null']) next.readText(text)
  expect([...next.all]).toEqual([...sequences.all])
})
