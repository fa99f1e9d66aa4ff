import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { playArrivals, type ArrivalsOptions } from './snapshot-arrivals.fixture.ts'
import { ServerClock } from './clock.ts'

interface ClockReadings {
  readonly clock: ServerClock
  /** The largest error in each second, ticks. */
  readonly worst: number[]
  /** Number of times that the estimate went back. */
  back: number
}

function watch(options: ArrivalsOptions): ClockReadings {
  const clock = new ServerClock(60)
  const seen: ClockReadings = { clock, worst: [], back: 0 }
  let last = 0
  playArrivals(options, {
    snapshotArrived: (tick, rttMs, nowMs) => {
      clock.roundTrip(rttMs, nowMs)
      clock.recordSnapshot(tick, nowMs)
    },
    frame: (nowMs, serverTick, atMs) => {
      const tick = clock.tick(nowMs)
      if (tick < last) seen.back += 1
      last = tick
      const second = Math.floor(atMs / 1_000)
      seen.worst[second] = Math.max(seen.worst[second] ?? 0, Math.abs(tick - serverTick))
    },
  })
  return seen
}

const worstFrom = ({ worst }: ClockReadings, second: number, to = Infinity): number =>
  Math.max(...worst.slice(second, to).filter((error) => error !== undefined))
const HOUR_MS = 3_600_000

describe("the client's estimate of the server's clock", () => {
  test.each([500, -500])('follows a machine whose clock is %i ppm off, and reports the drift', (ppm) => {
    const seen = watch({ seed: 1, lengthMs: 300_000, jitterMs: 20, clockMs: (atMs) => atMs * (1 + ppm / 1e6) })
    expect(worstFrom(seen, 15)).toBeLessThan(1)
    expect(seen.clock.driftPpm).toBeGreaterThan(ppm - 100)
    expect(seen.clock.driftPpm).toBeLessThan(ppm + 100)
    expect([seen.back, seen.clock.steps]).toEqual([0, 0])
  })

  test('reports no drift if there is none', () => {
    expect(Math.abs(watch({ seed: 2, lengthMs: 300_000, jitterMs: 20, lossShare: 0.05 }).clock.driftPpm)).toBeLessThan(
      100,
    )
  })

  test.each([
    ['went on', (atMs: number) => atMs],
    ['stood still', (atMs: number) => (atMs < 10_000 + HOUR_MS ? Math.min(atMs, 10_000) : atMs - HOUR_MS)],
  ])("is right again within a second after an hour of sleep in which the machine's clock %s", (_, clockMs) => {
    const asleep = [10_000, 10_000 + HOUR_MS] as const
    const seen = watch({
      seed: 3,
      lengthMs: HOUR_MS + 20_000,
      jitterMs: 10,
      lossShare: 0,
      pageStallsMs: [asleep],
      clockMs,
    })
    expect(worstFrom(seen, 5, 10)).toBeLessThan(1)
    expect(worstFrom(seen, 3_611)).toBeLessThan(1)
  })

  test('is not affected by a tab that stalled for 30 seconds', () => {
    const seen = watch({ seed: 4, lengthMs: 60_000, jitterMs: 20, pageStallsMs: [[20_000, 50_000]] })
    expect(worstFrom(seen, 15)).toBeLessThan(1.2)
    expect([seen.back, seen.clock.steps]).toEqual([0, 0])
  })

  test('is not affected by a tab that stalls for 2 seconds in each 5', () => {
    const seen = watch({
      seed: 5,
      lengthMs: 60_000,
      jitterMs: 20,
      pageStallsMs: Array.from({ length: 12 }, (_, i) => [i * 5_000 + 2_000, i * 5_000 + 4_000] as const),
    })
    expect(worstFrom(seen, 10)).toBeLessThan(1.2)
    expect([seen.back, seen.clock.steps]).toEqual([0, 0])
  })

  test('stays accurate while the round trip goes from 20 to 300 and back to 20 ms', () => {
    const seen = watch({
      seed: 6,
      lengthMs: 90_000,
      jitterMs: 4,
      delayMs: (atMs) => (atMs > 30_000 && atMs < 60_000 ? 150 : 10),
    })
    expect(worstFrom(seen, 10)).toBeLessThan(1)
    expect([seen.back, seen.clock.steps]).toEqual([0, 0])
  })

  test('CLK-2: follows a server that paused for 3 seconds, in one step', () => {
    const seen = watch({ seed: 7, lengthMs: 40_000, jitterMs: 20, serverPausesMs: [[20_000, 23_000]] })
    expect(worstFrom(seen, 15, 20)).toBeLessThan(1.2)
    expect(worstFrom(seen, 26)).toBeLessThan(1.2)
    expect(seen.clock.steps).toBe(1)
  })

  const hostile = fc.record({
    seed: fc.nat(1e6),
    jitterMs: fc.integer({ min: 0, max: 400 }),
    lossShare: fc.double({ min: 0, max: 0.6, noNaN: true }),
    delay: fc.integer({ min: 1, max: 500 }),
    change: fc.integer({ min: 1, max: 500 }),
    stall: fc.integer({ min: 0, max: 4_000 }),
    ppm: fc.integer({ min: -500, max: 500 }),
  })
  test.prop([hostile], { numRuns: 40 })(
    "never goes back except in a step, and is off by no more than the connection's jitter",
    ({ seed, jitterMs, lossShare, delay, change, stall, ppm }) => {
      const seen = watch({
        seed,
        jitterMs,
        lossShare,
        lengthMs: 30_000,
        delayMs: (atMs) => (atMs < 15_000 ? delay : change),
        pageStallsMs: [[10_000, 10_000 + stall]],
        clockMs: (atMs) => atMs * (1 + ppm / 1e6),
      })
      expect(seen.back).toBeLessThanOrEqual(seen.clock.steps)
      const ticks = (Math.max(delay, change) + jitterMs + 30_000 * 0.0005) / (1_000 / 60)
      expect(worstFrom(seen, 5)).toBeLessThanOrEqual(ticks + 2 + (jitterMs + 250) / (1_000 / 60))
    },
  )
})
