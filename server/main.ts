/**
 * The server's composition: data directory, port, archive and files, gateway, realm host, transports, HTTP. Each layer
 * uses those before it.
 */
import { Cause, ConfigProvider, Effect, Exit, Layer, Logger, ManagedRuntime } from 'effect'
import { ServerSettings, type Settings } from './config.ts'
import { DataDirectoryService } from './accounts/data-directory.ts'
import { Gateway } from './accounts/gateway.ts'
import { Http } from './http/service.ts'
import { GrantsService } from './accounts/grants.ts'
import { PackagesService } from './packages/packages.ts'
import { RecordWriteBehindService } from './host/record-write-behind.ts'
import { Listener } from './http/listener.ts'
import { ServerMeters } from './metrics/server-meters.ts'
import { RealmHost } from './host/realm-host.ts'
import type { Health, RealmStatus } from './http/status.ts'
import { archiveOf, assetsOf, Stores } from './host/stores.ts'
import { optionsProvider, storeSettings, type StoreOption, type StoreSettings } from './host/store-settings.ts'
import { Transports } from './host/transports.ts'
import { Uploads } from './uploads/layer.ts'

export {
  defaultSettings,
  DEFAULT_KEEP_GB,
  DEFAULT_PORT,
  OBSERVERS,
  readRealmFile,
  type ObserverPolicy,
  type Settings,
} from './config.ts'
export { describeDatabase, describeFileStore } from './host/store-settings.ts'
export { lineLogger, LOG_FORMS, serverLogger, type LogForm } from './log.ts'
export { ServerError } from './error.ts'
export type { Health, RealmStatus, ServerStatus } from './http/status.ts'

/**
 * Everything that runs. It ends in the reverse order: no new requests, goodbyes, sealed recording, unlocked directory.
 */
const serverLayer = Http.layer.pipe(
  Layer.provideMerge(Transports.layer),
  Layer.provideMerge(RealmHost.layer),
  Layer.provideMerge(Uploads.layer),
  Layer.provideMerge(Gateway.layer),
  Layer.provideMerge(PackagesService.layer),
  Layer.provideMerge(GrantsService.layer),
  Layer.provideMerge(Layer.mergeAll(RecordWriteBehindService.layer, Stores.layer)),
  Layer.provideMerge(Layer.mergeAll(archiveOf, assetsOf)),
  Layer.provideMerge(Listener.layer),
  Layer.provideMerge(DataDirectoryService.layer),
  Layer.provideMerge(ServerMeters.layer),
)

/** Options of the command line or, where it is silent, the environment. Throws ServerError. */
export const readStoreSettings = (
  given: (option: StoreOption) => string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): StoreSettings =>
  Effect.runSync(
    Effect.provideService(
      storeSettings,
      ConfigProvider.ConfigProvider,
      ConfigProvider.orElse(optionsProvider(given), ConfigProvider.fromEnvRecord(environment)),
    ),
  )

export interface RunningServer {
  /** URL at which a browser on this machine finds the page, with a slash at its end. */
  readonly url: string
  readonly port: number
  /** The data directory's full path. */
  readonly data: string
  /** Full path of the folder of recordings. */
  readonly recordings: string
  status(): RealmStatus
  health(): Health
  /** Sends everyone a goodbye, seals the recording, and releases the data directory. */
  stop(): Promise<void>
}

/**
 * Starts a server and resolves when its realm ticks and accepts connections. Rejects with a ServerError. Resolves with
 * null if `signal` ended the start, after everything that had begun was ended in order.
 */
export async function startServer(settings: Settings): Promise<RunningServer>
export async function startServer(settings: Settings, signal: AbortSignal): Promise<RunningServer | null>
export async function startServer(settings: Settings, signal?: AbortSignal): Promise<RunningServer | null> {
  const runtime = ManagedRuntime.make(
    serverLayer.pipe(
      Layer.provide(Layer.succeed(ServerSettings, settings)),
      Layer.provideMerge(Logger.layer([settings.logger])),
    ),
  )
  const started = await runtime.runPromiseExit(
    Effect.gen(function* () {
      const http = yield* Http
      const host = yield* RealmHost
      const transports = yield* Transports
      const { port } = yield* Listener
      const data = yield* DataDirectoryService
      yield* Effect.all([host.ready, transports.ready], { concurrency: 'unbounded' })
      return { http, host, data, port }
    }),
    ...(signal ? [{ signal }] : []),
  )
  if (Exit.isFailure(started)) {
    await runtime.dispose()
    if (signal?.aborted) return null
    throw Cause.squash(started.cause)
  }
  const { http, host, data, port } = started.value
  return {
    url: http.url,
    port,
    data: data.path,
    recordings: data.recordings,
    status: host.status,
    health: host.health,
    stop: () => runtime.dispose(),
  }
}
