/** HTTP as a service: the page, the API, signalling and WebSocket on the listener's port. */
import { join } from 'node:path'
import { Context, Effect, Layer } from 'effect'
import { ServerSettings } from '../config.ts'
import { Assets } from '../../storage/assets/index.ts'
import { makeApi } from './api.ts'
import { DataDirectoryService } from '../accounts/data-directory.ts'
import { Gateway } from '../accounts/gateway.ts'
import { makeGrantRoutes } from '../accounts/grant-routes.ts'
import { GrantsService } from '../accounts/grants.ts'
import { httpHandler } from './handler.ts'
import { Listener } from './listener.ts'
import { scrape } from '../metrics/scrape.ts'
import { ServerMeters } from '../metrics/server-meters.ts'
import { packageRoot } from '../package-root.ts'
import { PackagesService } from '../packages/packages.ts'
import { RealmHost } from '../host/realm-host.ts'
import { RecordWriteBehindService } from '../host/record-write-behind.ts'
import { effectRunner } from './effect-runner.ts'
import { loadStaticFiles } from './static-files.ts'
import type { ServicesStatus } from './status.ts'
import { Stores } from '../host/stores.ts'
import { Transports } from '../host/transports.ts'
import { Uploads } from '../uploads/layer.ts'

export interface HttpService {
  /** URL at which a browser on this machine finds the page, with a slash at its end. */
  readonly url: string
}

export class Http extends Context.Service<Http, HttpService>()('otherworld/Http') {
  static readonly layer = Layer.effect(
    Http,
    Effect.gen(function* () {
      const settings = yield* ServerSettings
      const gateway = yield* Gateway
      const host = yield* RealmHost
      const transports = yield* Transports
      const listener = yield* Listener
      const meters = yield* ServerMeters
      const data = yield* DataDirectoryService
      const uploads = yield* Uploads
      const packages = yield* PackagesService
      const grants = yield* GrantsService
      const records = yield* RecordWriteBehindService
      const stores = yield* Stores
      const assets = yield* Assets
      const services = (): ServicesStatus => ({
        ...stores.state(),
        uploads: uploads.counts,
        backlog: { records: records.state.waiting, elements: host.saveBacklog() },
      })
      const handler = httpHandler({
        gateway,
        assets,
        api: makeApi(gateway, uploads, packages, makeGrantRoutes(grants, data.operatorToken, Date.now)),
        run: yield* effectRunner,
        viewer: loadStaticFiles(join(packageRoot(), 'dist/viewer')),
        origins: settings.origins,
        transports: transports.routes,
        status: () => ({ schema: 'otherworld/status/1', realms: [host.status()], ...services() }),
        health: () => ({ ...host.health(), ...stores.state() }),
        metrics: () =>
          scrape({
            realm: settings.definition.id,
            realmMeters: host.meters,
            meters,
            transports: transports.stats(),
            services: services(),
          }),
      })
      listener.answerWith(handler)
      transports.attach(listener.server)
      yield* Effect.addFinalizer(() => Effect.sync(() => listener.answerWith(null)))
      return { url: urlOf(settings.host, listener.port) }
    }),
  )
}

/** The host name for a browser on this machine; for a server on all addresses it is localhost. */
function urlOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}/`
}
