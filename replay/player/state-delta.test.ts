import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { checkpoint, DEFAULT_DEFINITION, free, genesis, loadEngine, step } from '../../sim/index.ts'
import { sessionFrames } from '../../test/harness/recording-example.ts'
import { applyDelta, encodeDelta } from './state-delta.ts'

const engine = await loadEngine()

/** States 16 ticks apart. */
function statesOf(ticks: number): Uint8Array[] {
  const realm = genesis(engine, DEFAULT_DEFINITION)
  const states: Uint8Array[] = []
  for (const frame of sessionFrames({ ticks, players: 4 })) {
    step(realm, frame)
    if (frame.tick % 16 === 0) states.push(checkpoint(realm))
  }
  free(realm)
  return states
}

/** Bytes with repetitions: parts of a few blocks, some changed. */
const bytes = fc
  .array(
    fc.tuple(fc.nat(5), fc.integer({ min: 0, max: 60 }), fc.nat(255)).map(([block, length, changed]) => {
      const part = Uint8Array.from({ length }, (_, i) => (block * 37 + i * block) & 255)
      if (length > 0) part[changed % length] = changed
      return [...part]
    }),
    { maxLength: 30 },
  )
  .map((parts) => Uint8Array.from(parts.flat()))

property.prop([bytes, bytes])('a state comes back from its difference to any other', (base, state) => {
  expect(applyDelta(base, encodeDelta(base, state), state.length)).toEqual(state)
})

test('states of a session come back, from differences of less than half their bytes', () => {
  const states = statesOf(320)
  for (const [i, state] of states.entries()) {
    const base = states[i - 1]
    if (!base) continue
    const delta = encodeDelta(base, state)
    expect(applyDelta(base, delta, state.length)).toEqual(state)
    if (i > 10) expect(delta.length).toBeLessThan(state.length / 2)
  }
})

test('a long run of one byte, an empty state and an empty base come back', () => {
  const run = new Uint8Array(100_000).fill(7)
  const none = new Uint8Array(0)
  for (const [base, state] of [
    [none, run],
    [run, none],
    [run, run.subarray(3)],
    [none, none],
  ] as const)
    expect(applyDelta(base, encodeDelta(base, state), state.length)).toEqual(state)
})
