import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { instantClock } from '../../test/harness/instant-clock.ts'
import { Pulse } from '../both-threads/pulse.ts'
import { CLOCK_TIMES } from '../both-threads/thread-time.ts'
import { LOOK_MS, untilSpent, untilStuck, Watchdog, type WatchdogOptions } from './watchdog.ts'

let stuck: string[] = []
let cpuMs: number | null = null
beforeEach(() => {
  stuck = []
  cpuMs = null
})
afterEach(() => {
  vi.useRealTimers()
})

function optionsOf(pulse: Pulse): WatchdogOptions {
  vi.spyOn(pulse, 'cpuMs').mockImplementation(() => cpuMs)
  return { pulse, stepMsMax: 1_000, pauseMsMax: () => 5_000 }
}

/** Looks as often as in `ms`, unless the thread is stuck before. */
function pass(watchdog: Watchdog, ms: number): void {
  for (let passed = 0; passed < ms; passed += LOOK_MS) {
    const what = watchdog.look()
    if (what !== null) return void stuck.push(what)
  }
}

test('a step that does not end is reported with its tick, and the watch ends', async () => {
  const { run, sleeps } = instantClock()
  const pulse = new Pulse()
  pulse.begin(42)
  expect(await run(untilStuck(optionsOf(pulse)))).toBe('the step of tick 42 took more than 1 s')
  expect(sleeps).toEqual(Array.from({ length: 1_000 / LOOK_MS + 1 }, () => LOOK_MS))
})

test('a thread that makes progress is never reported, however slow', () => {
  const pulse = new Pulse()
  const watchdog = new Watchdog(optionsOf(pulse))
  for (let tick = 1; tick <= 20; tick++) {
    pulse.begin(tick)
    pass(watchdog, 900)
    pulse.end()
    pass(watchdog, 4_000)
  }
  expect(stuck).toEqual([])
})

test('a pause between two steps, for a slow disk, has a limit of its own', () => {
  const pulse = new Pulse()
  const watchdog = new Watchdog(optionsOf(pulse))
  pulse.during(7, () => undefined)
  pass(watchdog, 5_000)
  expect(stuck).toEqual([])
  pass(watchdog, 2 * LOOK_MS)
  expect(stuck).toEqual([expect.stringContaining('after tick 7')])
})

test('on a busy machine processor time decides, and the clock only as a last resort', () => {
  const pulse = new Pulse()
  const watchdog = new Watchdog(optionsOf(pulse))
  cpuMs = 300
  pulse.begin(3)
  pass(watchdog, 3_000)
  cpuMs = 900
  pass(watchdog, 900)
  expect(stuck).toEqual([])
  cpuMs = 1_400
  pass(watchdog, 100)
  expect(stuck).toHaveLength(1)

  const starved = new Pulse()
  const other = new Watchdog(optionsOf(starved))
  starved.begin(4)
  pass(other, CLOCK_TIMES * 1_000)
  expect(stuck).toHaveLength(1)
  pass(other, 100)
  expect(stuck).toHaveLength(2)
})

test('a starved thread between two steps, or in its first start, is not ended', () => {
  const pulse = new Pulse()
  const watchdog = new Watchdog(optionsOf(pulse))
  cpuMs = 0
  pass(watchdog, 30_000)
  cpuMs = 4_900
  pass(watchdog, 9_000)
  expect(stuck).toEqual([])
})

test('an endless loop between two steps ends by its processor time', () => {
  const pulse = new Pulse()
  const watchdog = new Watchdog(optionsOf(pulse))
  cpuMs = 100
  pulse.during(7, () => undefined)
  pass(watchdog, 5_000)
  cpuMs = 5_200
  pass(watchdog, 100)
  expect(stuck).toEqual([expect.stringContaining('after tick 7')])
})

test('a thread that waits for ever without processor time ends by the clock', () => {
  const pulse = new Pulse()
  const watchdog = new Watchdog(optionsOf(pulse))
  cpuMs = 100
  pulse.during(7, () => undefined)
  pass(watchdog, CLOCK_TIMES * 5_000)
  expect(stuck).toEqual([])
  pass(watchdog, 2 * LOOK_MS)
  expect(stuck).toEqual([expect.stringContaining('after tick 7')])
})

test('a limit for work of many steps counts the processor time of all of them', async () => {
  const { run, sleeps } = instantClock(() => {
    cpuMs = (cpuMs ?? 0) + LOOK_MS / 2
  })
  const pulse = new Pulse()
  optionsOf(pulse)
  cpuMs = 0
  expect(await run(untilSpent(pulse, 1_000, 'the replay'))).toBe('the replay took more than 1 s')
  expect(sleeps.length).toBeGreaterThan(2_000 / LOOK_MS)
})

test('time without looks does not count, as when the process was stopped or the machine slept', () => {
  const pulse = new Pulse()
  const watchdog = new Watchdog(optionsOf(pulse))
  vi.useFakeTimers()
  pulse.begin(9)
  pass(watchdog, 500)
  vi.setSystemTime(Date.now() + 3_600_000)
  pass(watchdog, 400)
  expect(stuck).toEqual([])
})

test('a thread reports its processor time if the system does', () => {
  const pulse = new Pulse()
  const isReported = process.platform === 'linux'
  expect(pulse.cpuMs()).toBe(isReported ? 0 : null)
  pulse.registerThread()
  if (isReported) expect(pulse.cpuMs()).toBeGreaterThan(0)
  else expect(pulse.cpuMs()).toBeNull()
})
