import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LOOK_MS, Pulse, Watchdog } from './watchdog.ts'

let stuck: string[] = []
let cpuMs: number | null = null
beforeEach(() => {
  vi.useFakeTimers()
  stuck = []
  cpuMs = null
})
afterEach(() => {
  vi.useRealTimers()
})

function watch(pulse: Pulse): Watchdog {
  vi.spyOn(pulse, 'cpuMs').mockImplementation(() => cpuMs)
  return new Watchdog({ pulse, stepMsMax: 1_000, pauseMsMax: () => 5_000, onStuck: (what) => stuck.push(what) })
}

test('a step that does not end is reported once, with its tick', () => {
  const pulse = new Pulse()
  const watchdog = watch(pulse)
  pulse.begin(42)
  vi.advanceTimersByTime(1_000)
  expect(stuck).toEqual([])
  vi.advanceTimersByTime(5_000)
  expect(stuck).toEqual(['the step of tick 42 took more than 1 s'])
  watchdog.stop()
})

test('a thread that makes progress is never reported, however slow', () => {
  const pulse = new Pulse()
  const watchdog = watch(pulse)
  for (let tick = 1; tick <= 20; tick++) {
    pulse.begin(tick)
    vi.advanceTimersByTime(900)
    pulse.end()
    vi.advanceTimersByTime(4_000)
  }
  expect(stuck).toEqual([])
  watchdog.stop()
})

test('a pause between two steps, for a slow disk, has a limit of its own', () => {
  const pulse = new Pulse()
  const watchdog = watch(pulse)
  pulse.during(7, () => undefined)
  vi.advanceTimersByTime(5_000)
  expect(stuck).toEqual([])
  vi.advanceTimersByTime(2 * LOOK_MS)
  expect(stuck).toEqual([expect.stringContaining('after tick 7')])
  watchdog.stop()
})

test('on a busy machine processor time decides, and the clock only as a last resort', () => {
  const pulse = new Pulse()
  const watchdog = watch(pulse)
  cpuMs = 300
  pulse.begin(3)
  vi.advanceTimersByTime(3_000)
  cpuMs = 900
  vi.advanceTimersByTime(900)
  expect(stuck).toEqual([])
  cpuMs = 1_400
  vi.advanceTimersByTime(100)
  expect(stuck).toHaveLength(1)
  watchdog.stop()

  const starved = new Pulse()
  const other = watch(starved)
  starved.begin(4)
  vi.advanceTimersByTime(4_000)
  expect(stuck).toHaveLength(1)
  vi.advanceTimersByTime(100)
  expect(stuck).toHaveLength(2)
  other.stop()
})

test('time without looks does not count, as when the process was stopped or the machine slept', () => {
  const pulse = new Pulse()
  const watchdog = watch(pulse)
  pulse.begin(9)
  vi.advanceTimersByTime(500)
  vi.setSystemTime(Date.now() + 3_600_000)
  vi.advanceTimersByTime(400)
  expect(stuck).toEqual([])
  watchdog.stop()
})

test('a thread reports its processor time if the system does', () => {
  const pulse = new Pulse()
  expect(pulse.cpuMs()).toBeNull()
  pulse.registerThread()
  const before = pulse.cpuMs()
  if (process.platform === 'linux') expect(before).toBeGreaterThan(0)
  else expect(before).toBeNull()
})
