/** The HTTP API on fakes, and guests that use it. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { Effect } from 'effect'
import { afterEach, beforeEach } from 'vitest'
import { closeServer, startListening } from '../../test/harness/listen.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { memoryArchive } from '../../storage/archive/memory-archive.fake.ts'
import type { IngestOutcome } from '../../ingest/types.ts'
import { makeApi } from './api.ts'
import { makeGateway } from '../accounts/gateway.ts'
import { Grants } from '../accounts/grants.ts'
import { makeGrantRoutes } from '../accounts/grant-routes.ts'
import { httpHandler } from './handler.ts'
import { Packages } from '../packages/packages.ts'
import { healthOf } from './status.ts'
import { loadStaticFiles } from './static-files.ts'
import { UploadService } from '../uploads/upload-service.ts'
import { FakeAssets, outcomeFor, sha256Of } from '../uploads/uploads.fake.ts'
import { DedupeCache } from '../uploads/dedupe-cache.ts'
import type { RunEffect } from './effect-runner.ts'

export const run: RunEffect = (effect) => Effect.runPromise(effect)

export const OPERATOR = 'o'.repeat(43)

export const CUP = Buffer.from('a teacup of at least twenty bytes')

let directory = ''

const undo: (() => unknown)[] = []

export class Site {
  readonly assets = new FakeAssets()
  readonly archive = memoryArchive()
  readonly changed: string[] = []
  readonly grants = new Grants({
    realm: 'yard',
    archive: this.archive,
    isNewUser: (uid) => this.newUsers.has(uid),
    nowMs: Date.now,
  })
  /** Users whose records are still to be written. */
  readonly newUsers = new Set<string>()
  readonly packages = new Packages({
    archive: this.archive,
    assets: this.assets,
    roleOf: (uid) => this.grants.roleOf(uid),
  })
  /** Delays ingests until it is resolved. */
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
      loggedIn: ({ uid, user, name }) => void run(this.archive.putUser({ uid, number: user, name })),
    })
    this.grants.onChange((uid) => this.changed.push(uid))
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
      newId: () => crypto.randomUUID(),
      nowMs: Date.now,
      ingested: () => undefined,
      ended: () => undefined,
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
        run,
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
      }),
    )
    this.base = await startListening(server)
    undo.push(() => closeServer(server))
    return this
  }

  async guest(name: string): Promise<Guest> {
    const reply = (await (
      await fetch(`${this.base}/v1/login`, { method: 'POST', body: JSON.stringify({ name }) })
    ).json()) as { readonly token: string; readonly user: { readonly uid: string } }
    return new Guest(this, reply.token, reply.user.uid)
  }
}

export interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

export class Guest {
  readonly #site: Site
  readonly token: string
  readonly uid: string

  constructor(site: Site, token: string, uid: string) {
    this.#site = site
    this.token = token
    this.uid = uid
  }

  fetch(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.#site.base}/v1/${path}`, {
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

  /** Declares and sends an upload. */
  async declare(bytes: Uint8Array = CUP, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const { body } = await this.ask('POST', 'uploads', {
      name: 'cup',
      bytes: bytes.length,
      sha256: sha256Of(bytes),
      ...more,
    })
    this.#site.assets.files.set(`incoming/${String(body['id'])}`, bytes)
    return String(body['id'])
  }

  /** Returns the package's hash. */
  async upload(bytes: Uint8Array = CUP, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const id = await this.declare(bytes, more)
    await this.ask('POST', `uploads/${id}/complete`)
    const events = await (await this.fetch('GET', `uploads/${id}/events`)).text()
    return (
      JSON.parse(events.trim().split('\n\n').at(-1)?.slice('data: '.length) ?? '') as { readonly package: string }
    ).package
  }
}

/** Gives each test a directory of its own, and closes its sites afterwards. */
export function useSites(): void {
  beforeEach(() => {
    directory = temporaryDirectory()
  })
  afterEach(async () => {
    for (const each of undo.splice(0)) await each()
  })
}
