import { expect, test } from 'vitest'
import { TickLoop, preciseTimer, type TickTimer, type TickTiming } from './tick-loop.ts'
import { TickRecorder, percentile } from './reports/tick-statistics.ts'

/** Time that passes only when the loop waits (each wait ends `latenessMs` late) or when the work says so. */
class FakeClock implements TickTimer {
  #ms = 1_000_000
  readonly #latenessMs: () => number
  constructor(latenessMs: () => number) {
    this.#latenessMs = latenessMs
  }
  nowMs(): number {
    return this.#ms
  }
  async until(atMs: number): Promise<void> {
    this.#ms = Math.max(this.#ms, atMs) + this.#latenessMs()
  }
  work(ms: number): void {
    this.#ms += ms
  }
}

async function run(
  ticks: number,
  clock: FakeClock,
  workMs: (tick: number) => number,
): Promise<{ elapsedMs: number; timings: TickTiming[] }> {
  const timings: TickTiming[] = []
  const startMs = clock.nowMs()
  const loop = new TickLoop({
    tickRate: 60,
    catchUpMsMax: 250,
    timer: clock,
    tick: () => {
      clock.work(workMs(timings.length))
      if (timings.length + 1 === ticks) loop.stop()
    },
    onTiming: (timing) => timings.push(timing),
  })
  await loop.run()
  return { elapsedMs: clock.nowMs() - startMs, timings }
}

test('an hour of ticks with an inaccurate timer keeps 60 a second without drift', async () => {
  let state = 1
  const clock = new FakeClock(() => {
    state = (state * 48_271) % 2_147_483_647
    return (state % 1_000) / 500
  })
  const { elapsedMs, timings } = await run(216_000, clock, () => 3)
  expect(timings).toHaveLength(216_000)
  expect(Math.abs(elapsedMs - 3_600_000)).toBeLessThan(25)
  expect(timings.filter(({ overrun }) => overrun)).toHaveLength(0)
})

test('after a tick of 100 ms the next ones run back to back until they are on schedule', async () => {
  const clock = new FakeClock(() => 0)
  const { elapsedMs, timings } = await run(120, clock, (tick) => (tick === 30 ? 100 : 2))
  expect(timings.filter(({ overrun }) => overrun)).toHaveLength(1)
  expect(timings[30]).toMatchObject({ overrun: true, delayMs: 0 })
  expect(timings[31]?.lateMs).toBeGreaterThan(80)
  expect(timings[60]?.lateMs).toBe(0)
  expect(elapsedMs).toBeLessThan(2_040)
})

test('a permanent overload delays every tick by a reported time and skips none', async () => {
  const clock = new FakeClock(() => 0)
  const { elapsedMs, timings } = await run(600, clock, () => 25)
  expect(timings).toHaveLength(600)
  expect(timings.every(({ overrun }) => overrun)).toBe(true)
  const delayMs = timings.reduce((sum, timing) => sum + timing.delayMs, 0)
  expect(elapsedMs - 10_000 - delayMs).toBeLessThan(280)
  expect(delayMs).toBeGreaterThan(4_500)
})

test('an error in a tick ends the loop', async () => {
  const clock = new FakeClock(() => 0)
  const loop = new TickLoop({
    tickRate: 60,
    catchUpMsMax: 250,
    timer: clock,
    tick: () => {
      throw new Error('the step failed')
    },
    onTiming: () => undefined,
  })
  await expect(loop.run()).rejects.toThrow('the step failed')
})

test('the precise timer ticks in real time at the rate it was given', async () => {
  let ticks = 0
  const loop = new TickLoop({
    tickRate: 200,
    catchUpMsMax: 250,
    timer: preciseTimer(),
    tick: () => {
      if (++ticks === 100) loop.stop()
    },
    onTiming: () => undefined,
  })
  const startMs = performance.now()
  await loop.run()
  expect(ticks).toBe(100)
  expect(performance.now() - startMs).toBeGreaterThan(495)
})

test('percentiles cover only the window', () => {
  const recorder = new TickRecorder(60, 10_000)
  const timing = (startedAtMs: number, workMs: number): TickTiming => ({
    startedAtMs,
    workMs,
    lateMs: 0,
    overrun: workMs > 16,
    delayMs: 0,
  })
  for (let i = 0; i < 600; i++) recorder.add(timing(i * 16, 100))
  for (let i = 0; i < 600; i++) recorder.add(timing(10_000 + i * 16, (i % 100) + 1))
  expect(recorder.read(20_000)).toMatchObject({ tickMsP50: 50, tickMsP99: 99, tickMsMax: 100, ticks: 1_200 })
  expect(recorder.read(60_000)).toMatchObject({ tickMsP50: 0, tickMsP99: 0 })
  expect(percentile([], 0.5)).toBe(0)
  expect(percentile([7], 0.99)).toBe(7)
})
