import { expect, test } from 'vitest'
import { QualityGovernor } from './quality.ts'

const run = (governor: QualityGovernor, milliseconds: number, frames: number): string => {
  for (let i = 0; i < frames; i++) governor.frame(milliseconds)
  return governor.quality.name
}

test('a slow machine gets lower quality step by step', () => {
  const governor = new QualityGovernor(null)
  expect(governor.quality.name).toBe('high')
  expect(run(governor, 140, 25)).toBe('medium')
  expect(run(governor, 140, 25)).toBe('low')
  expect(run(governor, 140, 100)).toBe('low')
})

test('a fast machine gets higher quality after a while', () => {
  const governor = new QualityGovernor(null)
  run(governor, 140, 50)
  expect(run(governor, 10, 80)).toBe('low')
  expect(run(governor, 10, 120)).toBe('medium')
})

test('neither a steady 30 frames a second nor a hidden tab changes the quality', () => {
  const governor = new QualityGovernor(null)
  expect(run(governor, 33, 400)).toBe('high')
  expect(run(governor, 60_000, 100)).toBe('high')
})

test('software rendering begins with the lowest quality', () => {
  expect(new QualityGovernor(null, 'low').quality.name).toBe('low')
})

test('a fixed quality stays', () => {
  expect(run(new QualityGovernor('medium'), 500, 200)).toBe('medium')
})
