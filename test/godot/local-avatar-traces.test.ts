/** The committed traces are current: `UPDATE_GODOT_TRACES=1 npx vitest run test/godot/local-avatar-traces` writes them again. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadEngine } from '../../sim/index.ts'
import { gaitTrace } from './gait-traces.ts'
import { GRIPS, LINES, predictionTrace, steeringTrace } from './local-avatar-traces.ts'
import { walkingTraces } from './walking-traces.ts'

/** Compares with the committed file, which has a line per entry so that a difference is readable. */
function check(name: string, made: object): void {
  const file = new URL(`../../fixtures/godot/${name}`, import.meta.url)
  const text = `${JSON.stringify(made).replace(/(?<=[\]}]),(?=\{)/g, ',\n')}\n`
  if (process.env.UPDATE_GODOT_TRACES) writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
}

test('the committed steps match the simulation', () => check('steering.json', steeringTrace()))

test('the committed predictions match the client', async () => {
  const engine = await loadEngine()
  const lines = LINES.map((line) => predictionTrace(engine, line))
  // They contain the hard cases: corrections, and answers that needed none.
  const corrections = lines.map(({ events }) => events.flatMap((event) => ('at' in event ? [event.at[11] ?? 0] : [])))
  expect(Math.max(...(corrections[0] ?? []))).toBe(0)
  expect(Math.max(...(corrections[1] ?? []))).toBeGreaterThan(0.01)
  check('prediction.json', lines)
})

test('the committed grips match the client', () => check('grips.json', GRIPS()))

test('the committed poses match the page', () => check('gait.json', gaitTrace()))

test('the committed walks around obstacles match the client', () => check('walking.json', walkingTraces()))
