import { expect, test } from 'vitest'
import { AdmissionQueue } from './admission-queue.ts'
import { NEWCOMERS_PER_TICK_MAX } from '../../limits.ts'

const always = (): boolean => true

test('a storm of players is admitted over ticks, in the order of arrival', () => {
  const admissions = new AdmissionQueue<number>()
  for (let i = 0; i < 7; i++) admissions.enqueue(i)
  const turns: (readonly number[])[] = []
  for (let tick = 0; tick < 5; tick++) {
    turns.push([...admissions.admit(always), ...admissions.admit(always)])
    admissions.startTick()
  }
  expect(turns.flat()).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect(Math.max(...turns.map(({ length }) => length))).toBe(NEWCOMERS_PER_TICK_MAX)
})

test('a single player does not wait, and unused places are not saved up', () => {
  const admissions = new AdmissionQueue<number>()
  for (let i = 0; i < 10; i++) admissions.startTick()
  admissions.enqueue(1)
  expect(admissions.admit(always)).toEqual([1])
  for (let i = 2; i < 9; i++) admissions.enqueue(i)
  expect(admissions.admit(always).length).toBe(NEWCOMERS_PER_TICK_MAX - 1)
})

test("players who have gone take nobody's turn", () => {
  const admissions = new AdmissionQueue<number>()
  for (let i = 0; i < 100; i++) admissions.enqueue(i)
  expect(admissions.admit((i) => i >= 98)).toEqual([98, 99])
})
