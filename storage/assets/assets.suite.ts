/** The test suite for every asset store. Call `assetsSuite('Local Cloud', makeBed)` in a test file. */
import { setTimeout as sleep } from 'node:timers/promises'
import { createHash, randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { Effect } from 'effect'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AssetError, AssetLink, AssetsService } from './assets.ts'
import type { DeclaredFile } from './keys.ts'

/** A store and its surroundings. */
export interface AssetsFixture {
  readonly store: AssetsService
  /** Base URL of links that begin with `/`. */
  readonly base: string
  /** True if the store itself refuses an upload of other bytes of the same length. */
  readonly checksUploads: boolean
  /** An operation fails with `away` after at most this time, ms, while the store is away. */
  readonly awayMsMax: number
  /** Takes the store away; returns a function that brings it back. */
  away(): Promise<() => Promise<void>>
  stop(): Promise<void>
}

/** A media type that browsers do not know. */
const TYPE = 'model/gltf-binary'
const LIFE_SECONDS = 60

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Returns bytes that no other call returns and that do not repeat. */
export function newBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  const seed = randomUUID()
  for (let at = 0, block = 0; at < length; at += 32, block += 1)
    bytes.set(
      createHash('sha256')
        .update(`${seed} ${block}`)
        .digest()
        .subarray(0, Math.min(32, length - at)),
      at,
    )
  return bytes
}

export const fileOf = (bytes: Uint8Array, mediaType = TYPE): DeclaredFile => ({
  bytes: bytes.length,
  sha256: sha256(bytes),
  mediaType,
})

export const run = Effect.runPromise
/** Resolves with the reason of its failure. */
export const reasonOf = (effect: Effect.Effect<unknown, AssetError>): Promise<string> =>
  run(
    effect.pipe(
      Effect.flip,
      Effect.map(({ reason }) => reason),
    ),
  )

/** Announces all of `bytes`, sends only `sent` of them, and closes the connection. */
function sendPart(url: string, link: AssetLink, bytes: Uint8Array, sent: number): Promise<void> {
  return new Promise((resolve) => {
    const upload = request(url, { method: link.method, headers: { ...link.headers, 'content-length': bytes.length } })
    upload.on('error', () => resolve()).on('close', () => resolve())
    upload.write(bytes.subarray(0, sent), () => setTimeout(() => upload.destroy(), 200))
  })
}

export function assetsSuite(name: string, make: () => Promise<AssetsFixture>): void {
  describe(`the asset store ${name}`, () => {
    const fixtures: AssetsFixture[] = []
    beforeAll(async () => {
      fixtures.push(await make())
    })
    afterAll(async () => {
      for (const fixture of fixtures) await fixture.stop()
    })
    const fixture = (): AssetsFixture => {
      const [made] = fixtures
      if (made === undefined) throw new Error('The store was not made.')
      return made
    }
    const store = (): AssetsService => fixture().store
    const at = (url: string): string => new URL(url, fixture().base).href
    const follow = (link: AssetLink, init: RequestInit = {}): Promise<Response> =>
      fetch(at(link.url), {
        method: link.method,
        ...init,
        headers: { ...link.headers, ...(init.headers as Record<string, string>) },
      })
    const incoming = (): string => `incoming/${randomUUID()}`

    filesSuite(store)
    declarationsSuite(store)
    uploadsSuite({ fixture, store, at, follow, incoming })
    uploadLinksSuite({ fixture, store, at, follow, incoming })
    downloadsSuite({ store, at, follow })
    faultsSuite({ fixture, store, follow, incoming })
  })
}

interface Tools {
  readonly fixture: () => AssetsFixture
  readonly store: () => AssetsService
  readonly at: (url: string) => string
  readonly follow: (link: AssetLink, init?: RequestInit) => Promise<Response>
  readonly incoming: () => string
}

function filesSuite(store: () => AssetsService): void {
  test('a file is stored under the SHA-256 of its content, and a second put leaves it unchanged', async () => {
    const bytes = newBytes(100_000)
    const key = await run(store().put(bytes, TYPE))
    expect(key).toBe(`sha256/${sha256(bytes)}`)
    expect(await run(store().put(bytes, 'text/plain'))).toBe(key)
    expect(await run(store().head(key))).toEqual({ bytes: bytes.length, mediaType: TYPE })
    expect(Buffer.from(await run(store().get(key, bytes.length))).equals(bytes)).toBe(true)
  })

  test('concurrent puts of the same file all succeed and leave it whole', async () => {
    const bytes = newBytes(300_000)
    const keys = await Promise.all(Array.from({ length: 12 }, () => run(store().put(bytes, TYPE))))
    expect(new Set(keys)).toEqual(new Set([`sha256/${sha256(bytes)}`]))
    expect(Buffer.from(await run(store().get(keys[0] ?? '', bytes.length))).equals(bytes)).toBe(true)
  })

  test('a file larger than the reader permits is not read', async () => {
    const key = await run(store().put(newBytes(5_000), TYPE))
    expect(await reasonOf(store().get(key, 4_999))).toBe('too-large')
    expect((await run(store().get(key, 5_000))).length).toBe(5_000)
  })

  test('a missing file is not found, and removing it is no error', async () => {
    const key = `sha256/${sha256(newBytes(10))}`
    expect(await reasonOf(store().get(key, 10))).toBe('not-found')
    expect(await reasonOf(store().head(key))).toBe('not-found')
    await run(store().remove(key))
    const there = await run(store().put(newBytes(10), TYPE))
    await run(store().remove(there))
    expect(await reasonOf(store().head(there))).toBe('not-found')
  })
}

function declarationsSuite(store: () => AssetsService): void {
  const hex = 'ab'.repeat(32)
  for (const key of [
    '',
    '/',
    '..',
    '../secret',
    'sha256/..',
    `sha256/../${hex}`,
    `/sha256/${hex}`,
    `sha256/${hex}/`,
    `sha256/${hex.toUpperCase()}`,
    `sha256/${hex}.type`,
    `sha256/${hex}\n`,
    'incoming/',
    'incoming/..',
    'incoming/%2e%2e',
    'incoming/a/b',
    'incoming/a\0',
    'incoming/A',
    '-',
    'other/x',
    `incoming/${'a'.repeat(65)}`,
  ]) {
    test(`${JSON.stringify(key.slice(0, 30))} is not a key`, async () => {
      expect(await reasonOf(store().get(key, 10))).toBe('bad-key')
      expect(await reasonOf(store().head(key))).toBe('bad-key')
      expect(await reasonOf(store().remove(key))).toBe('bad-key')
      expect(await reasonOf(store().downloadLink(key, LIFE_SECONDS))).toBe('bad-key')
      expect(await reasonOf(store().uploadLink(key, fileOf(newBytes(1)), LIFE_SECONDS))).toBe('bad-key')
    })
  }

  test('a media type that could end a header and an impossible size, hash or lifetime are refused', async () => {
    const file = fileOf(newBytes(10))
    for (const mediaType of [
      '',
      'text',
      'text/html\r\nset-cookie: a=b',
      'text/html; charset=utf-8',
      'Text/HTML',
      'a/b/c',
      'é/x',
      `a/${'b'.repeat(200)}`,
    ]) {
      expect(await reasonOf(store().put(newBytes(1), mediaType))).toBe('bad-file')
      expect(await reasonOf(store().uploadLink('incoming/a', { ...file, mediaType }, LIFE_SECONDS))).toBe('bad-file')
    }
    for (const bytes of [0, -1, 1.5, Number.NaN, 2 ** 60])
      expect(await reasonOf(store().uploadLink('incoming/a', { ...file, bytes }, LIFE_SECONDS))).toBe('bad-file')
    for (const hash of ['', 'x', file.sha256.toUpperCase(), `${file.sha256}0`])
      expect(await reasonOf(store().uploadLink('incoming/a', { ...file, sha256: hash }, LIFE_SECONDS))).toBe('bad-file')
    for (const life of [0, -1, 0.5, Infinity, 1e9])
      expect(await reasonOf(store().downloadLink(`sha256/${hex}`, life))).toBe('bad-file')
  })
}

function uploadsSuite({ fixture, store, follow, incoming }: Tools): void {
  test('an upload link accepts the declared file once', async () => {
    const [key, bytes] = [incoming(), newBytes(200_000)]
    const link = await run(store().uploadLink(key, fileOf(bytes), LIFE_SECONDS))
    expect(link.expiresAtMs).toBeGreaterThan(Date.now())
    expect((await follow(link, { body: bytes })).ok).toBe(true)
    expect(await run(store().head(key))).toEqual({ bytes: bytes.length, mediaType: TYPE })
    expect((await follow(link, { body: bytes })).status).toBe(412)
    expect(Buffer.from(await run(store().get(key, bytes.length))).equals(bytes)).toBe(true)
  })

  test('an upload link accepts exactly the declared number of bytes', async () => {
    const [key, bytes] = [incoming(), newBytes(1_000)]
    const link = await run(store().uploadLink(key, fileOf(bytes), LIFE_SECONDS))
    for (const other of [newBytes(1_001), newBytes(999)])
      expect((await follow(link, { body: other })).status).toBeGreaterThanOrEqual(400)
    expect(await reasonOf(store().head(key))).toBe('not-found')
  })

  test('other bytes of the declared length are refused, or have another hash when they are read', async () => {
    const [key, bytes, other] = [incoming(), newBytes(1_000), newBytes(1_000)]
    const link = await run(store().uploadLink(key, fileOf(bytes), LIFE_SECONDS))
    const { status } = await follow(link, { body: other })
    if (fixture().checksUploads) expect([status, await reasonOf(store().head(key))]).toEqual([422, 'not-found'])
    else expect(sha256(await run(store().get(key, 1_000)))).toBe(sha256(other))
  })

  test('headers other than those of the link are refused', async () => {
    const [key, bytes] = [incoming(), newBytes(1_000)]
    const link = await run(store().uploadLink(key, fileOf(bytes), LIFE_SECONDS))
    expect(
      (await follow(link, { body: bytes, headers: { 'content-type': 'text/html' } })).status,
    ).toBeGreaterThanOrEqual(400)
    expect(await reasonOf(store().head(key))).toBe('not-found')
  })
}

function uploadLinksSuite({ store, at, follow, incoming }: Tools): void {
  test('an interrupted upload leaves nothing, and the link can be used again', async () => {
    const [key, bytes] = [incoming(), newBytes(400_000)]
    const link = await run(store().uploadLink(key, fileOf(bytes), LIFE_SECONDS))
    await sendPart(at(link.url), link, bytes, 150_000)
    await sleep(300)
    expect(await reasonOf(store().head(key))).toBe('not-found')
    expect((await follow(link, { body: bytes })).ok).toBe(true)
    expect((await run(store().head(key))).bytes).toBe(bytes.length)
  })

  test('a link of another upload, a changed link and an expired link are refused with 403', async () => {
    const [key, bytes] = [incoming(), newBytes(100)]
    const link = await run(store().uploadLink(key, fileOf(bytes), 1))
    const url = new URL(at(link.url))
    const changed = [
      url.href.replace(key, incoming()),
      withOtherSignature(url.href),
      url.href.replace(/signature=[^&]*/i, ''),
      ...[...url.searchParams.keys()]
        .filter((field) => !/signature|x-id/i.test(field))
        .map((field) => {
          const other = new URL(url)
          other.searchParams.set(field, `${url.searchParams.get(field)}1`)
          return other.href
        }),
    ]
    for (const href of changed) {
      if (href === url.href) continue
      const { status } = await fetch(href, { method: 'PUT', headers: link.headers, body: bytes })
      expect([href, [400, 403].includes(status)]).toEqual([href, true])
    }
    await sleep(link.expiresAtMs + 1_100 - Date.now())
    expect((await follow(link, { body: bytes })).status).toBe(403)
    expect(await reasonOf(store().head(key))).toBe('not-found')
  })

  test('a sweep removes only old incoming files', async () => {
    const [old, young, bytes] = [incoming(), incoming(), newBytes(100)]
    const kept = await run(store().put(bytes, TYPE))
    await run(store().sweepIncoming(0))
    expect((await follow(await run(store().uploadLink(old, fileOf(bytes), LIFE_SECONDS)), { body: bytes })).ok).toBe(
      true,
    )
    expect(await run(store().sweepIncoming(60_000))).toBe(0)
    await sleep(2_500)
    expect((await follow(await run(store().uploadLink(young, fileOf(bytes), LIFE_SECONDS)), { body: bytes })).ok).toBe(
      true,
    )
    expect(await run(store().sweepIncoming(1_500))).toBe(1)
    expect(await reasonOf(store().head(old))).toBe('not-found')
    expect((await run(store().head(young))).bytes).toBe(100)
    expect((await run(store().head(kept))).bytes).toBe(100)
  })
}

function downloadsSuite({ store, at, follow }: Pick<Tools, 'store' | 'at' | 'follow'>): void {
  test('a download link serves the file with its type and lets caches keep it for ever', async () => {
    const bytes = newBytes(250_000)
    const response = await follow(await run(store().downloadLink(await run(store().put(bytes, TYPE)), LIFE_SECONDS)))
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toBe(TYPE)
    expect(response.headers.get('cache-control')).toContain('immutable')
    expect(response.headers.get('content-disposition')).toBe('attachment')
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true)
    const again = await follow(await run(store().downloadLink(`sha256/${sha256(bytes)}`, LIFE_SECONDS)), {
      headers: { 'if-none-match': response.headers.get('etag') ?? '' },
    })
    expect(again.status).toBe(304)
  })

  test('a download link serves a range of the file', async () => {
    const bytes = newBytes(150_000)
    const link = await run(store().downloadLink(await run(store().put(bytes, TYPE)), LIFE_SECONDS))
    for (const [range, from, to] of [
      ['bytes=0-9', 0, 10],
      ['bytes=-5', 149_995, 150_000],
      ['bytes=149990-', 149_990, 150_000],
      ['bytes=70000-999999', 70_000, 150_000],
    ] as const) {
      const response = await follow(link, { headers: { range } })
      expect([range, response.status, response.headers.get('content-range')]).toEqual([
        range,
        206,
        `bytes ${from}-${to - 1}/150000`,
      ])
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(from, to))).toBe(true)
    }
    expect((await follow(link, { headers: { range: 'bytes=150000-' } })).status).toBe(416)
  })

  test('requests shortly after each other get the same link', async () => {
    const key = await run(store().put(newBytes(10), TYPE))
    // All within the same quarter of three hours, except at one moment in each quarter
    const urls = await Promise.all(
      Array.from({ length: 3 }, () => run(store().downloadLink(key, 10_800)).then(({ url }) => url)),
    )
    expect(new Set(urls).size).toBeLessThanOrEqual(2)
  })

  test('a link for another file, a changed link, no link and an expired link are refused with 403', async () => {
    const [key, other] = [await run(store().put(newBytes(100), TYPE)), await run(store().put(newBytes(100), TYPE))]
    const link = await run(store().downloadLink(key, 1))
    const url = at(link.url)
    for (const href of [url.replace(key, other), withOtherSignature(url), url.replace(/\?.*/, '')])
      expect((await fetch(href)).status).toBe(403)
    expect((await fetch(url, { method: 'DELETE' })).status).toBeGreaterThanOrEqual(403)
    await sleep(link.expiresAtMs + 1_100 - Date.now())
    expect((await follow(link)).status).toBe(403)
  })
}

/** Returns the link with another first character in its signature. */
const withOtherSignature = (url: string): string =>
  url.replace(/(signature=)(.)/i, (_, name: string, first: string) => `${name}${first === '_' ? '-' : '_'}`)

function faultsSuite({
  fixture,
  store,
  follow,
  incoming,
}: Pick<Tools, 'fixture' | 'store' | 'follow' | 'incoming'>): void {
  test('while the store is away, each operation fails as away within a limited time; afterwards all of them work again', async () => {
    const bytes = newBytes(1_000)
    const key = await run(store().put(bytes, TYPE))
    const back = await fixture().away()
    try {
      const startMs = performance.now()
      const reasons = await Promise.all(
        [
          store().put(newBytes(10), TYPE),
          store().get(key, 1_000),
          store().head(key),
          store().remove(key),
          store().sweepIncoming(0),
        ].map(reasonOf),
      )
      expect(reasons).toEqual(['away', 'away', 'away', 'away', 'away'])
      expect(performance.now() - startMs).toBeLessThan(fixture().awayMsMax)
    } finally {
      await back()
    }
    expect(Buffer.from(await run(store().get(key, 1_000))).equals(bytes)).toBe(true)
    const upload = incoming()
    expect((await follow(await run(store().uploadLink(upload, fileOf(bytes), LIFE_SECONDS)), { body: bytes })).ok).toBe(
      true,
    )
    expect((await run(store().head(upload))).bytes).toBe(1_000)
  })
}
