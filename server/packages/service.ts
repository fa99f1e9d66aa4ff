/** Packages as a service of the server. */
import { Context, Effect, Layer } from 'effect'
import { Archive } from '../../storage/archive/index.ts'
import { Assets } from '../../storage/assets/index.ts'
import { GrantsService } from '../accounts/grants-service.ts'
import { Packages } from './packages.ts'

export class PackagesService extends Context.Service<PackagesService, Packages>()('otherworld/Packages') {
  static readonly layer = Layer.effect(
    PackagesService,
    Effect.gen(function* () {
      const archive = yield* Archive
      const assets = yield* Assets
      const grants = yield* GrantsService
      return new Packages({ archive, assets, roleOf: (uid) => grants.roleOf(uid) })
    }),
  )
}
