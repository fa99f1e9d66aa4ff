import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type Server } from 'node:http'
import { join } from 'node:path'
import { Effect, Logger } from 'effect'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { closeServer, startListening } from '../../test/harness/listen.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { makeGateway } from '../accounts/gateway.ts'
import { httpHandler, type HttpParts } from './handler.ts'
import { lineLogger } from '../log.ts'
import { loadStaticFiles } from './static-files.ts'
import { healthOf } from './status.ts'

const UP = { kind: 'local', state: 'up', sinceMs: 0 } as const

let root = ''
let server: Server | undefined
let problem: string | null = null
const logged: string[] = []
const LOGGER = Logger.layer([lineLogger((line) => void logged.push(line))])

beforeEach(() => {
  root = temporaryDirectory()
  mkdirSync(join(root, 'viewer/assets'), { recursive: true })
  writeFileSync(join(root, 'secret.txt'), 'not for you')
  writeFileSync(join(root, 'viewer/index.html'), '<!doctype html><title>world</title>')
  writeFileSync(join(root, 'viewer/replay.html'), '<!doctype html><title>replay</title>')
  writeFileSync(join(root, 'viewer/assets/main-Ab12Cd34.js'), 'export {}')
  logged.length = 0
  problem = null
})
afterEach(async () => {
  if (server) await closeServer(server)
  server = undefined
})

async function start(changes: Partial<HttpParts> = {}): Promise<string> {
  const gateway = makeGateway({
    realm: 'home',
    secret: new Uint8Array(32),
    observers: 'loopback',
    loginsPerMinuteMax: 60,
    nextPlayer: () => 1,
    nextUser: () => 1,
    nowMs: Date.now,
  })
  const parts: HttpParts = {
    gateway,
    viewer: loadStaticFiles(join(root, 'viewer')),
    origins: ['https://friend.example'],
    transports: [],
    assets: { origin: null, answers: () => false },
    api: () => Effect.succeed(false),
    status: () => ({
      schema: 'otherworld/status/1',
      realms: [],
      archive: UP,
      assets: UP,
      uploads: { stages: {}, queue: 0, busy: 0 },
      backlog: { records: 0, elements: 0 },
    }),
    health: () => healthOf({ id: 'home', tick: 5, warning: 'a warning' }, 0, 10, problem),
    metrics: () => '# HELP a A.\n# TYPE a gauge\na 1\n',
    run: (effect) => Effect.runPromise(Effect.provide(effect, LOGGER)),
    ...changes,
  }
  server = createServer(httpHandler(parts))
  return await startListening(server)
}

/** Sends paths unchanged, which fetch would normalise. */
function rawGet(base: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(base)
    httpRequest({ hostname, port, path }, (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += String(chunk)
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
    })
      .on('error', reject)
      .end()
  })
}

test('the page comes with its type, an ETag, and a policy that lets the viewer run', async () => {
  const base = await start()
  const page = await fetch(`${base}/`)
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('cache-control')).toBe('no-cache')
  const policy = page.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'")
  expect(policy).toContain(`ws://${new URL(base).host}`)
  expect(policy).not.toContain('unsafe-inline')
  expect(policy).toContain("connect-src 'self' blob:")
  const again = await fetch(`${base}/`, { headers: { 'if-none-match': page.headers.get('etag') ?? '' } })
  expect(again.status).toBe(304)
  const script = await fetch(`${base}/assets/main-Ab12Cd34.js`)
  expect(script.headers.get('cache-control')).toContain('immutable')
  expect(script.headers.get('content-type')).toContain('javascript')
  expect(await (await fetch(`${base}/replay`)).text()).toContain('replay')
})

test('the page may connect to a separate file store and show its images', async () => {
  const base = await start({ assets: { origin: 'https://files.example', answers: () => false } })
  const policy = (await fetch(`${base}/`)).headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/img-src [^;]* https:\/\/files\.example;/)
  expect(policy).toMatch(/connect-src [^;]* https:\/\/files\.example;/)
})

test('no path leads out of the viewer', async () => {
  const base = await start()
  for (const path of [
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/%00',
    '//etc/passwd',
    '/..\\secret.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '/%',
  ])
    expect((await rawGet(base, path)).body).not.toContain('not for you')
  expect((await rawGet(base, '/%')).status).toBe(400)
})

test('a page explains that the viewer is not built', async () => {
  const base = await start({ viewer: loadStaticFiles(join(root, 'nothing')) })
  const page = await fetch(`${base}/`)
  expect(page.status).toBe(503)
  expect(await page.text()).toContain('npm run build')
})

test('LOG-3: errors say what, where and what to do', async () => {
  const base = await start()
  const post = (body: string): Promise<Response> => fetch(`${base}/v1/login`, { method: 'POST', body })
  for (const [response, status, reason] of [
    [await fetch(`${base}/v1/nothing`), 404, 'not-found'],
    [await fetch(`${base}/v1/login`), 405, 'method-not-allowed'],
    [await post('{'), 400, 'bad-json'],
    [await post('{"name": 1}'), 400, 'bad-name'],
    [await post(`{"name": "${'x'.repeat(70_000)}"}`), 413, 'body-too-large'],
    [await fetch(`${base}/.wrtc/v2/connections`, { method: 'POST' }), 404, 'not-found'],
  ] as const) {
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ reason, message: expect.any(String) })
  }
  expect((await post('{"name": "Ada"}')).status).toBe(200)
})

test('a method that an address does not have is answered with those that it has', async () => {
  const base = await start()
  for (const [path, method, allow] of [
    ['v1/login', 'PUT', 'POST'],
    ['v1/status', 'DELETE', 'GET, HEAD'],
    ['healthz', 'POST', 'GET, HEAD'],
  ] as const) {
    const response = await fetch(`${base}/${path}?a=b`, { method })
    expect([path, response.status, response.headers.get('allow')]).toEqual([path, 405, allow])
    expect(await response.json()).toMatchObject({ where: `/${path}`, fix: `use ${allow.replace(', ', ' or ')}` })
  }
})

test('a path with two slashes at its start is another path, and is reported as it is', async () => {
  const base = await start()
  const { status, body } = await rawGet(base, '//v1/status')
  expect([status, JSON.parse(body)]).toEqual([
    404,
    {
      reason: 'not-found',
      message: expect.any(String),
      where: '//v1/status',
      fix: expect.stringContaining('/v1/openapi.json'),
    },
  ])
})

test('a body that announces too many bytes is refused before they arrive', async () => {
  const base = await start()
  const { hostname, port } = new URL(base)
  const status = await new Promise((resolve, reject) => {
    const headers = { 'content-length': '1000000000000' }
    const request = httpRequest({ hostname, port, path: '/v1/login', method: 'POST', headers }, (response) => {
      resolve(response.statusCode)
      request.destroy()
    })
    request.on('error', reject)
    request.flushHeaders()
  })
  expect(status).toBe(413)
})

test('a body that is no object is refused with the place of the fault', async () => {
  const base = await start()
  for (const body of ['null', '[]', '1', '"x"']) {
    const response = await fetch(`${base}/v1/login`, { method: 'POST', body })
    expect([body, response.status]).toEqual([body, 400])
    expect(await response.json()).toMatchObject({ where: expect.stringMatching(/./), fix: expect.stringMatching(/./) })
  }
})

test('a failing handler answers 500 without details, and logs them', async () => {
  const base = await start({
    status: () => {
      throw new Error('inner secret')
    },
  })
  const response = await fetch(`${base}/v1/status`)
  expect(response.status).toBe(500)
  expect(await response.text()).not.toContain('inner secret')
  expect(logged.join()).toContain('inner secret')
})

test('GET /v1/openapi.json sends the contract', async () => {
  const base = await start()
  const response = await fetch(`${base}/v1/openapi.json`)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(await response.json()).toMatchObject({
    openapi: '3.1.0',
    paths: { '/v1/uploads': { post: { security: [{ token: [] }] } }, '/v1/realms/{realm}/grants/{uid}': {} },
  })
  expect((await fetch(`${base}/v1/openapi.json`, { method: 'POST' })).status).toBe(405)
})

test('health is 503 with the reason while the realm does not tick', async () => {
  const base = await start()
  expect((await fetch(`${base}/healthz`)).status).toBe(200)
  problem = 'the realm is starting'
  const response = await fetch(`${base}/healthz`)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({
    ok: false,
    realms: [{ problem: 'the realm is starting', warning: 'a warning' }],
  })
  expect(healthOf({ id: 'home', tick: 5, warning: null }, 0, 60_000, null)).toMatchObject({
    ok: false,
    realms: [{ problem: 'no tick for 60.0 s' }],
  })
})

test('only pages of allowed origins may use the API', async () => {
  const base = await start()
  const from = (origin: string, method = 'GET'): Promise<Response> =>
    fetch(`${base}/v1/status`, { method, headers: { origin } })
  expect((await from('https://evil.example')).status).toBe(403)
  expect((await from('null')).status).toBe(403)
  expect((await from(base)).status).toBe(200)
  const friend = await from('https://friend.example', 'OPTIONS')
  expect(friend.status).toBe(204)
  expect(friend.headers.get('access-control-allow-origin')).toBe('https://friend.example')
})

test('behind a proxy on this machine, guests differ by the last forwarded address only', async () => {
  const base = await start()
  const shareOf = async (forwardedFor: string | null): Promise<unknown> => {
    const headers = {
      'content-type': 'application/json',
      ...(forwardedFor === null ? {} : { 'x-forwarded-for': forwardedFor }),
    }
    const { token } = (await (
      await fetch(`${base}/v1/login`, { method: 'POST', headers, body: '{"name":"Ada"}' })
    ).json()) as { token: string }
    return (JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { share?: number }).share
  }
  const own = await shareOf('203.0.113.9')
  expect(own).toBeTypeOf('number')
  expect(await shareOf('198.51.100.1, 203.0.113.9')).toBe(own)
  expect(await shareOf('203.0.113.9, 198.51.100.1')).not.toBe(own)
  expect(await shareOf('nonsense')).toBeUndefined()
  expect(await shareOf(null)).toBeUndefined()
})
