import { expect, test } from 'vitest'
import { patientClock } from './patient-clock.ts'

test('a patient clock passes as the real one does, and counts at most 100 ms of a pause', () => {
  let ms = 1_000
  const clock = patientClock(() => ms)
  const readings = [16, 100, 6_000, 16].map((passed) => {
    ms += passed
    return clock()
  })
  expect(readings).toEqual([1_016, 1_116, 1_216, 1_232])
})
