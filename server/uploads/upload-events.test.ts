import { readFileSync } from 'node:fs'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { until } from '../../test/harness/wait.ts'
import type { IngestOutcome } from '../../ingest/types.ts'
import { FOLLOWERS_PER_UPLOAD_MAX } from '../limits.ts'
import { outcomeFor } from './uploads.fake.ts'
import type { UploadStatus } from '../../http-contract/index.ts'
import { useDirectory, ADA, CUP, Shop, user } from './upload-service.fixture.ts'

useDirectory()

test('the owner receives every stage in order, and progress never falls', async () => {
  const shop = new Shop({
    ingest: (file, { onStage }) => {
      onStage?.('validating')
      onStage?.('normalising')
      return Promise.resolve(outcomeFor(readFileSync(file), 'cup'))
    },
  })
  const { id } = await shop.declare()
  const statuses: UploadStatus[] = []
  const endedAtStatus: number[] = []
  shop.uploads.follow(id, ADA, (status) => {
    statuses.push(status)
    endedAtStatus.push(shop.ended.length)
  })
  shop.assets.files.set(`incoming/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  await shop.settled(id)
  // The end is counted before anybody receives it.
  expect(endedAtStatus.at(-1)).toBe(1)
  expect(endedAtStatus.slice(0, -1).every((count) => count === 0)).toBe(true)
  expect([...new Set(statuses.map(({ stage }) => stage))]).toEqual([
    'received',
    'checking',
    'validating',
    'normalising',
    'storing',
    'done',
  ])
  const progress = statuses.map((each) => each.progress)
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  expect(shop.uploads.follow(id, ADA, () => undefined)).toBeNull()
})

test('files are ingested one after the other, and a waiting upload knows its place in the queue', async () => {
  const gates: (() => void)[] = []
  const shop = new Shop({
    ingest: (file) =>
      new Promise<IngestOutcome>((resolve) => {
        const bytes = readFileSync(file)
        gates.push(() => resolve(outcomeFor(bytes, 'cup')))
      }),
  })
  const ids: string[] = []
  for (const n of [1, 2, 3]) {
    const { id } = await shop.declare(user(n), Buffer.alloc(40, n))
    shop.assets.files.set(`incoming/${id}`, Buffer.alloc(40, n))
    await shop.uploads.complete(id, user(n))
    ids.push(id)
  }
  const places = async (): Promise<unknown[]> =>
    Promise.all(
      ids.map(async (id, i) => {
        const { stage, queue } = await shop.uploads.status(id, user(i + 1))
        return queue ?? stage
      }),
    )
  expect((await places()).slice(1)).toEqual([0, 1])
  shop.uploads.abandon(ids[1] ?? '', user(2))
  for (const [i, id] of ids.entries()) {
    if (i === 1) continue
    await until('an ingest waits', () => gates.length > 0)
    gates.shift()?.()
    expect(await shop.settled(id, user(i + 1))).toMatchObject({ stage: 'done' })
  }
  expect(shop.ended.toSorted()).toEqual(['abandoned', 'done', 'done'])
})

test('event streams of one upload are limited, and a closed stream frees its place', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  const ends = Array.from({ length: FOLLOWERS_PER_UPLOAD_MAX }, () => shop.uploads.follow(id, ADA, () => undefined))
  expect(() => shop.uploads.follow(id, ADA, () => undefined)).toThrow(/too often/)
  ends[0]?.()
  expect(shop.uploads.follow(id, ADA, () => undefined)).not.toBeNull()
})

test('a client that disconnects before its events begin takes no place', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  for (let i = 0; i <= FOLLOWERS_PER_UPLOAD_MAX; i++) {
    const gone = new ServerResponse(new IncomingMessage(new Socket()))
    gone.destroy()
    await shop.uploads.events(id, ADA, gone)
  }
  expect(shop.uploads.follow(id, ADA, () => undefined)).not.toBeNull()
})
