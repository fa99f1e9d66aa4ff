import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { playArrivals, type ArrivalsOptions } from './snapshot-arrivals.fixture.ts'
import { DELAY_MS_MAX, DELAY_MS_MIN, Playback } from './playback.ts'
import { Rate } from '../rates.ts'
import { Track, TRACK_LENGTH_MAX, type Interpolator } from './track.ts'

const TICK_MS = 1_000 / 60

interface PlaybackReadings {
  readonly playback: Playback
  /** The readings of each frame. */
  readonly frames: {
    readonly atMs: number
    readonly drawn: number
    readonly delayMs: number
    readonly newest: number
    readonly rate: number
    readonly behindMs: number
  }[]
}

function watch(options: ArrivalsOptions): PlaybackReadings {
  const playback = new Playback(60)
  const frames: PlaybackReadings['frames'] = []
  playArrivals(options, {
    snapshotArrived: (tick, _rttMs, nowMs) => playback.recordSnapshot(tick, nowMs),
    frame: (nowMs, serverTick, atMs) => {
      const drawn = playback.drawTick(nowMs)
      frames.push({
        atMs,
        drawn,
        delayMs: playback.delayMs,
        newest: playback.newest,
        rate: playback.rate,
        behindMs: (serverTick - drawn) * TICK_MS,
      })
    },
  })
  return { playback, frames }
}

const between = ({ frames }: PlaybackReadings, fromMs: number, toMs = Infinity): PlaybackReadings['frames'] =>
  frames.filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
const behind = (frames: PlaybackReadings['frames']): number => Math.max(...frames.map(({ behindMs }) => behindMs))
/** Frames that show a moment after the newest snapshot. */
const starved = (frames: PlaybackReadings['frames']): number =>
  frames.filter(({ drawn, newest }) => drawn > newest).length
/** 20 snapshots a second, and a frame. */
const SEND_MS = 50

describe('playback', () => {
  test('CLK-3: draws a little more than a send interval behind even arrivals', () => {
    const seen = watch({ seed: 1, lengthMs: 20_000, delayMs: () => 40 })
    expect(behind(between(seen, 5_000))).toBeLessThan(40 + DELAY_MS_MIN + 5)
    expect(starved(between(seen, 5_000))).toBe(0)
    expect(seen.playback.delayMs).toBe(DELAY_MS_MIN)
  })

  test('delays just enough for nearly all late snapshots', () => {
    const seen = watch({ seed: 2, lengthMs: 40_000, jitterMs: 60 })
    expect(seen.playback.delayMs).toBeGreaterThan(SEND_MS + 40)
    expect(seen.playback.delayMs).toBeLessThan(SEND_MS + 70)
    const frames = between(seen, 10_000)
    expect(starved(frames) / frames.length).toBeLessThan(0.02)
  })

  test('counts a lost snapshot as late as the next one', () => {
    const seen = watch({ seed: 3, lengthMs: 40_000, lossShare: 0.06 })
    expect(seen.playback.delayMs).toBeGreaterThan(2 * SEND_MS - 5)
    expect(seen.playback.delayMs).toBeLessThan(2 * SEND_MS + 40)
  })

  test('increases the delay within a second when jitter grows, and decreases it slowly', () => {
    const seen = watch({
      seed: 4,
      lengthMs: 60_000,
      delayMs: (atMs) => (atMs > 20_000 && atMs < 22_000 ? 30 + (Math.floor(atMs / 50) % 2) * 150 : 30),
    })
    const delayAt = (ms: number): number => between(seen, ms)[0]?.delayMs ?? 0
    expect(delayAt(19_900)).toBe(DELAY_MS_MIN)
    expect(delayAt(21_000)).toBeGreaterThan(SEND_MS + 140)
    expect(delayAt(24_000)).toBeGreaterThan(SEND_MS + 100)
    expect(delayAt(50_000)).toBeLessThan(DELAY_MS_MIN + 5)
  })

  test('follows a round trip from 20 to 300 and back to 20 ms', () => {
    const seen = watch({
      seed: 5,
      lengthMs: 90_000,
      jitterMs: 4,
      delayMs: (atMs) => (atMs > 30_000 && atMs < 60_000 ? 150 : 10),
    })
    expect(behind(between(seen, 20_000, 30_000))).toBeLessThan(10 + DELAY_MS_MIN + 10)
    expect(starved(between(seen, 32_000, 60_000))).toBe(0)
    expect(behind(between(seen, 50_000, 60_000))).toBeLessThan(150 + DELAY_MS_MIN + 20)
    expect(behind(between(seen, 85_000))).toBeLessThan(10 + DELAY_MS_MIN + 20)
  })

  test('continues after the server paused for 3 seconds', () => {
    const seen = watch({ seed: 6, lengthMs: 40_000, serverPausesMs: [[20_000, 23_000]] })
    expect(starved(between(seen, 28_000))).toBe(0)
    expect(behind(between(seen, 28_000))).toBeLessThan(30 + DELAY_MS_MIN + 5)
  })

  test.each([
    ['for 30 seconds', [[20_000, 50_000]]],
    ['for 2 seconds in each 5', Array.from({ length: 12 }, (_, i) => [i * 5_000 + 2_000, i * 5_000 + 4_000])],
  ] as [string, [number, number][]][])(
    'does not mistake a tab that stalled %s for a bad connection',
    (_, pageStallsMs) => {
      const seen = watch({ seed: 7, lengthMs: 60_000, jitterMs: 10, pageStallsMs })
      expect(Math.max(...between(seen, 5_000).map(({ delayMs }) => delayMs))).toBeLessThan(DELAY_MS_MIN + 15)
      expect(behind(between(seen, 51_000, 52_000))).toBeLessThan(40 + DELAY_MS_MIN + 20)
    },
  )

  const line = fc.record({
    seed: fc.nat(1e6),
    jitterMs: fc.integer({ min: 0, max: 400 }),
    lossShare: fc.double({ min: 0, max: 0.5, noNaN: true }),
    delay: fc.integer({ min: 1, max: 300 }),
    change: fc.integer({ min: 1, max: 300 }),
    pause: fc.integer({ min: 0, max: 4_000 }),
    stall: fc.integer({ min: 0, max: 4_000 }),
  })
  test.prop([line], { numRuns: 60 })(
    'never goes back, and runs at most a tenth faster or slower than time except in a jump or without snapshots',
    ({ seed, jitterMs, lossShare, delay, change, pause, stall }) => {
      const seen = watch({
        seed,
        jitterMs,
        lossShare,
        lengthMs: 25_000,
        delayMs: (atMs) => (atMs < 12_000 ? delay : change),
        serverPausesMs: [[5_000, 5_000 + pause]],
        pageStallsMs: [[15_000, 15_000 + stall]],
      })
      const wrong = seen.frames.filter(({ drawn, delayMs, newest, atMs }, i) => {
        const before = seen.frames[i - 1]
        if (before === undefined || before.drawn === 0) return false
        const elapsed = (atMs - before.atMs) / TICK_MS
        const gone = drawn - before.drawn
        const isQuick = gone > elapsed * 1.1 + 1e-6 && gone < 30
        const isSlow = gone < elapsed * 0.9 - 1e-6 && drawn < newest + 15 - 1e-6
        return gone < 0 || isQuick || isSlow || delayMs < DELAY_MS_MIN || delayMs > DELAY_MS_MAX
      })
      expect(wrong).toEqual([])
    },
  )
})

describe('a track', () => {
  const still: Interpolator<number> = {
    mix: (a, b, t) => a + (b - a) * t,
    ahead: (state) => state,
    moves: () => false,
    fade: (state, drawn, right, share) => state + (drawn - right) * share,
  }
  const going: Interpolator<number> = { ...still, ahead: (state, ticks) => state + ticks, moves: () => true }

  test('interpolates between the two states around the moment, and holds the last', () => {
    const track = new Track(still)
    track.add(6, 60)
    track.add(3, 30)
    expect([track.at(2), track.at(4), track.at(6), track.at(90)]).toEqual([null, 40, 60, 60])
  })

  test('lets a sleeping prop rest until shortly before the state that shows it elsewhere', () => {
    const track = new Track(still)
    track.add(0, 0)
    track.add(60, 10)
    expect(track.at(40)).toBe(0)
    expect(track.at(57)).toBeGreaterThan(5)
  })

  test('extrapolates moving components between rare states and after the last, within limits', () => {
    const track = new Track(going)
    track.add(0, 0)
    track.add(60, 60)
    expect([track.at(30), track.at(70), track.at(90, 75)]).toEqual([30, 70, 75])
  })

  test('fades out an error instead of jumping', () => {
    const track = new Track(going)
    track.add(0, 0)
    expect(track.at(20)).toBe(20)
    track.add(15, 0)
    const drawn = [20, 22, 24, 26, 28, 30, 40].map((tick) => track.at(tick) ?? 0)
    expect(drawn[0]).toBe(20)
    for (const [i, at] of drawn.slice(1, -1).entries()) expect(Math.abs(at - (drawn[i] ?? 0))).toBeLessThan(10)
    expect(drawn.slice(-2)).toEqual([15, 25])
  })

  test('keeps a bounded number of states', () => {
    const track = new Track(still)
    for (let tick = 0; tick < 1_000; tick += 1) track.add(tick, tick)
    expect(track.length).toBe(TRACK_LENGTH_MAX)
    expect(track.oldest).toBe(1_000 - TRACK_LENGTH_MAX)
  })
})

test('a rate covers only the last second', () => {
  const rate = new Rate()
  for (let nowMs = 0; nowMs < 3_000; nowMs += 100) rate.add(10, nowMs)
  expect(rate.perSecond(2_999)).toBe(100)
  expect(rate.perSecond(9_000)).toBe(0)
  expect(rate.total).toBe(300)
})
