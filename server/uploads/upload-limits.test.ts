import { Effect } from 'effect'
import { expect, test } from 'vitest'
import { type ArchiveService } from '../../storage/archive/archive.ts'
import {
  PACKAGES_PER_USER_MAX,
  UPLOAD_LINK_SECONDS,
  UPLOADS_BURST_MAX,
  UPLOADS_OPEN_MAX,
  UPLOADS_PER_ADDRESS_BURST_MAX,
  UPLOADS_PER_USER_MAX,
} from '../limits.ts'
import { sha256Of } from './uploads.fake.ts'
import { useDirectory, ADA, BOB, CUP, Shop, refusal, uid, user } from './upload-service.fixture.ts'

useDirectory()

test('unsettled uploads of a user are limited, and a settled one frees its place', async () => {
  const shop = new Shop()
  const ids: string[] = []
  for (let i = 0; i < UPLOADS_PER_USER_MAX; i++) ids.push((await shop.declare(ADA, Buffer.alloc(30 + i))).id)
  expect(await refusal(shop.declare())).toMatchObject({ status: 429, reason: 'too-many-uploads' })
  await shop.declare(BOB)
  shop.uploads.abandon(ids[0] ?? '', ADA)
  expect(await shop.declare()).toMatchObject({ stage: 'waiting' })
  expect(shop.ended).toEqual(['abandoned'])
})

test('concurrent declarations have the same limit as sequential ones', async () => {
  const shop = new Shop()
  const declared = await Promise.allSettled(Array.from({ length: 20 }, () => shop.declare()))
  expect(declared.filter(({ status }) => status === 'fulfilled')).toHaveLength(UPLOADS_PER_USER_MAX)
})

test('uploads of a thousand guests fill the table and no more', async () => {
  const shop = new Shop()
  let refused = 0
  for (let i = 0; i < 1_000; i++)
    await shop.declare(user(10 + i)).catch(() => {
      refused++
    })
  expect(refused).toBe(1_000 - UPLOADS_OPEN_MAX)
  shop.nowMs += (UPLOAD_LINK_SECONDS + 1) * 1_000
  shop.uploads.tidy()
  expect(shop.uploads.counts).toEqual({ stages: {}, queue: 0, busy: 0 })
  expect(shop.ended.every((ending) => ending === 'expired')).toBe(true)
  expect(await shop.declare(user(5_000))).toMatchObject({ stage: 'waiting' })
})

test('declarations are rate-limited by user and by address', async () => {
  const shop = new Shop()
  for (let i = 0; i < UPLOADS_BURST_MAX; i++) shop.uploads.abandon((await shop.declare()).id, ADA)
  expect(await refusal(shop.declare())).toMatchObject({ status: 429, message: expect.stringContaining('too fast') })
  shop.nowMs += 60_000
  await shop.declare()
  const body = { name: 'cup', bytes: 30, sha256: sha256Of(CUP) }
  for (let i = 0; i < UPLOADS_PER_ADDRESS_BURST_MAX; i++)
    await shop.uploads.declare(body, user(1_000 + i), '203.0.113.9')
  expect(await refusal(shop.uploads.declare(body, user(5_000), '203.0.113.9'))).toMatchObject({ status: 429 })
  expect(await shop.uploads.declare(body, user(5_000), '203.0.113.10')).toMatchObject({ stage: 'waiting' })
})

test('a used-up quota is reported before the upload, or at its end if uploads compete for the last place', async () => {
  const shop = new Shop()
  const record = (n: number, bytes: number): Parameters<ArchiveService['putRecord']>[0] => ({
    id: uid(7_000 + n),
    package: `p${n}`,
    userUid: ADA.uid,
    name: 'x',
    sharing: 'owner',
    bytes,
    createdAtMs: n,
  })
  for (let i = 0; i < PACKAGES_PER_USER_MAX - 1; i++)
    await Effect.runPromise(shop.archive.putRecord(record(i, 10), { bytesMax: 1e9, countMax: 1e9 }))
  const { id } = await shop.declare()
  await Effect.runPromise(shop.archive.putRecord(record(999, 10), { bytesMax: 1e9, countMax: 1e9 }))
  expect(await refusal(shop.declare(ADA, Buffer.alloc(40)))).toMatchObject({ status: 403, reason: 'quota' })
  shop.assets.files.set(`incoming/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  expect(await shop.settled(id)).toMatchObject({
    stage: 'failed',
    message: expect.stringContaining(`${PACKAGES_PER_USER_MAX} packages`),
  })
})

test.each([
  ['no object', null, 'bad-declaration'],
  ['no name', { bytes: 100, sha256: 'a'.repeat(64) }, 'bad-declaration'],
  ['a name that cannot be shown', { name: '\u200b', bytes: 100, sha256: 'a'.repeat(64) }, 'bad-declaration'],
  ['no size', { name: 'x', sha256: 'a'.repeat(64) }, 'bad-declaration'],
  ['a size that is none', { name: 'x', bytes: 1e99, sha256: 'a'.repeat(64) }, 'too-large'],
  ['a fraction', { name: 'x', bytes: 100.5, sha256: 'a'.repeat(64) }, 'bad-declaration'],
  ["an object of an avatar's size", { name: 'x', bytes: 20e6, sha256: 'a'.repeat(64), kind: 'object' }, 'too-large'],
  ['a file too small for anything', { name: 'x', bytes: 3, sha256: 'a'.repeat(64) }, 'bad-declaration'],
  ['a hash that is none', { name: 'x', bytes: 100, sha256: '../../etc/passwd' }, 'bad-declaration'],
  ['a kind that is none', { name: 'x', bytes: 100, sha256: 'a'.repeat(64), kind: 'world' }, 'bad-declaration'],
  ['a sharing that is none', { name: 'x', bytes: 100, sha256: 'a'.repeat(64), sharing: 'friends' }, 'bad-declaration'],
  [
    'a humanoid that is none',
    { name: 'x', bytes: 100, sha256: 'a'.repeat(64), humanoid: { hips: 7 } },
    'bad-declaration',
  ],
])('a declaration with %s is refused with the wrong place before anything is stored', async (_, body, reason) => {
  const shop = new Shop()
  expect(await refusal(shop.uploads.declare(body, ADA, null))).toMatchObject({
    reason,
    where: expect.any(String),
    fix: expect.any(String),
  })
  expect(shop.uploads.counts.stages).toEqual({})
})

test("a declaration without a name gets the file's name", async () => {
  const shop = new Shop()
  expect(
    await shop.uploads.declare({ fileName: 'C:\\things\\Tea Cup.glb', bytes: 100, sha256: 'a'.repeat(64) }, ADA, null),
  ).toMatchObject({ name: 'Tea Cup' })
})
