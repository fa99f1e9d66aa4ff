import { expect, test } from 'vitest'
import { randomFrom } from '../link-conditions.ts'
import { CongestionControl } from './congestion-control.ts'

/** Acknowledges every 66 ms for `seconds`, after the delays that `delay` returns. */
function hear(pace: CongestionControl, fromMs: number, seconds: number, delay: (atMs: number) => number): number {
  let atMs = fromMs
  for (; atMs < fromMs + seconds * 1_000; atMs += 66) pace.acknowledged(delay(atMs), atMs)
  return atMs
}

test('a slow connection with jitter and loss is not congested', () => {
  const random = randomFrom(3)
  const pace = new CongestionControl()
  for (let atMs = 0; atMs < 30_000; atMs += 66) {
    if (random() < 0.3) continue
    pace.acknowledged(300 + random() * 150, atMs)
    expect(pace.spacingMs(400)).toBe(0)
  }
})

test('a growing queue slows the sender, and a drained one lets it send freely', () => {
  const pace = new CongestionControl()
  const atMs = hear(pace, 0, 5, () => 60)
  expect(pace.spacingMs(0)).toBe(0)
  const fullAtMs = hear(pace, atMs, 2, (nowMs) => 60 + (nowMs - atMs) / 2)
  expect(pace.spacingMs(0)).toBeGreaterThanOrEqual(250)
  expect(pace.spacingMs(0)).toBeLessThanOrEqual(1_000)
  hear(pace, fullAtMs, 1, () => 80)
  expect(pace.spacingMs(0)).toBe(0)
})

test('missing acknowledgements mean congestion, however quick earlier ones were', () => {
  const pace = new CongestionControl()
  hear(pace, 0, 5, () => 60)
  expect(pace.spacingMs(500)).toBe(0)
  expect(pace.spacingMs(700)).toBeGreaterThanOrEqual(250)
})

test('a lasting increase of the delay is accepted after some seconds', () => {
  const pace = new CongestionControl()
  const atMs = hear(pace, 0, 20, () => 40)
  hear(pace, atMs, 25, () => 600)
  expect(pace.spacingMs(700)).toBe(0)
})
