/** Each planted bug of the simulation is caught by the ready-made properties (docs/testing.md). */
import { pathToFileURL } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { huntAll } from '../../cli/commands/planted-bugs.ts'
import type { HuntReport } from '../../testing/planted-bugs/hunt.ts'
import { PLANTED_BUGS } from '../../testing/planted-bugs/bugs.ts'
import { buildEntry } from '../harness/build-entry.ts'

const THREADS = 2
const worker = pathToFileURL(
  await buildEntry(new URL('../../cli/workers/fuzz-worker.ts', import.meta.url), 'fuzz-worker'),
)
let reports: readonly HuntReport[] = []

beforeAll(async () => {
  reports = await huntAll(THREADS, worker)
})

test.each(PLANTED_BUGS)('the planted bug $name is caught', ({ name }) => {
  expect(reports.find(({ bug }) => bug === name)?.caught).toMatchObject({ property: expect.any(String) })
})

test('most planted bugs shrink to three inputs or fewer', () => {
  const small = reports.filter(({ caught }) => caught !== null && caught.inputs <= 3)
  expect(small.length).toBeGreaterThan(reports.length / 2)
})
