import { expect, test } from 'vitest'
import type { Command } from '../sim/types.ts'
import { DELIVERY, isLatestWins, slotOf, typesWith } from './delivery.ts'

const MOVE: Command = { type: 'move', x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false }
const drag = (hand: 0 | 1 | 2): Command => ({
  type: 'drag',
  hand,
  position: { x: 0, y: 0, z: 0 },
  rotation: { x: 0, y: 0, z: 0, w: 1 },
})

test('INP-3: a move, a pose and the drag of each hand have five slots', () => {
  const pose: Command = { type: 'pose', pose: { bytes: new Uint8Array(), boneMask: 0 } }
  expect(new Set([MOVE, MOVE, pose, drag(0), drag(0), drag(1), drag(2)].map(slotOf)).size).toBe(5)
})

test('a command that is delivered exactly once has no slot', () => {
  expect(() => slotOf({ type: 'release', hand: 0 })).toThrow('only a latest-wins input has a slot')
})

test('INP-2, INP-3: each kind of input travels in one way', () => {
  const kinds = (['latest-wins', 'exactly-once', 'server-only'] as const).map((way) => [...typesWith(way)])
  expect(kinds.flat().toSorted()).toEqual(Object.keys(DELIVERY).toSorted())
  expect(kinds[0]).toEqual(['move', 'pose', 'drag'])
  expect(kinds[0]?.every(isLatestWins)).toBe(true)
})
