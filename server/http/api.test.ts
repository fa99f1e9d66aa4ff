import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Effect } from 'effect'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { memoryArchive } from '../../storage/archive/memory-archive.fake.ts'
import type { IngestOutcome } from '../../ingest/types.ts'
import { makeApi } from './api.ts'
import { makeGateway } from '../accounts/gateway.ts'
import { Grants } from '../accounts/grants.ts'
import { makeGrantRoutes } from '../accounts/grant-routes.ts'
import { httpHandler } from './handler.ts'
import { FOLLOWERS_PER_UPLOAD_MAX } from '../limits.ts'
import { Packages } from '../packages/packages.ts'
import { healthOf } from './status.ts'
import { loadStaticFiles } from './static-files.ts'
import { UploadService } from '../uploads/upload-service.ts'
import { FakeAssets, outcomeFor, sha256Of } from '../uploads/uploads.fake.ts'
import { DedupeCache } from '../uploads/dedupe-cache.ts'
import { PATIENCE } from '../uploads/retry.ts'

const OPERATOR = 'o'.repeat(43)
const CUP = Buffer.from('a teacup of at least twenty bytes')

let directory = ''
const undo: (() => void)[] = []
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'otherworld-api-'))
})
afterEach(() => {
  for (const each of undo.splice(0)) each()
  rmSync(directory, { recursive: true, force: true })
})

class Site {
  readonly assets = new FakeAssets()
  readonly archive = memoryArchive()
  readonly changed: string[] = []
  readonly grants = new Grants({ realm: 'yard', archive: this.archive, nowMs: Date.now, log: () => undefined })
  readonly packages = new Packages({
    archive: this.archive,
    assets: this.assets,
    roleOf: (uid) => this.grants.roleOf(uid),
  })
  /** Holds ingests back until it is resolved. */
  gate: Promise<void> = Promise.resolve()
  base = ''

  async start(): Promise<this> {
    let player = 0
    const gateway = makeGateway({
      realm: 'yard',
      secret: new Uint8Array(32),
      observers: 'nobody',
      loginsPerMinuteMax: 60,
      nextPlayer: () => ++player,
      nextUser: () => player + 1,
      nowMs: Date.now,
    })
    this.grants.tell((uid) => this.changed.push(uid))
    const ingest = async (file: string): Promise<IngestOutcome> => {
      const bytes = readFileSync(file)
      await this.gate
      return outcomeFor(bytes, 'cup')
    }
    const uploads = new UploadService({
      archive: this.archive,
      assets: this.assets,
      directory,
      dedupe: new DedupeCache(),
      ingestsMax: 1,
      ingest,
      patience: PATIENCE,
      newId: () => crypto.randomUUID(),
      nowMs: Date.now,
      ingested: () => undefined,
      ended: () => undefined,
      log: () => undefined,
    })
    const up = { kind: 'memory', state: 'up', sinceMs: 0 } as const
    const server = createServer(
      httpHandler({
        gateway,
        viewer: loadStaticFiles(join(directory, 'none')),
        origins: ['https://friend.example'],
        transports: [],
        assets: this.assets,
        api: makeApi(gateway, uploads, this.packages, makeGrantRoutes(this.grants, OPERATOR, Date.now)),
        status: () => ({
          schema: 'otherworld/status/1',
          realms: [],
          archive: up,
          assets: up,
          uploads: uploads.counts,
          backlog: { records: 0, elements: 0 },
        }),
        health: () => healthOf({ id: 'yard', tick: 1, warning: null }, 0, 0, null),
        metrics: () => '',
        log: () => undefined,
      }),
    )
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    undo.push(() => {
      server.close()
      server.closeAllConnections()
    })
    this.base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    return this
  }

  async guest(name: string): Promise<Guest> {
    const reply = (await (
      await fetch(`${this.base}/v1/login`, { method: 'POST', body: JSON.stringify({ name }) })
    ).json()) as { readonly token: string; readonly user: { readonly uid: string } }
    return new Guest(this, reply.token, reply.user.uid)
  }
}

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

class Guest {
  private readonly site: Site
  readonly token: string
  readonly uid: string

  constructor(site: Site, token: string, uid: string) {
    this.site = site
    this.token = token
    this.uid = uid
  }

  fetch(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.site.base}/v1/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  }

  async ask(method: string, path: string, body?: unknown): Promise<Answer> {
    const response = await this.fetch(method, path, body)
    const text = await response.text()
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>) }
  }

  /** Declared and sent. */
  async declare(bytes: Uint8Array = CUP, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { body } = await this.ask('POST', 'uploads', {
      name: 'cup',
      bytes: bytes.length,
      sha256: sha256Of(bytes),
      ...more,
    })
    this.site.assets.files.set(`quarantine/${String(body['id'])}`, bytes)
    return String(body['id'])
  }

  /** The package's hash. */
  async upload(bytes: Uint8Array = CUP, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const id = await this.declare(bytes, more)
    await this.ask('POST', `uploads/${id}/complete`)
    const events = await (await this.fetch('GET', `uploads/${id}/events`)).text()
    return (
      JSON.parse(events.trim().split('\n\n').at(-1)?.slice('data: '.length) ?? '') as { readonly package: string }
    ).package
  }
}

test('an upload goes from declaration to package; its events tell each stage and end by themselves', async () => {
  const site = await new Site().start()
  const ada = await site.guest('Ada')
  const declared = await ada.ask('POST', 'uploads', {
    name: 'cup',
    bytes: CUP.length,
    sha256: sha256Of(CUP),
    fileName: 'cup.glb',
  })
  expect(declared).toMatchObject({
    status: 201,
    body: {
      schema: 'otherworld/upload/1',
      stage: 'waiting',
      progress: 0,
      put: { method: 'PUT', url: expect.stringContaining('/v1/assets/quarantine/') },
    },
  })
  const id = String(declared.body['id'])
  expect(await ada.ask('POST', `uploads/${id}/complete`)).toMatchObject({
    status: 409,
    body: { reason: 'not-uploaded', fix: expect.any(String) },
  })
  site.assets.files.set(`quarantine/${id}`, CUP)
  let open = (): void => undefined
  site.gate = new Promise((resolve) => {
    open = resolve
  })
  expect((await ada.ask('POST', `uploads/${id}/complete`)).status).toBe(202)
  const events = await ada.fetch('GET', `uploads/${id}/events`)
  expect(events.headers.get('content-type')).toBe('text/event-stream')
  open()
  const stages = (await events.text())
    .split('\n\n')
    .filter((each) => each.startsWith('data: '))
    .map((each) => (JSON.parse(each.slice(6)) as { readonly stage: string }).stage)
  expect(stages.at(-1)).toBe('done')
  expect(stages).toContain('storing')
  expect(await (await ada.fetch('GET', `uploads/${id}/events`)).text()).toMatch(
    /^retry: \d+\n\ndata: .*"stage":"done".*\n\n$/,
  )
  expect(await ada.ask('GET', `uploads/${id}`)).toMatchObject({
    status: 200,
    body: { stage: 'done', package: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
})

test('without a token of this server nothing is told and nothing is taken', async () => {
  const site = await new Site().start()
  for (const token of ['', 'nonsense', OPERATOR]) {
    const nobody = new Guest(site, token, '')
    for (const [method, path] of [
      ['POST', 'uploads'],
      ['GET', 'uploads/x'],
      ['GET', 'uploads/x/events'],
      ['POST', 'uploads/x/complete'],
      ['DELETE', 'uploads/x'],
      ['GET', 'packages'],
      ['GET', `packages/${'a'.repeat(64)}`],
      ['DELETE', `packages/${'a'.repeat(64)}`],
    ] as const)
      expect(await nobody.ask(method, path, method === 'POST' ? {} : undefined)).toMatchObject({
        status: 401,
        body: { reason: 'token', fix: expect.stringContaining('/v1/login') },
      })
  }
})

test('what is no address, or another method, is refused in words', async () => {
  const ada = await (await new Site().start()).guest('Ada')
  for (const [method, path, status] of [
    ['GET', 'uploads', 405],
    ['PUT', 'uploads/x', 405],
    ['GET', 'uploads/x/complete', 405],
    ['GET', 'uploads/x/more', 404],
    ['GET', 'uploads/x/events/y', 404],
    ['POST', 'packages', 405],
    ['GET', 'packages/x/y', 404],
    ['GET', 'packages/..%2f..', 404],
    ['GET', 'realms/yard', 404],
  ] as const)
    expect(await ada.ask(method, path)).toMatchObject({
      status,
      body: { message: expect.any(String), fix: expect.any(String) },
    })
})

test('who floods an upload with listeners is refused, and its owner is served again when they are gone', async () => {
  const site = await new Site().start()
  const ada = await site.guest('Ada')
  const id = await ada.declare()
  const listeners = await Promise.all(
    Array.from({ length: FOLLOWERS_PER_UPLOAD_MAX + 6 }, () => ada.fetch('GET', `uploads/${id}/events`)),
  )
  expect(listeners.filter(({ status }) => status === 200)).toHaveLength(FOLLOWERS_PER_UPLOAD_MAX)
  expect(listeners.filter(({ status }) => status === 429)).toHaveLength(6)
  for (const each of listeners) await each.body?.cancel()
  await expect
    .poll(async () => {
      const again = await ada.fetch('GET', `uploads/${id}/events`)
      await again.body?.cancel()
      return again.status
    })
    .toBe(200)
  expect((await ada.ask('DELETE', `uploads/${id}`)).status).toBe(204)
  expect(await ada.ask('GET', `uploads/${id}`)).toMatchObject({
    body: { stage: 'failed', message: expect.stringContaining('given up') },
  })
})

test('a package is told to whoever knows its hash; what was uploaded only to who has a record of it', async () => {
  const site = await new Site().start()
  const [ada, bob] = [await site.guest('Ada'), await site.guest('Bob')]
  const hash = await ada.upload()
  expect(await ada.ask('GET', `packages/${hash}`)).toMatchObject({
    status: 200,
    body: {
      schema: 'otherworld/package/1',
      hash,
      manifest: { kind: 'object' },
      files: {
        runtime: { url: expect.stringContaining('/sha256/'), expiresAtMs: expect.any(Number) },
        original: { url: expect.any(String) },
        levels: [],
        textures: {},
      },
    },
  })
  expect(await bob.ask('GET', `packages/${hash}`)).toMatchObject({
    status: 200,
    body: { files: { runtime: { url: expect.any(String) }, original: null } },
  })
  expect(await bob.ask('GET', `packages/${'0'.repeat(64)}`)).toMatchObject({
    status: 404,
    body: { reason: 'not-found' },
  })
})

test("a list has one's own packages and those that are shared; sharing and removing are their owner's", async () => {
  const site = await new Site().start()
  const [ada, bob] = [await site.guest('Ada'), await site.guest('Bob')]
  const hash = await ada.upload()
  const list = async (guest: Guest): Promise<unknown> => (await guest.ask('GET', 'packages')).body['packages']
  expect(await list(ada)).toMatchObject([{ hash, name: 'cup', kind: 'object', sharing: 'owner', own: true }])
  expect(await list(bob)).toEqual([])
  expect(await bob.ask('PATCH', `packages/${hash}`, { sharing: 'everyone' })).toMatchObject({ status: 404 })
  expect(await ada.ask('PATCH', `packages/${hash}`, { sharing: 'friends' })).toMatchObject({
    status: 400,
    body: { where: 'sharing' },
  })
  expect(await ada.ask('PATCH', `packages/${hash}`, { sharing: 'everyone' })).toMatchObject({
    status: 200,
    body: { sharing: 'everyone' },
  })
  expect(await list(bob)).toMatchObject([{ hash, own: false, sharing: 'everyone' }])
  expect((await bob.ask('DELETE', `packages/${hash}`)).status).toBe(404)
  expect((await ada.ask('DELETE', `packages/${hash}`)).status).toBe(204)
  expect([await list(ada), await list(bob)]).toEqual([[], []])
  expect((await bob.ask('GET', `packages/${hash}`)).status).toBe(200)
})

test('who may bring a package into the realm: its owner, everyone once it is shared, who has a role; each change counts at once', async () => {
  const site = await new Site().start()
  const [ada, bob] = [await site.guest('Ada'), await site.guest('Bob')]
  const hash = await ada.upload()
  const may = async (guest: Guest): Promise<unknown> => {
    const answer = await site.packages.physicsFor(hash, guest.uid)
    return answer.ok ? answer.physics.kind : answer.reason
  }
  expect([await may(ada), await may(bob)]).toEqual(['object', 'not-permitted'])
  await ada.ask('PATCH', `packages/${hash}`, { sharing: 'everyone' })
  expect(await may(bob)).toBe('object')
  await ada.ask('PATCH', `packages/${hash}`, { sharing: 'owner' })
  expect(await may(bob)).toBe('not-permitted')
  await site.grants.put('yard', bob.uid, { role: 'builder' }, 'operator')
  expect(await may(bob)).toBe('object')
  await ada.ask('DELETE', `packages/${hash}`)
  expect([await may(ada), await may(bob)]).toEqual(['not-permitted', 'object'])
  expect(await site.packages.physicsFor('f'.repeat(64), ada.uid)).toEqual({ ok: false, reason: 'unknown-package' })
  expect(await site.packages.physicsFor('../..', ada.uid)).toEqual({ ok: false, reason: 'unknown-package' })
})

test('the operator gives and takes roles; an owner of the realm may, a builder and a guest may not', async () => {
  const site = await new Site().start()
  const [ada, bob] = [await site.guest('Ada'), await site.guest('Bob')]
  const operator = new Guest(site, OPERATOR, '')
  const at = (uid: string, realm = 'yard'): string => `realms/${realm}/grants/${uid}`
  expect(await ada.ask('PUT', at(ada.uid), { role: 'owner' })).toMatchObject({
    status: 403,
    body: { reason: 'not-permitted' },
  })
  expect(await operator.ask('PUT', at(ada.uid), { role: 'owner' })).toMatchObject({
    status: 200,
    body: { uid: ada.uid, role: 'owner' },
  })
  expect(await ada.ask('PUT', at(bob.uid), { role: 'builder' })).toMatchObject({ status: 200 })
  expect(await bob.ask('PUT', at(bob.uid), { role: 'owner' })).toMatchObject({ status: 403 })
  expect((await operator.ask('GET', 'realms/yard/grants')).body['grants']).toHaveLength(2)
  expect(site.changed).toEqual([ada.uid, bob.uid])
  expect(site.grants.permissionsOf(bob.uid)).toBeGreaterThan(0)
  expect((await ada.ask('DELETE', at(bob.uid))).status).toBe(204)
  expect((await ada.ask('DELETE', at(bob.uid))).status).toBe(404)
  expect(site.grants.permissionsOf(bob.uid)).toBe(0)
  expect(await operator.ask('PUT', at(bob.uid, 'elsewhere'), { role: 'builder' })).toMatchObject({ status: 404 })
  expect(await operator.ask('PUT', at('everybody'), { role: 'builder' })).toMatchObject({
    status: 400,
    body: { reason: 'bad-user' },
  })
  expect(await operator.ask('PUT', at(bob.uid), { role: 'king' })).toMatchObject({
    status: 400,
    body: { reason: 'bad-role' },
  })
  expect(await new Guest(site, 'p'.repeat(43), '').ask('GET', 'realms/yard/grants')).toMatchObject({ status: 401 })
})

test('a page elsewhere that is named may use all methods', async () => {
  const site = await new Site().start()
  const preflight = await fetch(`${site.base}/v1/packages/x`, {
    method: 'OPTIONS',
    headers: { origin: 'https://friend.example' },
  })
  expect(preflight.headers.get('access-control-allow-methods')).toMatch(/PATCH.*DELETE/)
})

test('roles that were read before one was given or taken do not undo it', async () => {
  const site = await new Site().start()
  const inner = { ...site.archive }
  let answer = (): void => undefined
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  Object.assign(site.archive, {
    grants: (realm: string) => inner.grants(realm).pipe(Effect.tap(() => Effect.promise(() => held))),
  })
  const guest = await site.guest('Ada')
  const reading = site.grants.refresh()
  await site.grants.put('yard', guest.uid, { role: 'builder' }, 'operator')
  answer()
  await reading
  expect(site.grants.roleOf(guest.uid)).toBe('builder')
  expect(site.changed).toEqual([guest.uid])
})
