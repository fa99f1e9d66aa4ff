import { expect, test } from 'vitest'
import { runRaces } from '../test/environments/lock/races.ts'

test('a free lock, or one whose holder is killed, goes to at most one of six processes in 200 races', async () => {
  const { holders, killed } = await runRaces({ races: 200, processes: 6, killEvery: 20 })
  const { 0: nobody = 0, 1: one = 0, ...more } = holders
  expect(more).toEqual({})
  expect(one + nobody).toBe(200)
  expect(nobody).toBeLessThanOrEqual(killed)
})
