import { expect, test } from 'vitest'
import { Meter } from './meter.ts'

test('frames and snapshots are counted per second', () => {
  const meter = new Meter()
  for (let i = 0; i <= 200; i++) meter.frame(i * 20)
  for (let i = 0; i <= 8; i++) meter.snapshots(i * 10, i * 500)
  const { framesPerSecond, snapshotsPerSecond } = meter.rates(4_000)
  expect(framesPerSecond).toBe(50)
  expect(snapshotsPerSecond).toBeCloseTo(20, 6)
})

test('frames that are seconds apart still give a rate', () => {
  const meter = new Meter()
  meter.snapshots(0, 0)
  meter.snapshots(100, 5_000)
  expect(meter.rates(5_000).snapshotsPerSecond).toBe(20)
  meter.snapshots(3, 6_000)
  expect(meter.rates(6_000).snapshotsPerSecond).toBe(0)
})
