import { expect, test } from 'vitest'
import { Doorway } from './admission-queue.ts'
import { NEWCOMERS_PER_TICK_MAX } from '../limits.ts'

const always = (): boolean => true

test('a storm is let in by ticks, in the order in which it came', () => {
  const doorway = new Doorway<number>()
  for (let i = 0; i < 7; i++) doorway.ask(i)
  const turns: (readonly number[])[] = []
  for (let tick = 0; tick < 5; tick++) {
    turns.push([...doorway.enter(always), ...doorway.enter(always)])
    doorway.tick()
  }
  expect(turns.flat()).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(Math.max(...turns.map(({ length }) => length))).toBe(NEWCOMERS_PER_TICK_MAX)
})

test('who comes alone does not wait, and what was not used is not saved up', () => {
  const doorway = new Doorway<number>()
  for (let i = 0; i < 10; i++) doorway.tick()
  doorway.ask(1)
  expect(doorway.enter(always)).toEqual([1])
  for (let i = 2; i < 9; i++) doorway.ask(i)
  expect(doorway.enter(always).length).toBe(NEWCOMERS_PER_TICK_MAX - 1)
})

test("those who have gone take nobody's turn", () => {
  const doorway = new Doorway<number>()
  for (let i = 0; i < 100; i++) doorway.ask(i)
  expect(doorway.enter((i) => i >= 98)).toEqual([98, 99])
})
