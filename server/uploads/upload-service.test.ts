import { readdirSync, readFileSync } from 'node:fs'
import { Effect } from 'effect'
import { expect, test } from 'vitest'
import { memoryArchive } from '../../storage/archive/memory-archive.fake.ts'
import { RouteError } from '../http/reply.ts'
import { outcomeFor, REFUSED, sha256Of } from './uploads.fake.ts'
import { useDirectory, ADA, BOB, CUP, Shop, refusal, uid, directory } from './upload-service.fixture.ts'

useDirectory()

test('an upload is stored and recorded for its user, and leaves no incoming file and no other file on the disk', async () => {
  const shop = new Shop()
  const status = await shop.send(ADA, CUP, { sharing: 'everyone' })
  expect(status).toMatchObject({
    schema: 'otherworld/upload/1',
    stage: 'done',
    progress: 1,
    name: 'cup',
    kind: 'object',
    rank: { pc: 'excellent' },
    package: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect([...shop.assets.files.keys()].toSorted()).toEqual(
    [`sha256/${sha256Of(CUP)}`, `sha256/${status.package}`].toSorted(),
  )
  expect(readdirSync(directory)).toEqual([])
  expect(await Effect.runPromise(shop.archive.recordsOf(ADA.uid))).toMatchObject([
    { id: status.id, package: status.package, name: 'cup', sharing: 'everyone', bytes: 2 * CUP.length },
  ])
  expect(await Effect.runPromise(shop.archive.user(ADA.uid))).toEqual({ uid: ADA.uid, number: 1, name: 'User 1' })
  expect(shop.ended).toEqual(['done'])
})

test('a rejection lists its rules and stores nothing', async () => {
  const shop = new Shop({ ingest: () => Promise.resolve(REFUSED) })
  expect(await shop.send()).toMatchObject({
    stage: 'rejected',
    rejections: [{ rule: 'NODE_CYCLE', where: '/nodes/0' }],
  })
  expect(shop.assets.files.size).toBe(0)
  expect(await Effect.runPromise(shop.archive.recordsOf(ADA.uid))).toEqual([])
  expect(shop.ended).toEqual(['rejected'])
})

test.each([
  ['other bytes', Buffer.from('b teacup of at least twenty bytes'), 'UPLOAD_HASH'],
  ['fewer bytes', CUP.subarray(1), 'UPLOAD_SIZE'],
  ['more bytes', Buffer.concat([CUP, CUP]), 'UPLOAD_SIZE'],
])('%s than were declared are rejected before they are parsed', async (_, sent, rule) => {
  const shop = new Shop()
  expect(await shop.send(ADA, CUP, {}, sent)).toMatchObject({
    stage: 'rejected',
    rejections: [{ rule, message: expect.stringContaining('Upload the file again') }],
  })
  expect([shop.ingests, shop.assets.files.size]).toEqual([0, 0])
})

test('an ingest that crashes fails the upload as a server error without details', async () => {
  const shop = new Shop({ ingest: () => Promise.reject(new Error('inner secret')) })
  const status = await shop.send()
  expect(status).toMatchObject({ stage: 'failed', message: expect.stringContaining('Try again') })
  expect(JSON.stringify(status)).not.toContain('inner secret')
  expect(shop.logged.join()).toContain('inner secret')
  expect(readdirSync(directory)).toEqual([])
})

test('completing an upload without its bytes is refused, and completing it twice changes nothing', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  expect(await refusal(shop.uploads.complete(id, ADA))).toMatchObject({ status: 409, reason: 'not-uploaded' })
  shop.assets.files.set(`incoming/${id}`, CUP)
  await Promise.all([shop.uploads.complete(id, ADA), shop.uploads.complete(id, ADA)])
  await shop.settled(id)
  expect(await shop.uploads.complete(id, ADA)).toMatchObject({ stage: 'done' })
  expect(shop.ingests).toBe(1)
})

test("another user's upload looks like one that does not exist", async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  const none = await refusal(shop.uploads.status(uid(77), BOB))
  for (const asked of [shop.uploads.status(id, BOB), shop.uploads.complete(id, BOB)])
    expect(await refusal(asked)).toMatchObject({ status: 404, reason: none.reason, message: none.message })
  expect(() => shop.uploads.abandon(id, BOB)).toThrow(RouteError)
  expect(shop.uploads.follow(id, BOB, () => undefined)).toBeNull()
})

test('the same bytes of the same user finish at once; another user must send them, but they are not ingested again', async () => {
  const shop = new Shop()
  const first = await shop.send()
  expect(await shop.declare()).toMatchObject({ stage: 'done', put: null, package: first.package })
  const others = await shop.declare(BOB)
  expect(others).toMatchObject({ stage: 'waiting', put: { method: 'PUT' } })
  shop.assets.files.set(`incoming/${others.id}`, CUP)
  await shop.uploads.complete(others.id, BOB)
  expect(await shop.settled(others.id, BOB)).toMatchObject({ stage: 'done', package: first.package })
  expect(shop.ingests).toBe(1)
  expect(await Effect.runPromise(shop.archive.recordsOf(BOB.uid))).toHaveLength(1)
  expect(await Effect.runPromise(shop.archive.recordsOf(ADA.uid))).toHaveLength(1)
})

test('bytes are ingested again if the declaration now asks for a reduction, and the ingest gets the option', async () => {
  const asked: (boolean | undefined)[] = []
  const shop = new Shop({
    ingest: (file, { name, fit }) => {
      asked.push(fit)
      return Promise.resolve(outcomeFor(readFileSync(file), name ?? ''))
    },
  })
  for (const more of [{}, { fit: true }, { fit: true }, { fit: null }])
    expect(await shop.send(ADA, CUP, more)).toMatchObject({ stage: 'done' })
  expect(asked).toEqual([false, true])
})

test("a user that knows only the hash of another's file gets nothing for other bytes", async () => {
  const shop = new Shop()
  await shop.send()
  expect(await shop.send(BOB, CUP, {}, Buffer.alloc(CUP.length))).toMatchObject({ stage: 'rejected' })
  expect(await Effect.runPromise(shop.archive.recordsOf(BOB.uid))).toEqual([])
})

test('concurrent uploads of one file by one user give one record, shared if either asks for it', async () => {
  const inner = memoryArchive()
  // Long enough that both read before either writes.
  const archive = {
    ...inner,
    recordsOf: (of: string) => inner.recordsOf(of).pipe(Effect.delay(20)),
    putRecord: (...args: Parameters<typeof inner.putRecord>) => inner.putRecord(...args).pipe(Effect.delay(20)),
  }
  const shop = new Shop({ ingestsMax: 2, archive })
  const [one, two] = await Promise.all([shop.declare(), shop.declare(ADA, CUP, { sharing: 'everyone' })])
  for (const { id } of [one, two]) shop.assets.files.set(`incoming/${id}`, CUP)
  await Promise.all([one, two].map(({ id }) => shop.uploads.complete(id, ADA)))
  const [first, second] = [await shop.settled(one.id), await shop.settled(two.id)]
  expect([first.stage, second.stage, first.package]).toEqual(['done', 'done', second.package])
  expect(await Effect.runPromise(shop.archive.recordsOf(ADA.uid))).toMatchObject([
    { package: first.package, sharing: 'everyone' },
  ])
})

test('declaring a known file as shared shares it', async () => {
  const shop = new Shop()
  await shop.send()
  expect(await shop.declare(ADA, CUP, { sharing: 'everyone' })).toMatchObject({ stage: 'done', put: null })
  expect(await Effect.runPromise(shop.archive.recordsOf(ADA.uid))).toMatchObject([{ sharing: 'everyone' }])
})
