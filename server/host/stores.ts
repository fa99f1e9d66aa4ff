/** The archive and the file store from the settings: opened before the realm, and watched while the server runs. */
import { createHmac } from 'node:crypto'
import { join } from 'node:path'
import { Cause, Context, Effect, Exit, Layer, Redacted, Schedule } from 'effect'
import type { ServerStatus, StoreState } from '../../http-contract/index.ts'
import { archiveLayer, Archive, ArchiveError } from '../../storage/archive/index.ts'
import { assetsLayer, Assets, type AssetError } from '../../storage/assets/index.ts'
import { ServerSettings } from '../config.ts'
import { DataDirectoryService } from '../accounts/data-directory.ts'
import { ServerError } from '../error.ts'
import { callbackLog, inArea } from '../log.ts'
import { STORE_WATCH_MS } from '../limits.ts'
import { inTime } from '../store-calls.ts'

const failed =
  (reason: 'archive' | 'assets') =>
  ({ what, where, fix, cause }: ArchiveError | AssetError): ServerError =>
    new ServerError({ reason, what, where, fix, cause })

/**
 * A database that is away at the start, or damaged, is logged, and the realm continues from its recordings. A database
 * that must not be used fails the start.
 */
export const archiveOf = Layer.effect(
  Archive,
  Effect.gen(function* () {
    const { databaseUrl } = yield* ServerSettings
    const { path } = yield* DataDirectoryService
    const url = databaseUrl && Redacted.value(databaseUrl)
    const opened = yield* Layer.build(archiveLayer({ databaseUrl: url, directory: join(path, 'archive') })).pipe(
      Effect.mapError(failed('archive')),
    )
    return Context.get(opened, Archive)
  }),
)

export const assetsOf = Layer.effect(
  Assets,
  Effect.gen(function* () {
    const { s3, origins } = yield* ServerSettings
    const { warn: log } = yield* callbackLog('files')
    const { path, secret } = yield* DataDirectoryService
    const key = new Uint8Array(createHmac('sha256', secret).update('otherworld: links to files').digest())
    const layer =
      s3 === null
        ? assetsLayer({ directory: join(path, 'assets'), secret: key, origins, log })
        : assetsLayer({ s3: { ...s3, secretKey: Redacted.value(s3.secretKey), log } })
    const opened = yield* Layer.build(layer).pipe(Effect.mapError(failed('assets')))
    return Context.get(opened, Assets)
  }),
)

export type StoresState = Pick<ServerStatus, 'archive' | 'assets'>

/** A key without a file: a store that answers `not-found` is up. */
const NOTHING = `sha256/${'0'.repeat(64)}`

export class Stores extends Context.Service<Stores, { state(): StoresState }>()('otherworld/Stores') {
  static readonly layer = Layer.effect(
    Stores,
    Effect.gen(function* () {
      const archive = yield* Archive
      const assets = yield* Assets
      const head = inTime(assets.head(NOTHING)).pipe(
        Effect.catchTag('AssetError', (error) => (error.reason === 'not-found' ? Effect.void : Effect.fail(error))),
      )
      const watched = {
        archive: new Watched(archive.kind, 'archive', inTime(archive.ping())),
        assets: new Watched(assets.kind, 'files', head),
      }
      for (const { look } of [watched.archive, watched.assets])
        yield* look.pipe(Effect.repeat(Schedule.spaced(STORE_WATCH_MS)), Effect.forkScoped({ startImmediately: true }))
      return { state: () => ({ archive: watched.archive.state, assets: watched.assets.state }) }
    }),
  )
}

/** Watches whether a store answers, and logs changes. */
class Watched {
  #state: StoreState
  readonly #area: string
  readonly #ask: Effect.Effect<unknown, unknown>

  constructor(kind: string, area: string, ask: Effect.Effect<unknown, unknown>) {
    this.#state = { kind, state: 'up', sinceMs: Date.now() }
    this.#area = area
    this.#ask = ask
  }

  get state(): StoreState {
    return this.#state
  }

  readonly look: Effect.Effect<void> = Effect.suspend(() => Effect.exit(this.#ask)).pipe(
    Effect.flatMap((exit) => this.#found(Exit.isSuccess(exit) ? null : Cause.squash(exit.cause))),
    (found) => Effect.suspend(() => found.pipe(inArea(this.#area))),
  )

  #found(fault: unknown): Effect.Effect<void> {
    const state = fault === null ? 'up' : isBroken(fault) ? 'broken' : 'away'
    if (state === this.#state.state) return Effect.void
    this.#state = { ...this.#state, state, sinceMs: Date.now() }
    if (fault === null) return Effect.logInfo('back')
    const why = fault instanceof Error ? (fault.cause ?? fault) : fault
    return Effect.logWarning(
      `${state}; the realm continues; uploads ${state === 'away' ? 'wait' : 'are refused'}:`,
      why,
    )
  }
}

/** Damage, unlike an absence, does not end without the operator. */
const isBroken = (fault: unknown): boolean =>
  fault instanceof Error && fault.cause instanceof ArchiveError && fault.cause.reason === 'broken'
