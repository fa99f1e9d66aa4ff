import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Effect } from 'effect'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ArchiveError, type ArchiveService } from '../../storage/archive/archive.ts'
import { memoryArchive } from '../../storage/archive/memory-archive.fake.ts'
import type { IngestOutcome } from '../../ingest/types.ts'
import { RouteError } from '../http/reply.ts'
import {
  FOLLOWERS_PER_UPLOAD_MAX,
  PACKAGES_PER_USER_MAX,
  UPLOAD_LINK_SECONDS,
  UPLOADS_BURST_MAX,
  UPLOADS_OPEN_MAX,
  UPLOADS_PER_ADDRESS_BURST_MAX,
  UPLOADS_PER_USER_MAX,
  UPLOADS_STOP_MS_MAX,
} from '../limits.ts'
import type { Claims } from '../accounts/tokens.ts'
import { UploadService, type Declared, type UploadServiceParts, type UploadEnding } from './upload-service.ts'
import { sendEvents } from './events.ts'
import { FakeAssets, outcomeFor, REFUSED, sha256Of } from './uploads.fake.ts'
import { DedupeCache } from './dedupe-cache.ts'
import type { UploadStatus } from './status.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'otherworld-uploads-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

const uid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const user = (n: number): Claims => ({
  session: `s${n}`,
  player: n,
  name: `User ${n}`,
  role: 'player',
  uid: uid(n),
  user: n,
})
const [ADA, BOB] = [user(1), user(2)]
const CUP = Buffer.from('a teacup of at least twenty bytes')

class Shop {
  readonly assets = new FakeAssets()
  readonly archive: ArchiveService
  readonly ended: UploadEnding[] = []
  readonly logged: string[] = []
  nowMs = 1_000_000
  ingests = 0
  readonly uploads: UploadService

  constructor(changes: Partial<UploadServiceParts> = {}) {
    this.archive = changes.archive ?? memoryArchive()
    let ids = 100
    this.uploads = new UploadService({
      archive: this.archive,
      assets: this.assets,
      directory,
      dedupe: new DedupeCache(),
      ingestsMax: 1,
      ingest: (file, { name }) => {
        this.ingests++
        return Promise.resolve(outcomeFor(readFileSync(file), name ?? ''))
      },
      patience: {
        patienceMs: 10_000,
        nowMs: () => this.nowMs,
        sleep: (ms) => {
          this.nowMs += ms
          return new Promise((resolve) => {
            setImmediate(resolve)
          })
        },
      },
      newId: () => uid(ids++),
      nowMs: () => this.nowMs,
      ingested: () => undefined,
      ended: (ending) => void this.ended.push(ending),
      log: (line) => void this.logged.push(line),
      ...changes,
    })
  }

  declare(claims = ADA, bytes: Uint8Array = CUP, more: Readonly<Record<string, unknown>> = {}): Promise<Declared> {
    return this.uploads.declare({ name: 'cup', bytes: bytes.length, sha256: sha256Of(bytes), ...more }, claims, null)
  }

  /** Declared, sent and completed. */
  async send(
    claims = ADA,
    bytes: Uint8Array = CUP,
    more: Readonly<Record<string, unknown>> = {},
    sent = bytes,
  ): Promise<UploadStatus> {
    const { id, put } = await this.declare(claims, bytes, more)
    if (put !== null) this.assets.files.set(`quarantine/${id}`, sent)
    await this.uploads.complete(id, claims).catch((error: unknown) => {
      if (put !== null) throw error
    })
    return this.settled(id, claims)
  }

  async settled(id: string, claims = ADA): Promise<UploadStatus> {
    for (;;) {
      const status = await this.uploads.status(id, claims)
      if (['done', 'rejected', 'failed'].includes(status.stage)) {
        await new Promise((resolve) => {
          setImmediate(resolve)
        })
        return status
      }
      await new Promise((resolve) => {
        setTimeout(resolve, 2)
      })
    }
  }
}

async function refusal(promise: Promise<unknown>): Promise<RouteError> {
  const error = await promise.then(
    () => null,
    (failed: unknown) => failed,
  )
  if (error instanceof RouteError) return error
  throw error ?? new Error('it was taken')
}

test('an upload is stored, recorded for its user, and leaves neither quarantine nor file behind', async () => {
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

test('its owner hears every stage in order; progress never falls', async () => {
  const shop = new Shop({
    ingest: (file, { onStage }) => {
      onStage?.('validating')
      onStage?.('normalising')
      return Promise.resolve(outcomeFor(readFileSync(file), 'cup'))
    },
  })
  const { id } = await shop.declare()
  const heard: UploadStatus[] = []
  const endedWhenHeard: number[] = []
  shop.uploads.follow(id, ADA, (status) => {
    heard.push(status)
    endedWhenHeard.push(shop.ended.length)
  })
  shop.assets.files.set(`quarantine/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  await shop.settled(id)
  // Its end is counted before anybody is told of it.
  expect(endedWhenHeard.at(-1)).toBe(1)
  expect(endedWhenHeard.slice(0, -1).every((count) => count === 0)).toBe(true)
  expect([...new Set(heard.map(({ stage }) => stage))]).toEqual([
    'received',
    'checking',
    'validating',
    'normalising',
    'storing',
    'done',
  ])
  const progress = heard.map((each) => each.progress)
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  expect(shop.uploads.follow(id, ADA, () => undefined)).toBeNull()
})

test('a rejection is told with its rules, and nothing is kept', async () => {
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
])('%s than were declared are rejected before anything reads them', async (_, sent, rule) => {
  const shop = new Shop()
  expect(await shop.send(ADA, CUP, {}, sent)).toMatchObject({
    stage: 'rejected',
    rejections: [{ rule, message: expect.stringContaining('Upload the file again') }],
  })
  expect([shop.ingests, shop.assets.files.size]).toEqual([0, 0])
})

test('an ingest that breaks down is a failure of the server, told without its insides', async () => {
  const shop = new Shop({ ingest: () => Promise.reject(new Error('inner secret')) })
  const status = await shop.send()
  expect(status).toMatchObject({ stage: 'failed', message: expect.stringContaining('Try again') })
  expect(JSON.stringify(status)).not.toContain('inner secret')
  expect(shop.logged.join()).toContain('inner secret')
  expect(readdirSync(directory)).toEqual([])
})

test('completed before the bytes are there it says so; completed twice it is done once', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  expect(await refusal(shop.uploads.complete(id, ADA))).toMatchObject({ status: 409, reason: 'not-uploaded' })
  shop.assets.files.set(`quarantine/${id}`, CUP)
  await Promise.all([shop.uploads.complete(id, ADA), shop.uploads.complete(id, ADA)])
  await shop.settled(id)
  expect(await shop.uploads.complete(id, ADA)).toMatchObject({ stage: 'done' })
  expect(shop.ingests).toBe(1)
})

test("somebody else's upload is as if it did not exist", async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  const none = await refusal(shop.uploads.status(uid(77), BOB))
  for (const asked of [shop.uploads.status(id, BOB), shop.uploads.complete(id, BOB)])
    expect(await refusal(asked)).toMatchObject({ status: 404, reason: none.reason, message: none.message })
  expect(() => shop.uploads.abandon(id, BOB)).toThrow(RouteError)
  expect(shop.uploads.follow(id, BOB, () => undefined)).toBeNull()
})

test('the same bytes of the same user are done at once; another must send them, and they are not ingested again', async () => {
  const shop = new Shop()
  const first = await shop.send()
  expect(await shop.declare()).toMatchObject({ stage: 'done', put: null, package: first.package })
  const others = await shop.declare(BOB)
  expect(others).toMatchObject({ stage: 'waiting', put: { method: 'PUT' } })
  shop.assets.files.set(`quarantine/${others.id}`, CUP)
  await shop.uploads.complete(others.id, BOB)
  expect(await shop.settled(others.id, BOB)).toMatchObject({ stage: 'done', package: first.package })
  expect(shop.ingests).toBe(1)
  expect(await Effect.runPromise(shop.archive.recordsOf(BOB.uid))).toHaveLength(1)
  expect(await Effect.runPromise(shop.archive.recordsOf(ADA.uid))).toHaveLength(1)
})

test("who knows the hash of another's file only, and sends other bytes, gets nothing", async () => {
  const shop = new Shop()
  await shop.send()
  expect(await shop.send(BOB, CUP, {}, Buffer.alloc(CUP.length))).toMatchObject({ stage: 'rejected' })
  expect(await Effect.runPromise(shop.archive.recordsOf(BOB.uid))).toEqual([])
})

test('a user has so many uploads at once; a place is free when one is settled', async () => {
  const shop = new Shop()
  const ids: string[] = []
  for (let i = 0; i < UPLOADS_PER_USER_MAX; i++) ids.push((await shop.declare(ADA, Buffer.alloc(30 + i))).id)
  expect(await refusal(shop.declare())).toMatchObject({ status: 429, reason: 'too-many-uploads' })
  await shop.declare(BOB)
  shop.uploads.abandon(ids[0] ?? '', ADA)
  expect(await shop.declare()).toMatchObject({ stage: 'waiting' })
  expect(shop.ended).toEqual(['abandoned'])
})

test('many declared at once are no more than one by one', async () => {
  const shop = new Shop()
  const declared = await Promise.allSettled(Array.from({ length: 20 }, () => shop.declare()))
  expect(declared.filter(({ status }) => status === 'fulfilled')).toHaveLength(UPLOADS_PER_USER_MAX)
})

test('a thousand declared uploads of as many guests fill their table and no more', async () => {
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

test('declaring is limited in time, by user and by address', async () => {
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

test('whose quota is used up is told before anything is sent, and in the end where uploads race for the last place', async () => {
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
  shop.assets.files.set(`quarantine/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  expect(await shop.settled(id)).toMatchObject({
    stage: 'failed',
    message: expect.stringContaining(`${PACKAGES_PER_USER_MAX} packages`),
  })
})

test('files are ingested one after the other, and who waits knows how many are before it', async () => {
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
    shop.assets.files.set(`quarantine/${id}`, Buffer.alloc(40, n))
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
    while (gates.length === 0)
      await new Promise((resolve) => {
        setTimeout(resolve, 2)
      })
    gates.shift()?.()
    expect(await shop.settled(id, user(i + 1))).toMatchObject({ stage: 'done' })
  }
  expect(shop.ended.toSorted()).toEqual(['abandoned', 'done', 'done'])
})

test('a store that is away for a while delays an upload and is told of; it is done when the store is back', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  shop.assets.files.set(`quarantine/${id}`, CUP)
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

test('a store that stays away fails the upload in words, and refuses new ones', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  shop.assets.files.set(`quarantine/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  shop.assets.away = true
  expect(await shop.settled(id)).toMatchObject({
    stage: 'failed',
    message: expect.stringMatching(/Upload the file again later/),
  })
  expect(await refusal(shop.declare())).toMatchObject({ status: 503, reason: 'store-away' })
})

test('an archive that is away refuses new uploads in words', async () => {
  const away = (): ReturnType<ArchiveService['recordsOf']> =>
    Effect.fail(new ArchiveError({ reason: 'away', what: 'gone', where: 'db', fix: 'wait' }))
  const shop = new Shop({ archive: { ...memoryArchive(), recordsOf: away } })
  expect(await refusal(shop.declare())).toMatchObject({
    status: 503,
    message: expect.stringContaining('the archive does not answer'),
  })
})

test('what was done before a restart is still known to be done; what was not is gone in words', async () => {
  const shop = new Shop()
  const { id, package: hash } = await shop.send()
  const pending = await shop.declare(ADA, Buffer.alloc(50))
  const next = new Shop({ archive: shop.archive })
  expect(await next.uploads.status(id, ADA)).toMatchObject({ stage: 'done', package: hash })
  expect(await refusal(next.uploads.status(pending.id, ADA))).toMatchObject({
    status: 404,
    message: expect.stringContaining('ends with the server'),
  })
})

test('a server that stops says so to who waits, and waits for what runs', async () => {
  const running: (() => void)[] = []
  const shop = new Shop({
    ingest: (file) =>
      new Promise((resolve) => {
        const bytes = readFileSync(file)
        running.push(() => resolve(outcomeFor(bytes, 'cup')))
      }),
    // No time passes: the stop is not to end by its limit.
    patience: { patienceMs: 10_000, nowMs: () => 0, sleep: () => new Promise(() => undefined) },
  })
  const { id } = await shop.declare()
  shop.assets.files.set(`quarantine/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  while (running.length === 0)
    await new Promise((resolve) => {
      setTimeout(resolve, 2)
    })
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

test('a server that stops waits so long and no longer for what hangs', async () => {
  const hanging: string[] = []
  const shop = new Shop({ ingest: (file) => new Promise(() => void hanging.push(file)) })
  const { id } = await shop.declare()
  shop.assets.files.set(`quarantine/${id}`, CUP)
  await shop.uploads.complete(id, ADA)
  while (hanging.length === 0)
    await new Promise((resolve) => {
      setTimeout(resolve, 2)
    })
  const beganMs = shop.nowMs
  await shop.uploads.stop()
  expect(shop.nowMs - beganMs).toBe(UPLOADS_STOP_MS_MAX)
})

test('events of one upload are followed by so many, and a place is free when one goes', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  const ends = Array.from({ length: FOLLOWERS_PER_UPLOAD_MAX }, () => shop.uploads.follow(id, ADA, () => undefined))
  expect(() => shop.uploads.follow(id, ADA, () => undefined)).toThrow(/too often/)
  ends[0]?.()
  expect(shop.uploads.follow(id, ADA, () => undefined)).not.toBeNull()
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
])('a declaration with %s is refused with its place before anything is kept', async (_, body, reason) => {
  const shop = new Shop()
  expect(await refusal(shop.uploads.declare(body, ADA, null))).toMatchObject({
    reason,
    where: expect.any(String),
    fix: expect.any(String),
  })
  expect(shop.uploads.counts.stages).toEqual({})
})

test('the name of a file serves where none is given', async () => {
  const shop = new Shop()
  expect(
    await shop.uploads.declare({ fileName: 'C:\\things\\Tea Cup.glb', bytes: 100, sha256: 'a'.repeat(64) }, ADA, null),
  ).toMatchObject({ name: 'Tea Cup' })
})

test('who has gone away before its events begin is not followed for', async () => {
  const shop = new Shop()
  const { id } = await shop.declare()
  for (let i = 0; i <= FOLLOWERS_PER_UPLOAD_MAX; i++) {
    const gone = new ServerResponse(new IncomingMessage(new Socket()))
    gone.destroy()
    await sendEvents(shop.uploads, id, ADA, gone)
  }
  expect(shop.uploads.follow(id, ADA, () => undefined)).not.toBeNull()
})

test('the same file sent twice at once by one user is one record, and shared where either wish says so', async () => {
  const inner = memoryArchive()
  // Long enough that each looks before the other has written.
  const archive = {
    ...inner,
    recordsOf: (of: string) => inner.recordsOf(of).pipe(Effect.delay(20)),
    putRecord: (...args: Parameters<typeof inner.putRecord>) => inner.putRecord(...args).pipe(Effect.delay(20)),
  }
  const shop = new Shop({ ingestsMax: 2, archive })
  const [one, two] = await Promise.all([shop.declare(), shop.declare(ADA, CUP, { sharing: 'everyone' })])
  for (const { id } of [one, two]) shop.assets.files.set(`quarantine/${id}`, CUP)
  await Promise.all([one, two].map(({ id }) => shop.uploads.complete(id, ADA)))
  const [first, second] = [await shop.settled(one.id), await shop.settled(two.id)]
  expect([first.stage, second.stage, first.package]).toEqual(['done', 'done', second.package])
  expect(await Effect.runPromise(shop.archive.recordsOf(ADA.uid))).toMatchObject([
    { package: first.package, sharing: 'everyone' },
  ])
})

test('a file that the server has from its user is shared where it is declared again to be', async () => {
  const shop = new Shop()
  await shop.send()
  expect(await shop.declare(ADA, CUP, { sharing: 'everyone' })).toMatchObject({ stage: 'done', put: null })
  expect(await Effect.runPromise(shop.archive.recordsOf(ADA.uid))).toMatchObject([{ sharing: 'everyone' }])
})
