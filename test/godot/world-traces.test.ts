/** The committed traces are current: `UPDATE_GODOT_TRACES=1 npx vitest run test/godot/world-traces` writes them again. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { clockTrace, playbackTrace, tracksTrace } from './world-traces.ts'

/** Compares with the committed file, which has a line per entry so that a difference is readable. */
function check(name: string, made: object): void {
  const file = new URL(`../../fixtures/godot/${name}`, import.meta.url)
  const text = `${JSON.stringify(made).replace(/(?<=[\]}]),(?=\{)/g, ',\n')}\n`
  if (process.env.UPDATE_GODOT_TRACES) writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
}

test('the committed drawn ticks match playback', () => check('playback.json', playbackTrace()))

test('the committed ticks match the clock', () => {
  const lines = clockTrace()
  // They contain the hard cases: steps, and a measured drift.
  const told = lines.map(({ events }) => events.filter(([kind]) => kind === 1).at(-1) ?? [])
  expect(told.some(([, , , , steps]) => steps === 1)).toBe(true)
  expect(told.at(-1)?.[3]).toBeGreaterThan(300)
  check('clock.json', lines)
})

test('the committed world matches the tracks', () => check('tracks.json', tracksTrace()))
