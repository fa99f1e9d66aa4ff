/** Two containers on one volume: namespaces of processes and of networks of their own, one data directory. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runPair } from '../environments/lock/pairs.ts'

const data = mkdtempSync(join(tmpdir(), 'otherworld-containers-'))
afterAll(() => rmSync(data, { recursive: true, force: true }))

test('of two servers in containers of their own one runs and the other says who has the directory; after a kill the next pair goes on', async () => {
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
