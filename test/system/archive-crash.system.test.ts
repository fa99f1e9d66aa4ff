import { Effect } from 'effect'
import { rmSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { temporaryDirectory } from '../harness/cleanup.ts'
import { buildArchiveWorker } from '../../storage/archive/embedded/build-worker.fixture.ts'
import { openArchive } from '../../storage/archive/index.ts'
import { buildChild, expectThere, writeAndKill } from './archive-crash.ts'
import { randomFrom } from '../harness/recording-example.ts'

const KILLS = 4
const child = await buildChild()
const worker = await buildArchiveWorker()
const directory = temporaryDirectory()
afterAll(() => {
  rmSync(child, { force: true })
})

test(`an embedded archive whose process is killed ${KILLS} times at random moments keeps everything acknowledged and frees its lock`, async () => {
  const random = randomFrom(7)
  let acknowledged = 0
  for (let run = 1; run <= KILLS; run++) {
    const written = await writeAndKill(
      child,
      ['', directory, String(run), worker],
      5 + Math.floor(random() * 300),
      random() * 10,
    )
    acknowledged += written.records.length
    const archive = openArchive({ databaseUrl: null, directory, worker })
    try {
      await expectThere(archive.service, run, written)
    } finally {
      await Effect.runPromise(archive.close)
    }
  }
  expect(acknowledged).toBeGreaterThan(KILLS * 3)
})
