/** The stores' contract for files in S3, on a real S3 server (Ceph's radosgw), and tests of S3's own parts. */
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateBucketCommand, DeleteBucketCommand, GetBucketCorsCommand, S3Client } from '@aws-sdk/client-s3'
import { randomUUID } from 'node:crypto'
import { Effect } from 'effect'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assetsSuite, fileOf, newBytes, reasonOf, run } from '../../storage/assets/assets.suite.ts'
import { Assets, assetsLayer } from '../../storage/assets/index.ts'
import { S3Assets, type S3Options } from '../../storage/assets/s3.ts'
import { startRadosgw, type Radosgw } from '../environments/radosgw.ts'

const TYPE = 'model/gltf-binary'
/** Time limit of one operation with all its retries, ms, shorter than the real one. */
const MS_MAX = 6_000
let server: Radosgw
beforeAll(async () => {
  server = await startRadosgw()
})
afterAll(async () => {
  await server.stop()
})

const optionsOf = (changes: Partial<S3Options> = {}): S3Options => ({
  endpoint: server.endpoint,
  region: 'us-east-1',
  bucket: `b-${randomUUID()}`,
  accessKey: server.accessKey,
  secretKey: server.secretKey,
  ...changes,
})

async function open(changes: Partial<S3Options> = {}): Promise<S3Assets> {
  const store = new S3Assets(optionsOf(changes))
  await run(store.start)
  return store
}

/** A client with the same keys and address, without our store. */
const plain = (): S3Client =>
  new S3Client({
    endpoint: server.endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: server.accessKey, secretAccessKey: server.secretKey },
  })

describe('the server answers and is killed', () => {
  assetsSuite('S3, killed', async () => {
    const store = await open({ msMax: MS_MAX })
    const away = async (): Promise<() => Promise<void>> => {
      await server.kill()
      return () => server.restart()
    }
    return {
      store,
      base: server.endpoint,
      checksUploads: false,
      awayMsMax: MS_MAX + 2_000,
      away,
      stop: async () => store.stop(),
    }
  })
})

test('a server that accepts connections and never answers is away, within a limited time', async () => {
  const store = await open({ msMax: MS_MAX })
  server.pause()
  const startMs = performance.now()
  try {
    expect(await reasonOf(store.put(newBytes(10), TYPE))).toBe('away')
    expect(performance.now() - startMs).toBeLessThan(MS_MAX + 2_000)
  } finally {
    server.resume()
  }
  await run(store.put(newBytes(10), TYPE))
  store.stop()
})

test('operations that began during a restart of the server finish when it is back', async () => {
  const store = await open()
  const bytes = newBytes(1_000)
  await server.kill()
  const put = run(store.put(bytes, TYPE))
  await sleep(1_000)
  await server.restart()
  expect(Buffer.from(await run(store.get(await put, 1_000))).equals(bytes)).toBe(true)
  store.stop()
})

test("the store creates a missing bucket, opens it to pages, and keeps the operator's rule", async () => {
  const options = optionsOf()
  const layer = assetsLayer({ s3: options })
  const kind = Effect.gen(function* () {
    return (yield* Assets).kind
  }).pipe(Effect.provide(layer))
  expect(await run(kind)).toBe('s3')
  const { CORSRules } = await plain().send(new GetBucketCorsCommand({ Bucket: options.bucket }))
  expect(CORSRules?.[0]?.AllowedMethods?.toSorted()).toEqual(['GET', 'HEAD', 'PUT'])
  expect(await run(kind)).toBe('s3')
})

test('a page may upload and download: preflight and responses name its origin', async () => {
  const store = await open()
  const bytes = newBytes(1_000)
  const link = await run(store.uploadLink('incoming/page', fileOf(bytes), 60))
  const origin = 'https://world.example'
  const preflight = await fetch(link.url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'PUT',
      'access-control-request-headers': Object.keys(link.headers).join(','),
    },
  })
  const names = (response: Response): boolean =>
    ['*', origin].includes(response.headers.get('access-control-allow-origin') ?? '')
  expect([preflight.status, names(preflight)]).toEqual([200, true])
  const allowed = (preflight.headers.get('access-control-allow-headers') ?? '').toLowerCase()
  for (const header of Object.keys(link.headers)) expect(allowed).toContain(header)
  const put = await fetch(link.url, { method: 'PUT', headers: { ...link.headers, origin }, body: bytes })
  expect([put.status, names(put)]).toEqual([200, true])
  store.stop()
})

test('wrong keys, a wrong address and a missing bucket are reported in plain words', async () => {
  const messageOf = (store: S3Assets): Promise<string> =>
    run(
      store.start.pipe(
        Effect.flip,
        Effect.map(({ reason, message }) => `${reason} ${message}`),
      ),
    )
  expect(await messageOf(new S3Assets(optionsOf({ secretKey: 'wrong' })))).toMatch(/^denied .*secret key/s)
  expect(await messageOf(new S3Assets(optionsOf({ accessKey: 'nobody' })))).toMatch(/^denied .*access key/s)
  expect(await messageOf(new S3Assets(optionsOf({ endpoint: 'http://127.0.0.1:1', msMax: 1_000 })))).toMatch(
    /^away .*--s3-endpoint/s,
  )
  expect(() => new S3Assets(optionsOf({ endpoint: 'not an address' }))).toThrow(/not the address of an S3 server/)

  const bucket = `gone-${randomUUID()}`
  const store = new S3Assets(optionsOf({ bucket }))
  await plain().send(new CreateBucketCommand({ Bucket: bucket }))
  await run(store.start)
  await plain().send(new DeleteBucketCommand({ Bucket: bucket }))
  expect(await reasonOf(store.put(newBytes(10), TYPE))).toBe('denied')
})

test('links use the public address, everything else the internal one', async () => {
  const store = await open({ publicEndpoint: 'https://files.example:8443' })
  expect(store.origin).toBe('https://files.example:8443')
  const key = await run(store.put(newBytes(10), TYPE))
  expect((await run(store.downloadLink(key, 60))).url).toMatch(/^https:\/\/files\.example:8443\/b-[^/]+\/sha256\//)
  expect((await run(store.uploadLink('incoming/a', fileOf(newBytes(1)), 60))).url).toMatch(
    /^https:\/\/files\.example:8443\//,
  )
  store.stop()
})

test('settings of this machine for other S3 accounts are not used', async () => {
  process.env['AWS_ACCESS_KEY_ID'] = 'stranger'
  process.env['AWS_SECRET_ACCESS_KEY'] = 'stranger'
  process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:1'
  try {
    const store = await open()
    await run(store.put(newBytes(10), TYPE))
    store.stop()
  } finally {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL']) delete process.env[name]
  }
})
