import { fc, test } from '@fast-check/vitest'
import { expect, test as plain } from 'vitest'
import { CHECKPOINT_BYTES_MAX, CHECKPOINT_EVERY_TICKS } from '../../replay/index.ts'
import { CHECKPOINT_BYTES_PER_MINUTE_MAX, CheckpointBudget } from './checkpoint-budget.ts'

/** Bytes and times of the checkpoints of a state of these sizes, one size a minute, over that many minutes. */
function play(
  tickRate: number,
  sizes: readonly number[],
): { readonly bytes: number; readonly ticks: readonly number[] } {
  const budget = new CheckpointBudget(tickRate, 0)
  const ticks: number[] = []
  let bytes = 0
  for (let tick = 1; tick <= sizes.length * 60 * tickRate; tick++) {
    if (!budget.due(tick)) continue
    const size = sizes[Math.floor((tick - 1) / (60 * tickRate))] ?? 0
    budget.took(tick, size)
    bytes += size
    ticks.push(tick)
  }
  return { bytes, ticks }
}

const arbitrarySize = fc.integer({ min: 1_000, max: CHECKPOINT_BYTES_MAX })

test.prop([fc.constantFrom(20, 60), fc.array(arbitrarySize, { minLength: 1, maxLength: 10 })])(
  'checkpoints of a state of any size stay within the limit a minute plus one checkpoint',
  (tickRate, sizes) => {
    expect(play(tickRate, sizes).bytes).toBeLessThanOrEqual(
      sizes.length * CHECKPOINT_BYTES_PER_MINUTE_MAX + Math.max(...sizes),
    )
  },
)

plain('a realm of ordinary size has one each ten seconds', () => {
  const { ticks } = play(60, [1e6, 1e6])
  expect(ticks).toEqual(Array.from({ length: 12 }, (_, i) => (i + 1) * CHECKPOINT_EVERY_TICKS))
})

plain('the largest state is written every four minutes', () => {
  const { ticks } = play(
    60,
    Array.from({ length: 9 }, () => CHECKPOINT_BYTES_MAX),
  )
  expect(ticks.map((tick) => tick / 3_600)).toEqual([1 / 6, 1 / 6 + 4, 1 / 6 + 8])
})
