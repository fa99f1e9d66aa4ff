/** Two containers on one volume: separate process and network namespaces, one data directory. */
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../harness/cleanup.ts'
import { runPair } from '../environments/lock/pairs.ts'

const data = temporaryDirectory()

test('of two servers in separate containers one runs and the other names it; after a kill the next pair works too', async () => {
  const first = await runPair(data)
  const second = await runPair(data)
  for (const { ready, refusals } of [first, second]) {
    expect(ready).toBe(1)
    expect(refusals).toEqual([
      { code: 2, words: expect.stringMatching(/another (server|process)[^]* uses this data directory/) as string },
    ])
  }
  expect(second.tick).toBeGreaterThan(first.tick)
})
