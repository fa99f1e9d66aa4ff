import { readFileSync } from 'node:fs'
import { Effect } from 'effect'
import { expect, test } from 'vitest'
import { until } from '../../test/harness/wait.ts'
import { ArchiveError, type ArchiveService } from '../../storage/archive/archive.ts'
import { memoryArchive } from '../../storage/archive/memory-archive.fake.ts'
import { UPLOADS_STOP_MS_MAX } from '../limits.ts'
import { outcomeFor } from './uploads.fake.ts'
import { useDirectory, ADA, BOB, CUP, Shop, refusal, user } from './upload-service.fixture.ts'

useDirectory()

test('a store that is away delays an upload with a message, and the upload finishes when it is back', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  shop.assets.files.set(`incoming/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  shop.assets.away = true
  const said: (string | undefined)[] = []
  shop.uploads.follow(id, ADA, ({ message }) => {
    said.push(message)
    if (said.filter((each) => each !== undefined).length > 0) shop.assets.away = false
  })
  expect(await shop.settled(id)).toMatchObject({ stage: 'done' })
  expect(said.join()).toMatch(/store of files does not answer at present/)
})

test('a store that stays away fails the upload with a message and refuses new ones', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  shop.assets.files.set(`incoming/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  shop.assets.away = true
  expect(await shop.settled(id)).toMatchObject({
    stage: 'failed',
    message: expect.stringMatching(/Upload the file again later/),
  })
  expect(await refusal(shop.declare())).toMatchObject({ status: 503, reason: 'store-away' })
})

test('an archive that is away refuses new uploads with a message', async () => {
  const away = (): ReturnType<ArchiveService['recordsOf']> =>
    Effect.fail(new ArchiveError({ reason: 'away', what: 'gone', where: 'db', fix: 'wait' }))
  const shop = new Shop({ archive: { ...memoryArchive(), recordsOf: away } })
  expect(await refusal(shop.declare())).toMatchObject({
    status: 503,
    message: expect.stringContaining('the archive does not answer'),
  })
})

test('after a restart, finished uploads are still known and unfinished ones are gone with a message', async () => {
  const shop = new Shop()
  const { id, package: hash } = await shop.send()
  const pending = await shop.declare(ADA, Buffer.alloc(50))
  const next = new Shop({ archive: shop.archive })
  expect(await next.uploads.status(id, ADA)).toMatchObject({ stage: 'done', package: hash })
  expect(await refusal(next.uploads.status(pending.id, ADA))).toMatchObject({
    status: 404,
    message: expect.stringContaining('a restart of the server ends'),
  })
})

test('a stopping server reports it to waiting uploads and waits for running ones', async () => {
  const running: (() => void)[] = []
  const shop = new Shop(
    {
      ingest: (file) =>
        new Promise((resolve) => {
          const bytes = readFileSync(file)
          running.push(() => resolve(outcomeFor(bytes, 'cup')))
        }),
    },
    // No sleep ends, so the stop cannot end by its time limit.
    () => false,
  )
  const { id } = await shop.declare()
  shop.assets.files.set(`incoming/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  await until('an ingest waits', () => running.length > 0)
  const waiting = await shop.declare(BOB)
  const stopped = shop.uploads.stop()
  expect(await shop.uploads.status(waiting.id, BOB)).toMatchObject({
    stage: 'failed',
    message: expect.stringContaining('stopped'),
  })
  expect(await refusal(shop.declare(user(9)))).toMatchObject({ status: 503 })
  running[0]?.()
  await stopped
  expect(await shop.uploads.status(id, ADA)).toMatchObject({
    stage: 'failed',
    message: expect.stringContaining('stopped'),
  })
})

test('a stopping server waits a limited time for an upload that hangs', async () => {
  const hanging: string[] = []
  const shop = new Shop({ ingest: (file) => new Promise(() => void hanging.push(file)) })
  const { id } = await shop.declare()
  shop.assets.files.set(`incoming/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  await until('an ingest waits', () => hanging.length > 0)
  const beganMs = shop.nowMs
  await shop.uploads.stop()
  expect(shop.nowMs - beganMs).toBe(UPLOADS_STOP_MS_MAX)
})
