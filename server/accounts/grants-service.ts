/** Roles in the realm as a service: read at the start and now and then. */
import { Context, Effect, Layer } from 'effect'
import { Archive } from '../../storage/archive/index.ts'
import { ServerSettings } from '../config.ts'
import { Grants } from './grants.ts'
import { GRANTS_REFRESH_MS } from '../limits.ts'

export class GrantsService extends Context.Service<GrantsService, Grants>()('otherworld/Grants') {
  static readonly layer = Layer.effect(
    GrantsService,
    Effect.gen(function* () {
      const { definition, log } = yield* ServerSettings
      const archive = yield* Archive
      const grants = new Grants({ realm: definition.id, archive, nowMs: Date.now, log })
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          void grants.refresh()
          return setInterval(() => void grants.refresh(), GRANTS_REFRESH_MS)
        }),
        (timer) => Effect.sync(() => clearInterval(timer)),
      )
      return grants
    }),
  )
}
