import { expect, test } from 'vitest'
import { AdmissionQueue } from './admission-queue.ts'
import { NEWCOMERS_PER_TICK_MAX } from '../limits.ts'

const always = (): boolean => true

test('a storm is let in by ticks, in the order in which it came', () => {
  const admissions = new AdmissionQueue<number>()
  for (let i = 0; i < 7; i++) admissions.ask(i)
  const turns: (readonly number[])[] = []
  for (let tick = 0; tick < 5; tick++) {
    turns.push([...admissions.enter(always), ...admissions.enter(always)])
    admissions.tick()
  }
  expect(turns.flat()).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(Math.max(...turns.map(({ length }) => length))).toBe(NEWCOMERS_PER_TICK_MAX)
})

test('who comes alone does not wait, and what was not used is not saved up', () => {
  const admissions = new AdmissionQueue<number>()
  for (let i = 0; i < 10; i++) admissions.tick()
  admissions.ask(1)
  expect(admissions.enter(always)).toEqual([1])
  for (let i = 2; i < 9; i++) admissions.ask(i)
  expect(admissions.enter(always).length).toBe(NEWCOMERS_PER_TICK_MAX - 1)
})

test("those who have gone take nobody's turn", () => {
  const admissions = new AdmissionQueue<number>()
  for (let i = 0; i < 100; i++) admissions.ask(i)
  expect(admissions.enter((i) => i >= 98)).toEqual([98, 99])
})
