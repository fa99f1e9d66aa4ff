import { describe, expect, test } from 'vitest'
import { DELAY_MS_MAX, DELAY_MS_MIN, Playback } from './playback.ts'
import { Rate } from './rates.ts'
import { Track, TRACK_LENGTH_MAX } from './track.ts'

const TICK_MS = 1_000 / 60
/** Snapshots of every third tick, each as late as `lateMs` says; draws each 16 ms. Returns the drawn ticks behind the server's. */
function play(playback: Playback, seconds: number, lateMs: (i: number) => number): number[] {
  const arrivals = Array.from({ length: seconds * 20 }, (_, i) => ({ tick: 3 * (i + 1), atMs: 50 * (i + 1) + lateMs(i) })).toSorted((a, b) => a.atMs - b.atMs)
  const behind: number[] = []
  for (let nowMs = 0; nowMs < seconds * 1_000; nowMs += 16) {
    while (arrivals[0] !== undefined && arrivals[0].atMs <= nowMs) playback.arrived(arrivals.shift()?.tick ?? 0, nowMs)
    behind.push(nowMs / TICK_MS - playback.drawTick(nowMs))
  }
  return behind
}

describe('playback', () => {
  test('draws about 100 ms behind what arrives evenly', () => {
    const playback = new Playback(60)
    const behind = play(playback, 10, () => 40).slice(-100)
    for (const ticks of behind) {
      expect(ticks * TICK_MS).toBeGreaterThan(40 + DELAY_MS_MIN - 20)
      expect(ticks * TICK_MS).toBeLessThan(40 + DELAY_MS_MIN + 30)
    }
  })

  test('waits longer where arrivals vary, within its bound', () => {
    const playback = new Playback(60)
    play(playback, 20, (i) => (i % 4) * 60)
    expect(playback.delayMs).toBeGreaterThan(DELAY_MS_MIN + 40)
    expect(playback.delayMs).toBeLessThanOrEqual(DELAY_MS_MAX)
  })

  test('never goes back, whatever arrives', () => {
    const playback = new Playback(60)
    let last = 0
    for (let nowMs = 0; nowMs < 20_000; nowMs += 16) {
      if (nowMs % 48 === 0) playback.arrived(Math.round(nowMs / TICK_MS), nowMs + ((nowMs * 7) % 300))
      const drawn = playback.drawTick(nowMs)
      expect(drawn).toBeGreaterThanOrEqual(last)
      last = drawn
    }
  })

  test('follows a server that paused', () => {
    const playback = new Playback(60)
    play(playback, 5, () => 0)
    playback.arrived(303, 60_000)
    playback.drawTick(60_000)
    expect(playback.drawTick(60_050)).toBeGreaterThan(295)
    expect(playback.drawTick(60_050)).toBeLessThan(303)
  })
})

describe('a track', () => {
  const mix = (a: number, b: number, t: number): number => a + (b - a) * t

  test('mixes the two states around the moment, and holds the last', () => {
    const track = new Track<number>()
    track.add(6, 60)
    track.add(3, 30)
    expect([track.at(2, mix), track.at(4, mix), track.at(6, mix), track.at(90, mix)]).toEqual([null, 40, 60, 60])
  })

  test('lets a sleeper rest until shortly before it is seen elsewhere', () => {
    const track = new Track<number>()
    track.add(0, 0)
    track.add(60, 10)
    expect(track.at(40, mix)).toBe(0)
    expect(track.at(57, mix)).toBeGreaterThan(5)
  })

  test('keeps a bounded number of states', () => {
    const track = new Track<number>()
    for (let tick = 0; tick < 1_000; tick += 1) track.add(tick, tick)
    expect(track.length).toBe(TRACK_LENGTH_MAX)
    expect(track.newest).toBe(999)
  })
})

test('a rate counts the last second only', () => {
  const rate = new Rate()
  for (let nowMs = 0; nowMs < 3_000; nowMs += 100) rate.add(10, nowMs)
  expect(rate.perSecond(2_999)).toBe(100)
  expect(rate.perSecond(9_000)).toBe(0)
  expect(rate.total).toBe(300)
})
