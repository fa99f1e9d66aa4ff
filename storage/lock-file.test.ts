import { expect, test } from 'vitest'
import { runRaces } from '../test/environments/lock/races.ts'

const RACES = Number(process.env['LOCK_RACES'] ?? 60)

test(`a free lock, or one whose holder is killed, goes to at most one of six processes (${RACES} races)`, async () => {
  const { holders, killed } = await runRaces({ races: RACES, processes: 6, killEvery: 20 })
  const { 0: nobody = 0, 1: one = 0, ...more } = holders
  expect(more).toEqual({})
  expect(one + nobody).toBe(RACES)
  expect(nobody).toBeLessThanOrEqual(killed)
})
