/** The archive and the store of files as the settings name them, opened before the realm, and watched while the server runs. */
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { Context, Effect, Layer } from 'effect'
import type { ServerStatus, StoreState } from '../../http-api/index.ts'
import { archiveLayer, Archive, ArchiveError } from '../../storage/archive/index.ts'
import { assetsLayer, Assets, type AssetError } from '../../storage/assets/index.ts'
import { ServerSettings } from '../config.ts'
import { DataDirectoryService } from '../accounts/data-directory.ts'
import { ServerError, textOf } from '../error.ts'
import { STORE_ANSWER_MS_MAX, STORE_WATCH_MS } from '../limits.ts'
import { inTime, isStoreError } from '../uploads/retry.ts'

const failed =
  (reason: 'archive' | 'assets') =>
  ({ what, where, fix, cause }: ArchiveError | AssetError): ServerError =>
    new ServerError({ reason, what, where, fix, cause })

/** A database that is away at the start, or whose files are damaged, is told of, and the realm goes on from its recordings; one that must not be used ends the start. */
export const archiveOf = Layer.effect(
  Archive,
  Effect.gen(function* () {
    const { databaseUrl, log } = yield* ServerSettings
    const { path } = yield* DataDirectoryService
    const opened = yield* Layer.build(archiveLayer({ databaseUrl, directory: join(path, 'archive'), log })).pipe(
      Effect.mapError(failed('archive')),
    )
    return Context.get(opened, Archive)
  }),
)

export const assetsOf = Layer.effect(
  Assets,
  Effect.gen(function* () {
    const { s3, origins, log } = yield* ServerSettings
    const { path, secret } = yield* DataDirectoryService
    const key = new Uint8Array(createHmac('sha256', secret).update('otherworld: links to files').digest())
    const layer =
      s3 === null
        ? assetsLayer({ directory: join(path, 'assets'), secret: key, origins, log })
        : assetsLayer({ s3: { ...s3, log } })
    const opened = yield* Layer.build(layer).pipe(Effect.mapError(failed('assets')))
    return Context.get(opened, Assets)
  }),
)

export type StoresState = Pick<ServerStatus, 'archive' | 'assets'>

/** A key under which there is nothing: a store that says so is up. */
const NOTHING = `sha256/${'0'.repeat(64)}`

export class Stores extends Context.Service<Stores, { state(): StoresState }>()('otherworld/Stores') {
  static readonly layer = Layer.effect(
    Stores,
    Effect.gen(function* () {
      const { log } = yield* ServerSettings
      const archive = yield* Archive
      const assets = yield* Assets
      const watched = {
        archive: new Watched(archive.kind, 'archive', () => inTime(archive.ping(), STORE_ANSWER_MS_MAX), log),
        assets: new Watched(
          assets.kind,
          'files',
          async () => {
            await inTime(assets.head(NOTHING), STORE_ANSWER_MS_MAX).catch((error: unknown) => {
              if (!isStoreError(error) || error.reason !== 'not-found') throw error
            })
          },
          log,
        ),
      }
      const look = (): void => {
        void watched.archive.look()
        void watched.assets.look()
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          look()
          return setInterval(look, STORE_WATCH_MS)
        }),
        (timer) => Effect.sync(() => clearInterval(timer)),
      )
      return { state: () => ({ archive: watched.archive.state, assets: watched.assets.state }) }
    }),
  )
}

/** Looks whether a store answers; tells the operator when that changes. */
export class Watched {
  private now: StoreState
  private readonly name: string
  private readonly ask: () => Promise<void>
  private readonly log: (line: string) => void
  private looking = false

  constructor(kind: string, name: string, ask: () => Promise<void>, log: (line: string) => void) {
    this.now = { kind, state: 'up', sinceMs: Date.now() }
    this.name = name
    this.ask = ask
    this.log = log
  }

  get state(): StoreState {
    return this.now
  }

  async look(): Promise<void> {
    if (this.looking) return
    this.looking = true
    const fault = await this.ask().then(
      () => null,
      (error: unknown) => error,
    )
    this.looking = false
    const state = fault === null ? 'up' : isBroken(fault) ? 'broken' : 'away'
    if (state === this.now.state) return
    this.now = { ...this.now, state, sinceMs: Date.now() }
    this.log(
      fault === null
        ? `${this.name}: back`
        : `${this.name}: ${state}: ${textOf(fault instanceof Error ? (fault.cause ?? fault) : fault)}; the realm goes on, uploads ${state === 'away' ? 'wait' : 'are refused'}`,
    )
  }
}

/** Damage does not mend itself, unlike an absence. */
const isBroken = (fault: unknown): boolean =>
  fault instanceof Error && fault.cause instanceof ArchiveError && fault.cause.reason === 'broken'
