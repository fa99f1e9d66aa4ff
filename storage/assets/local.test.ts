/** The Local Cloud against the stores' contract, and its own parts: HTTP, hostile requests, disk faults. */
import { createServer, type Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { closeServer, startListening } from '../../test/harness/listen.ts'
import { cleanup, temporaryDirectory } from '../../test/harness/cleanup.ts'
import { assetsSuite, fileOf, newBytes, reasonOf, run } from './assets.suite.ts'
import { UPLOADS_MAX } from './limits.ts'
import { openLocalCloud, type AssetsService, type LocalCloudOptions } from './index.ts'
import type { LocalAssets } from './local.ts'
import { sleep, until } from '../../test/harness/wait.ts'

const SECRET = new Uint8Array(32).fill(7)
const TYPE = 'model/gltf-binary'

interface Place {
  readonly directory: string
  readonly store: LocalAssets & AssetsService
  readonly server: Server
  readonly base: string
  stop(): Promise<void>
}

async function serve(options: Partial<LocalCloudOptions> = {}): Promise<Place> {
  const clean = cleanup()
  const directory = join(temporaryDirectory(clean), 'assets')
  const store = await openLocalCloud({ directory, secret: SECRET, freeBytesMin: 0, ...options })
  const server = createServer((request, response) => {
    if (!store.answers(request, response)) response.writeHead(404).end('not ours')
  })
  const base = await startListening(server)
  const stop = async (): Promise<void> => {
    await closeServer(server)
    await clean.all()
  }
  return { directory, store, server, base, stop }
}

assetsSuite('Local Cloud', async () => {
  const { store, base, directory, stop } = await serve()
  const away = async (): Promise<() => Promise<void>> => {
    await rename(directory, `${directory}.away`)
    await writeFile(directory, 'no folder')
    return async () => {
      await rm(directory)
      await rename(`${directory}.away`, directory)
    }
  }
  return { store, base, checksUploads: true, awayMsMax: 5_000, away, stop }
})

const places: Place[] = []
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const place of places.splice(0)) await place.stop()
})
const here = async (options: Partial<LocalCloudOptions> = {}): Promise<Place> => {
  const place = await serve(options)
  places.push(place)
  return place
}

/** Sends raw HTTP, without a client's corrections. */
function say(
  base: string,
  text: string,
): { readonly socket: Socket; readonly answer: () => string; readonly closed: Promise<void> } {
  const { hostname, port } = new URL(base)
  let answer = ''
  const socket = connect(Number(port), hostname)
  socket.write(text)
  sockets.push(socket)
  socket
    .on('error', () => undefined)
    .on('data', (chunk) => {
      answer += chunk.toString('latin1')
    })
  return {
    socket,
    answer: () => answer,
    closed: new Promise((resolve) => {
      socket.once('close', () => resolve())
    }),
  }
}

test('HEAD, If-Range, several ranges and malformed ranges are answered by RFC 9110', async () => {
  const { store, base } = await here()
  const bytes = newBytes(1_000)
  const { url } = await run(store.downloadLink(await run(store.put(bytes, TYPE)), 60))
  const ask = (headers: Record<string, string>, method = 'GET'): Promise<Response> =>
    fetch(base + url, { method, headers })
  const head = await ask({ range: 'bytes=0-1' }, 'HEAD')
  expect([head.status, head.headers.get('content-length'), head.headers.get('accept-ranges')]).toEqual([
    200,
    '1000',
    'bytes',
  ])
  const etag = head.headers.get('etag') ?? ''
  expect(etag).toMatch(/^"[0-9a-f]{64}"$/)
  expect((await ask({ range: 'bytes=0-1', 'if-range': etag })).status).toBe(206)
  expect((await ask({ range: 'bytes=0-1', 'if-range': '"other"' })).status).toBe(200)
  expect((await ask({ range: 'bytes=0-1', 'if-range': 'Wed, 21 Oct 2015 07:28:00 GMT' })).status).toBe(200)
  for (const range of ['bytes=0-1,5-6', 'bytes=', 'bytes=5-1', 'lines=1-2', 'bytes=a-b'])
    expect([range, (await ask({ range })).status]).toEqual([range, 200])
  expect((await ask({ 'if-none-match': `"x", W/${etag}` })).status).toBe(304)
  const refused = await ask({ range: 'bytes=1000-' })
  expect([refused.status, refused.headers.get('content-range')]).toEqual([416, 'bytes */1000'])
})

test('a browser runs no served file as a page of the server', async () => {
  const { store, base } = await here()
  const page = new TextEncoder().encode('<script>alert(1)</script>')
  const { headers } = await fetch(
    base + (await run(store.downloadLink(await run(store.put(page, 'text/html')), 60))).url,
  )
  expect(headers.get('content-type')).toBe('text/html')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('content-disposition')).toBe('attachment')
  expect(headers.get('content-security-policy')).toContain('sandbox')
})

test('paths that try to leave the folder find nothing, encoded or not', async () => {
  const { store, base, directory } = await here()
  const key = await run(store.put(newBytes(10), TYPE))
  await writeFile(join(directory, '..', 'secret'), 'secret')
  const { url } = await run(store.downloadLink(key, 60))
  const query = url.slice(url.indexOf('?'))
  const paths = [
    '../secret',
    '..%2fsecret',
    '%2e%2e/secret',
    'sha256/../../secret',
    `sha256/..%2f..%2fsecret`,
    '/etc/passwd',
    `${key}/../../secret`,
    `${key}.type`,
    key.toUpperCase(),
    `${key}%00`,
    'incoming/../../secret',
    'unfinished/1',
    '',
    '.',
  ]
  for (const path of paths) {
    const peer = say(base, `GET /v1/assets/${path}${query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
    await peer.closed
    expect([path, /^HTTP\/1\.1 (403|404|405) /.test(peer.answer())]).toEqual([path, true])
  }
})

test('a refusal says whether the link is invalid or has expired', async () => {
  const clock = { ms: 1_700_000_000_000 }
  const { store, base } = await here({ nowMs: () => clock.ms })
  const { url, expiresAtMs } = await run(store.downloadLink(await run(store.put(newBytes(10), TYPE)), 60))
  clock.ms = expiresAtMs - 1
  expect((await fetch(base + url)).status).toBe(200)
  clock.ms = expiresAtMs
  expect(await (await fetch(base + url)).json()).toMatchObject({ reason: 'link-expired' })
  const tampered = await fetch(base + url.replace(String(expiresAtMs), String(expiresAtMs + 60_000)))
  expect(await tampered.json()).toMatchObject({ reason: 'link-invalid' })
  const { store: stranger } = await here({ secret: new Uint8Array(32).fill(8), nowMs: () => clock.ms })
  const other = await run(stranger.downloadLink(await run(store.put(newBytes(10), TYPE)), 60))
  expect(await (await fetch(base + other.url)).json()).toMatchObject({ reason: 'link-invalid' })
})

test('a page of another origin may upload and download only if the operator permits it', async () => {
  const { store, base } = await here({ origins: ['https://world.example'] })
  const { url } = await run(store.downloadLink(await run(store.put(newBytes(10), TYPE)), 60))
  const allowed = await fetch(base + url, { headers: { origin: 'https://world.example' } })
  expect(allowed.headers.get('access-control-allow-origin')).toBe('https://world.example')
  expect(allowed.headers.get('access-control-expose-headers')).toContain('ETag')
  expect((await fetch(base + url, { headers: { origin: 'https://other.example' } })).status).toBe(403)
  const preflight = await fetch(`${base}/v1/assets/incoming/a?x=y`, {
    method: 'OPTIONS',
    headers: { origin: 'https://world.example', 'access-control-request-method': 'PUT' },
  })
  expect([preflight.status, preflight.headers.get('access-control-allow-methods')?.includes('PUT')]).toEqual([
    204,
    true,
  ])
})

test('a file that changed on the disk is found by its hash', async () => {
  const { store, directory } = await here()
  const key = await run(store.put(newBytes(1_000), TYPE))
  const hex = key.slice('sha256/'.length)
  await writeFile(join(directory, 'sha256', hex.slice(0, 2), hex), newBytes(1_000))
  expect(await reasonOf(store.get(key, 1_000))).toBe('wrong-hash')
})

test('an upload is refused without leftovers if it would leave too little space', async () => {
  const { store, base, directory } = await here({ freeBytesMin: Number.MAX_SAFE_INTEGER })
  const bytes = newBytes(100)
  expect(await reasonOf(store.put(bytes, TYPE))).toBe('full')
  const link = await run(store.uploadLink('incoming/a', fileOf(bytes), 60))
  const response = await fetch(base + link.url, { method: 'PUT', headers: link.headers, body: bytes })
  expect(response.status).toBe(507)
  expect(await response.json()).toMatchObject({ reason: 'full' })
  expect(await readdir(join(directory, 'unfinished'))).toEqual([])
})

test('without its folder, as on an unmounted disk, the store is away and creates no other', async () => {
  const { store, base, directory } = await here()
  const bytes = newBytes(100)
  const key = await run(store.put(bytes, TYPE))
  const [upload, download] = [
    await run(store.uploadLink('incoming/a', fileOf(bytes), 60)),
    await run(store.downloadLink(key, 60)),
  ]
  await rename(directory, `${directory}.away`)
  expect(
    await Promise.all(
      [store.put(newBytes(10), TYPE), store.get(key, 100), store.head(key), store.sweepIncoming(0)].map(reasonOf),
    ),
  ).toEqual(['away', 'away', 'away', 'away'])
  expect((await fetch(base + upload.url, { method: 'PUT', headers: upload.headers, body: bytes })).status).toBe(503)
  expect((await fetch(base + download.url)).status).toBe(503)
  expect(await readdir(join(directory, '..'))).toEqual(['assets.away'])
  await rename(`${directory}.away`, directory)
  expect((await run(store.get(key, 100))).length).toBe(100)
})

test('a new store on the same folder has the old files and removes unfinished ones', async () => {
  const { store, directory } = await here()
  const bytes = newBytes(1_000)
  const key = await run(store.put(bytes, TYPE))
  await writeFile(join(directory, 'unfinished', '1'), 'half')
  const next = await openLocalCloud({ directory, secret: SECRET, freeBytesMin: 0 })
  expect(await run(next.head(key))).toEqual({ bytes: 1_000, mediaType: TYPE })
  expect(await readdir(join(directory, 'unfinished'))).toEqual([])
  await run(next.put(newBytes(10), TYPE))
})

test('an upload without a length, or for an unsigned file, is refused before its body is read', async () => {
  const { store, base, directory } = await here()
  const link = await run(store.uploadLink('incoming/a', fileOf(newBytes(100)), 60))
  const chunked = say(
    base,
    `PUT ${link.url} HTTP/1.1\r\nHost: x\r\nContent-Type: ${TYPE}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
  )
  await until('the answer is there', () => chunked.answer().includes('length-required'))
  expect(chunked.answer()).toContain('411')
  const unsigned = say(
    base,
    `PUT /v1/assets/incoming/b HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n${'a'.repeat(1_000)}`,
  )
  await unsigned.closed
  expect(unsigned.answer()).toMatch(/^HTTP\/1\.1 403 .*link-invalid/s)
  expect(await readdir(join(directory, 'incoming'))).toEqual([])
})

test('a second sender of the same upload replaces the first, which gets an error', async () => {
  const { store, base, directory } = await here()
  const bytes = newBytes(300_000)
  const link = await run(store.uploadLink('incoming/a', fileOf(bytes), 60))
  const older = say(
    base,
    `PUT ${link.url} HTTP/1.1\r\nHost: x\r\nContent-Type: ${TYPE}\r\nContent-Length: ${bytes.length}\r\n\r\nhello`,
  )
  await until('the older one is under way', async () => (await readdir(join(directory, 'unfinished'))).length > 0)
  expect((await fetch(base + link.url, { method: 'PUT', headers: link.headers, body: bytes })).status).toBe(201)
  await older.closed
  expect(older.answer()).toMatch(/^HTTP\/1\.1 409 .*superseded/s)
  const { sha256 } = fileOf(await readFile(join(directory, 'incoming', 'a')))
  expect(sha256).toBe(fileOf(bytes).sha256)
  expect(await readdir(join(directory, 'unfinished'))).toEqual([])
})

/** Long enough that a sender at the permitted pace keeps it even if this process pauses for half a second. */
const QUICK = { bytesMin: 65_536, windowMs: 1_000 }

test('a disk that does not write is reported as the fault of the store, not of the sender', async () => {
  const { store, base } = await here({ minimumRates: { upload: QUICK, download: QUICK } })
  const create = store.disk.create.bind(store.disk)
  store.disk.create = async () => Object.assign(await create(), { write: () => new Promise<void>(() => undefined) })
  const bytes = newBytes(300_000)
  const { url, headers } = await run(store.uploadLink('incoming/a', fileOf(bytes), 60))
  const response = await fetch(base + url, { method: 'PUT', headers, body: bytes })
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ reason: 'away' })
})

test('a slow sender is disconnected with an error, and a sender at the permitted pace may take as long as it needs', async () => {
  const { store, base, directory } = await here({ minimumRates: { upload: QUICK, download: QUICK } })
  const bytes = newBytes(800_000)
  const open = async (id: string): Promise<ReturnType<typeof say>> => {
    const { url } = await run(store.uploadLink(`incoming/${id}`, fileOf(bytes), 60))
    return say(
      base,
      `PUT ${url} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: ${TYPE}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    )
  }
  const [slow, steady] = [await open('slow'), await open('steady')]
  let at = 0
  const drip = setInterval(() => {
    slow.socket.write('a')
    steady.socket.write(bytes.subarray(at, (at += 16_000)))
  }, 50)
  try {
    await Promise.all([slow.closed, steady.closed])
  } finally {
    clearInterval(drip)
  }
  expect(slow.answer()).toMatch(/^HTTP\/1\.1 408 .*slow-upload/s)
  expect(steady.answer()).toMatch(/^HTTP\/1\.1 201 /)
  expect((await readdir(join(directory, 'incoming'))).toSorted()).toEqual(['steady', 'steady.type'])
  await until('nothing unfinished is left', async () => (await readdir(join(directory, 'unfinished'))).length === 0)
})

test('a client that does not read its download is disconnected, and others are served meanwhile', async () => {
  const { store, base } = await here({ minimumRates: { upload: QUICK, download: QUICK } })
  const bytes = newBytes(16_000_000)
  const { url } = await run(store.downloadLink(await run(store.put(bytes, TYPE)), 60))
  const lazy = Array.from({ length: 8 }, () => {
    const peer = say(base, `GET ${url} HTTP/1.1\r\nHost: x\r\n\r\n`)
    peer.socket.pause()
    return peer
  })
  expect((await (await fetch(base + url)).arrayBuffer()).byteLength).toBe(bytes.length)
  await sleep(2.5 * QUICK.windowMs)
  for (const { socket } of lazy) socket.resume()
  await Promise.all(lazy.map(({ closed }) => closed))
  for (const { answer } of lazy) expect(answer().length).toBeLessThan(bytes.length)
})

test('the number of concurrent uploads is limited, and the next is asked to wait', async () => {
  const { store, base, directory } = await here()
  const bytes = newBytes(100)
  const peers: ReturnType<typeof say>[] = []
  for (let i = 0; i < UPLOADS_MAX; i += 1) {
    const { url } = await run(store.uploadLink(`incoming/u${i}`, fileOf(bytes), 60))
    peers.push(say(base, `PUT ${url} HTTP/1.1\r\nHost: x\r\nContent-Type: ${TYPE}\r\nContent-Length: 100\r\n\r\nhello`))
  }
  await until('all are under way', async () => (await readdir(join(directory, 'unfinished'))).length === UPLOADS_MAX)
  const link = await run(store.uploadLink('incoming/late', fileOf(bytes), 60))
  const put = (): Promise<Response> => fetch(base + link.url, { method: 'PUT', headers: link.headers, body: bytes })
  const late = await put()
  expect([late.status, late.headers.get('retry-after')]).toEqual([503, '1'])
  for (const { socket } of peers) socket.destroy()
  await until('there is room again', async () => (await put()).status !== 503)
  await until('nothing unfinished is left', async () => (await readdir(join(directory, 'unfinished'))).length === 0)
})
