import { expect, test } from 'vitest'
import { QualityGovernor } from './quality.ts'

const run = (governor: QualityGovernor, milliseconds: number, frames: number): string => {
  for (let i = 0; i < frames; i++) governor.frame(milliseconds)
  return governor.quality.name
}

test('a slow machine is given less to draw, step by step, down to the least', () => {
  const governor = new QualityGovernor(null)
  expect(governor.quality.name).toBe('high')
  expect(run(governor, 140, 25)).toBe('medium')
  expect(run(governor, 140, 25)).toBe('low')
  expect(run(governor, 140, 100)).toBe('low')
})

test('a fast machine gets it back after a calm while, not at once', () => {
  const governor = new QualityGovernor(null)
  run(governor, 140, 50)
  expect(run(governor, 10, 80)).toBe('low')
  expect(run(governor, 10, 120)).toBe('medium')
})

test('a steady 30 frames a second change nothing, nor does a tab that was hidden', () => {
  const governor = new QualityGovernor(null)
  expect(run(governor, 33, 400)).toBe('high')
  expect(run(governor, 60_000, 100)).toBe('high')
})

test('a machine that draws in software begins with the least', () => {
  expect(new QualityGovernor(null, 'low').quality.name).toBe('low')
})

test('a quality that was asked for stays', () => {
  expect(run(new QualityGovernor('medium'), 500, 200)).toBe('medium')
})
