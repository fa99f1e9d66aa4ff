import { expect, test } from 'vitest'
import type { Command, Input } from '../../sim/index.ts'
import { editOf, type ForkEdits } from './edits.ts'

const move: Command = { type: 'move', x: 0, y: 0, z: -1, yaw: 0, jump: false, run: false, fly: false }
const grab: Command = { type: 'grab', element: 9, hand: 1 }
const input = (player: number, sequence: number, command: Command = move): Input => ({ player, sequence, command })
const NOTHING: ForkEdits = {
  at: 10,
  withoutPlayers: new Set(),
  leaving: [],
  withoutCommands: new Set(),
  inputs: [],
}
const edit = (edits: Partial<ForkEdits>, tick: number, inputs: readonly Input[]): readonly Input[] =>
  editOf({ ...NOTHING, ...edits })(tick, inputs)

test('a player left out leaves at the first tick, and has no inputs of its own or from the server', () => {
  const edits = editOf({ ...NOTHING, withoutPlayers: new Set([2]), leaving: [2] }, new Map([[0, 6]]))
  const teleport = { type: 'teleport', player: 2, position: { x: 0, y: 0, z: 0 }, yaw: 0 } as const
  expect(edits(10, [input(0, 7, teleport), input(1, 3), input(2, 4)])).toEqual([
    input(0, 7, { type: 'leave', player: 2 }),
    input(1, 3),
  ])
  expect(edits(11, [input(0, 8, { type: 'leave', player: 2 }), input(2, 5)])).toEqual([])
})

test('inputs of a type are left out from the first tick on', () => {
  const edits = { withoutCommands: new Set(['grab'] as const) }
  expect(edit(edits, 9, [input(1, 1, grab)])).toEqual([input(1, 1, grab)])
  expect(edit(edits, 10, [input(1, 1, grab), input(1, 2)])).toEqual([input(1, 2)])
})

test('recorded numbers that do not count up stay', () => {
  const run = editOf(NOTHING)
  expect(run(10, [input(1, 88)])).toEqual([input(1, 88)])
  expect(run(11, [input(1, 86)])).toEqual([input(1, 86)])
})

test('an input is replaced or dropped by its sequence', () => {
  const slot = { tick: 10, player: 1 }
  const edits = {
    inputs: [
      { ...slot, sequence: 5, command: grab },
      { ...slot, sequence: 6, command: null },
    ],
  }
  expect(edit(edits, 10, [input(1, 5), input(1, 6), input(1, 7)])).toEqual([input(1, 5, grab), input(1, 7)])
})

test('an added input comes after the recorded ones of its player, and later numbers give way', () => {
  const edits = editOf({ ...NOTHING, inputs: [{ tick: 10, player: 1, sequence: null, command: grab }] })
  expect(edits(10, [input(1, 5), input(2, 5)])).toEqual([input(1, 5), input(1, 6, grab), input(2, 5)])
  expect(edits(11, [input(1, 6), input(2, 6)])).toEqual([input(1, 7), input(2, 6)])
  expect(edits(12, [input(1, 9)])).toEqual([input(1, 9)])
})

test('added inputs of one player and tick keep their order', () => {
  const added = [grab, move].map((command) => ({ tick: 10, player: 3, sequence: null, command }))
  expect(edit({ inputs: added }, 10, [input(1, 1)])).toEqual([input(1, 1), input(3, 1, grab), input(3, 2)])
})
