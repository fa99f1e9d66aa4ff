import { expect, test } from 'vitest'
import { CLOCK_TIMES, hasWorkedTooLong, parseCpuMs } from './thread-time.ts'

test('a thread has worked too long by its processor time, or by the clock if that is unknown or far beyond', () => {
  const over = (clockMs: number, atStart: number | null, now: number | null): boolean =>
    hasWorkedTooLong({ clockMs, cpuMs: [atStart, now] }, 100)
  expect(over(50, 0, 90)).toBe(false)
  expect(over(150, 10, 100)).toBe(false)
  expect(over(150, 10, 120)).toBe(true)
  expect(over(150, null, 120)).toBe(true)
  expect(over(150, 10, null)).toBe(true)
  expect(over(100 * CLOCK_TIMES, 10, 10)).toBe(false)
  expect(over(100 * CLOCK_TIMES + 1, 10, 10)).toBe(true)
})

test('the first number of a schedstat entry is nanoseconds on the processor, and zeros are no report', () => {
  expect(parseCpuMs('2500000 900 12\n')).toBe(2.5)
  expect(parseCpuMs('0 0 0\n')).toBeNull()
  expect(parseCpuMs('')).toBeNull()
})
