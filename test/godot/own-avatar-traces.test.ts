/** The committed traces are what the product does: `UPDATE_GODOT_TRACES=1 npx vitest run test/godot/own-avatar-traces` makes them anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadEngine } from '../../sim/index.ts'
import { gaitTrace } from './gait-traces.ts'
import { GRIPS, LINES, predictionTrace, steeringTrace } from './own-avatar-traces.ts'

/** Compares with the committed file; a line for each entry, so that a difference can be read. */
function check(name: string, made: object): void {
  const file = new URL(`../../fixtures/godot/${name}`, import.meta.url)
  const text = `${JSON.stringify(made).replace(/(?<=[\]}]),(?=\{)/g, ',\n')}\n`
  if (process.env.UPDATE_GODOT_TRACES) writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
}

test('the committed steps are what steering does', () => check('steering.json', steeringTrace()))

test('the committed predictions are what the client does', async () => {
  const engine = await loadEngine()
  const lines = LINES.map((line) => predictionTrace(engine, line))
  // They hold what is easily got wrong: corrections, and answers that needed none.
  const corrections = lines.map(({ events }) => events.flatMap((event) => ('at' in event ? [event.at[11] ?? 0] : [])))
  expect(Math.max(...(corrections[0] ?? []))).toBe(0)
  expect(Math.max(...(corrections[1] ?? []))).toBeGreaterThan(0.01)
  check('prediction.json', lines)
})

test('the committed grips are what the client draws', () => check('grips.json', GRIPS()))

test('the committed poses are how the page walks', () => check('gait.json', gaitTrace()))
