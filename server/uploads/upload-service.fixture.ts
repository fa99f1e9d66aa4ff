/** An upload service on fakes, for its tests. */
import type { ServerResponse } from 'node:http'
import { readFileSync } from 'node:fs'
import { Effect, Logger } from 'effect'
import { beforeEach } from 'vitest'
import { sleep } from '../../test/harness/wait.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { type ArchiveService } from '../../storage/archive/archive.ts'
import { memoryArchive } from '../../storage/archive/memory-archive.fake.ts'
import { instantClock, type InstantClock } from '../../test/harness/instant-clock.ts'
import { sendEvents } from './events.ts'
import { lineLogger } from '../log.ts'
import { RouteError } from '../http/reply.ts'
import type { Claims } from '../accounts/tokens.ts'
import { UploadService, type UploadServiceParts, type UploadEnding } from './upload-service.ts'
import { FakeAssets, outcomeFor, sha256Of } from './uploads.fake.ts'
import { DedupeCache } from './dedupe-cache.ts'
import type { DeclaredUpload, UploadStatus } from '../../http-contract/index.ts'

export let directory = ''

export const uid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`

export const user = (n: number): Claims => ({
  session: `s${n}`,
  player: n,
  name: `User ${n}`,
  role: 'player',
  uid: uid(n),
  user: n,
})

export const [ADA, BOB] = [user(1), user(2)]

export const CUP = Buffer.from('a teacup of at least twenty bytes')

/** The service, with promises. */
export class TestUploads {
  readonly #service: UploadService
  readonly #run: InstantClock['run']

  constructor(service: UploadService, run: InstantClock['run']) {
    this.#service = service
    this.#run = run
  }

  get counts(): UploadService['counts'] {
    return this.#service.counts
  }
  declare(...given: Parameters<UploadService['declare']>): Promise<DeclaredUpload> {
    return this.#run(this.#service.declare(...given))
  }
  complete(id: string, claims: Claims): Promise<UploadStatus> {
    return this.#run(this.#service.complete(id, claims))
  }
  status(id: string, claims: Claims): Promise<UploadStatus> {
    return this.#run(this.#service.status(id, claims))
  }
  follow(...given: Parameters<UploadService['follow']>): (() => void) | null {
    return Effect.runSync(this.#service.follow(...given))
  }
  abandon(id: string, claims: Claims): void {
    Effect.runSync(this.#service.abandon(id, claims))
  }
  tidy(): void {
    Effect.runSync(this.#service.tidy)
  }
  stop(): Promise<void> {
    return this.#run(this.#service.stop)
  }
  events(id: string, claims: Claims, response: ServerResponse): Promise<void> {
    return this.#run(sendEvents(this.#service, id, claims, response))
  }
}

export class Shop {
  readonly assets = new FakeAssets()
  readonly archive: ArchiveService
  readonly ended: UploadEnding[] = []
  readonly logged: string[] = []
  nowMs = 1_000_000
  ingests = 0
  readonly uploads: TestUploads

  /** `onSleep`: see instantClock. */
  constructor(changes: Partial<UploadServiceParts> = {}, onSleep?: (ms: number) => boolean) {
    this.archive = changes.archive ?? memoryArchive()
    let ids = 100
    const { run } = instantClock((ms) => {
      this.nowMs += ms
      return onSleep?.(ms)
    })
    const logger = Logger.layer([lineLogger((line) => void this.logged.push(line))])
    const service = new UploadService({
      archive: this.archive,
      assets: this.assets,
      directory,
      dedupe: new DedupeCache(),
      ingestsMax: 1,
      ingest: (file, { name }) => {
        this.ingests++
        return Promise.resolve(outcomeFor(readFileSync(file), name ?? ''))
      },
      newId: () => uid(ids++),
      nowMs: () => this.nowMs,
      ingested: () => undefined,
      ended: (ending) => void this.ended.push(ending),
      ...changes,
    })
    this.uploads = new TestUploads(service, (effect) => run(Effect.provide(effect, logger)))
  }

  declare(
    claims = ADA,
    bytes: Uint8Array = CUP,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<DeclaredUpload> {
    return this.uploads.declare({ name: 'cup', bytes: bytes.length, sha256: sha256Of(bytes), ...more }, claims, null)
  }

  /** Declares, sends and completes an upload. */
  async send(
    claims = ADA,
    bytes: Uint8Array = CUP,
    more: Readonly<Record<string, unknown>> = {},
    sent = bytes,
  ): Promise<UploadStatus> {
    const { id, put } = await this.declare(claims, bytes, more)
    if (put !== null) this.assets.files.set(`incoming/${id}`, sent)
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
      await sleep(2)
    }
  }
}

export async function refusal(promise: Promise<unknown>): Promise<RouteError> {
  const error = await promise.then(
    () => null,
    (failed: unknown) => failed,
  )
  if (error instanceof RouteError) return error
  throw error ?? new Error('it was taken')
}

/** Gives each test of the file a directory of its own. */
export function useDirectory(): void {
  beforeEach(() => {
    directory = temporaryDirectory()
  })
}
