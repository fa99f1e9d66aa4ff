import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import type { Input } from '../../../sim/types.ts'
import { MOVE_HOLD_TICKS_MAX, MOVES_HELD_MAX } from '../limits.ts'
import { MoveSchedule } from './move-schedule.ts'

const move = (sequence: number): Input => ({
  player: 1,
  sequence,
  command: { type: 'move', x: 0, y: 0, z: -1, yaw: 0, jump: false, run: false, fly: false },
})

interface SentMoveAt {
  readonly clientTick: number
  /** The server's tick before which it arrives. */
  readonly arrivesTick: number
}

/** The ticks in whose frames the moves were, by sequence. */
function play(sent: readonly SentMoveAt[], ticks: number, schedule = new MoveSchedule()): number[] {
  const taken: number[] = []
  const note = (inputs: readonly Input[], tick: number): void => {
    for (const { sequence } of inputs) taken[sequence] = tick
  }
  for (let tick = 1; tick <= ticks; tick += 1) {
    for (const [i, { clientTick, arrivesTick }] of sent.entries())
      if (arrivesTick === tick) note(schedule.sort([move(i)], clientTick, 0, tick), tick)
    note(schedule.takeDue(tick), tick)
  }
  return taken
}

describe('a schedule of moves', () => {
  test.prop([
    fc.array(
      fc.record({
        afterTicks: fc.integer({ min: 4, max: 30 }),
        lateTicks: fc.integer({ min: 0, max: MOVE_HOLD_TICKS_MAX }),
      }),
      { minLength: 2, maxLength: 60 },
    ),
    fc.integer({ min: -500, max: 500 }),
  ])('moves take effect as far apart as they were sent, despite jitter of a few ticks', (steps, origin) => {
    let at = 0
    const sent = steps.map(({ afterTicks, lateTicks }) => ({
      clientTick: 1_000 + origin + (at += afterTicks),
      arrivesTick: at + 5 + lateTicks,
    }))
    const schedule = new MoveSchedule()
    // The path's largest delay has been measured before.
    schedule.recordArrival(1_000 + origin, 5)
    schedule.recordArrival(1_000 + origin, 5 + MOVE_HOLD_TICKS_MAX)
    // The schedule remembers for seconds, and these arrived within them.
    fc.pre(at < 400)
    const taken = play(sent, at + 20, schedule)
    for (let i = 1; i < sent.length; i += 1)
      expect((taken[i] ?? 0) - (taken[i - 1] ?? 0)).toBe((sent[i]?.clientTick ?? 0) - (sent[i - 1]?.clientTick ?? 0))
  })

  test.prop([
    fc.array(fc.record({ clientTick: fc.nat(2 ** 32 - 1), arrivesTick: fc.integer({ min: 1, max: 300 }) }), {
      maxLength: 200,
    }),
  ])(
    'OWN-2, INP-12: no move waits longer than allowed, none is lost, and order is kept, whatever timeline a client claims',
    (packets) => {
      const sent = packets.toSorted((a, b) => a.arrivesTick - b.arrivesTick)
      const taken = play(sent, 310)
      for (const [i, { arrivesTick }] of sent.entries()) {
        expect(taken[i]).toBeGreaterThanOrEqual(arrivesTick)
        expect(taken[i]).toBeLessThanOrEqual(arrivesTick + MOVE_HOLD_TICKS_MAX)
        if (i > 0) expect(taken[i]).toBeGreaterThanOrEqual(taken[i - 1] ?? 0)
      }
    },
  )

  test('keeps a bounded number of moves', () => {
    const schedule = new MoveSchedule()
    schedule.recordArrival(100, 1)
    for (let i = 0; i < 100; i += 1) schedule.sort([move(i)], 104, 0, 1)
    schedule.takeDue(1)
    expect(schedule.length).toBeLessThanOrEqual(MOVES_HELD_MAX)
  })

  test('forgets the delays of a path that changed', () => {
    const steady = (from: number, count: number, delay: number): SentMoveAt[] =>
      Array.from({ length: count }, (_, i) => ({ clientTick: from + 10 * i, arrivesTick: from + 10 * i + delay }))
    const taken = play([...steady(0, 20, 3), ...steady(200, 30, 20)], 600)
    // After a few that came too late to be evened out, moves of the slower path are not delayed.
    expect(taken.slice(-20)).toEqual(steady(300, 20, 20).map(({ arrivesTick }) => arrivesTick))
  })

  test('does not delay poses, nor the moves of a client without a timeline', () => {
    const pose: Input = {
      player: 1,
      sequence: 3,
      command: { type: 'pose', pose: { bytes: new Uint8Array(30), boneMask: 0 } },
    }
    const schedule = new MoveSchedule()
    expect(schedule.sort([move(2), pose], 0, 0, 9)).toEqual([move(2), pose])
    schedule.recordArrival(1, 9)
    schedule.recordArrival(1, 12)
    expect(schedule.sort([move(4), pose], 4, 0, 12)).toEqual([pose])
    expect(schedule.takeDue(15)).toEqual([move(4)])
  })
})
