/** The committed traces are what the product does: `UPDATE_GODOT_TRACES=1 npx vitest run test/godot/world-traces` makes them anew. */
import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { clockTrace, playbackTrace, tracksTrace } from './world-traces.ts'

/** Compares with the committed file; a line for each entry, so that a difference can be read. */
function check(name: string, made: object): void {
  const file = new URL(`../../fixtures/godot/${name}`, import.meta.url)
  const text = `${JSON.stringify(made).replace(/(?<=[\]}]),(?=\{)/g, ',\n')}\n`
  if (process.env.UPDATE_GODOT_TRACES) writeFileSync(file, text)
  expect(readFileSync(file, 'utf8')).toBe(text)
}

test('the committed moments are what playback draws', () => check('playback.json', playbackTrace()))

test('the committed ticks are what the clock says', () => {
  const lines = clockTrace()
  // They hold what is easily got wrong: steps, and a drift that was found.
  const told = lines.map(({ events }) => events.filter(([kind]) => kind === 1).at(-1) ?? [])
  expect(told.some(([, , , , steps]) => steps === 1)).toBe(true)
  expect(told.at(-1)?.[3]).toBeGreaterThan(300)
  check('clock.json', lines)
})

test('the committed world is what tracks draw', () => check('tracks.json', tracksTrace()))
