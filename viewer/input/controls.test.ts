import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { actionOf, moveFrom, PITCH_MAX, sameMove, STICK_AT_REST, turnByKeys, turnByPointer } from './controls.ts'

const ahead = { yaw: 0, pitch: 0 }
const codes = fc.uniqueArray(
  fc.constantFrom('KeyW', 'KeyA', 'KeyS', 'KeyD', 'ArrowUp', 'ArrowDown', 'Space', 'KeyC', 'ShiftLeft'),
)
const unit = fc.double({ min: -1, max: 1, noNaN: true })

test('W walks ahead, which is -z; Shift runs; Space jumps', () => {
  expect(moveFrom(new Set(['KeyW', 'ShiftLeft', 'Space']), STICK_AT_REST, ahead, false)).toEqual({
    type: 'move',
    x: 0,
    y: 0,
    z: -1,
    yaw: 0,
    jump: true,
    run: true,
    fly: false,
  })
})

test('keys that contradict each other cancel out', () => {
  expect(moveFrom(new Set(['KeyW', 'KeyS', 'KeyA', 'KeyD']), STICK_AT_REST, ahead, false)).toMatchObject({ x: 0, z: 0 })
})

test('while flying Space rises and C sinks, and nobody jumps', () => {
  expect(moveFrom(new Set(['Space']), STICK_AT_REST, ahead, true)).toMatchObject({ y: 1, jump: false, fly: true })
  expect(moveFrom(new Set(['KeyC']), STICK_AT_REST, ahead, true)).toMatchObject({ y: -1 })
})

property.prop([codes, unit, unit, fc.double({ min: -50, max: 50, noNaN: true })])(
  'no move is longer than 1, and every number is a 32-bit float',
  (held, x, y, yaw) => {
    const move = moveFrom(new Set(held), { x, y }, { yaw, pitch: 0 }, false)
    expect(Math.hypot(move.x, move.z)).toBeLessThanOrEqual(1 + 1e-6)
    for (const value of [move.x, move.y, move.z, move.yaw]) expect(Math.fround(value)).toBe(value)
    expect(Math.abs(move.yaw)).toBeLessThanOrEqual(3.1416)
  },
)

test('the left arrow and a pointer that goes left turn to the left', () => {
  expect(turnByKeys(new Set(['ArrowLeft']), ahead, 0.1).yaw).toBeGreaterThan(0)
  expect(turnByPointer(ahead, -10, 0).yaw).toBeGreaterThan(0)
})

property.prop([fc.double({ min: -5_000, max: 5_000, noNaN: true })])(
  'nobody looks past straight up or down',
  (pixels) => {
    expect(Math.abs(turnByPointer(ahead, 0, pixels).pitch)).toBeLessThanOrEqual(PITCH_MAX)
  },
)

test('keys have the actions that the toolbar shows', () => {
  expect(actionOf('1')).toEqual({ type: 'spawn', index: 0 })
  expect(actionOf('4')).toEqual({ type: 'spawn', index: 3 })
  expect(actionOf('5')).toBeNull()
  expect(actionOf('E')).toEqual({ type: 'grab' })
  expect(actionOf('Delete')).toEqual({ type: 'delete' })
  expect(actionOf('=')).toEqual({ type: 'scale', notches: 1 })
  expect(actionOf('')).toBeNull()
  expect(actionOf('toString')).toBeNull()
})

test('moves are the same until something changes', () => {
  const move = moveFrom(new Set(['KeyW']), STICK_AT_REST, ahead, false)
  expect(sameMove(move, { ...move })).toBe(true)
  expect(sameMove(move, { ...move, run: true })).toBe(false)
})
