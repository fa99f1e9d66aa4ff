/** The data directory as a service: locked while the server runs. */
import { Context, Effect, Layer } from 'effect'
import { ServerSettings } from './config.ts'
import { openDataDirectory, type DataDirectory } from './data-directory.ts'
import { ServerError } from './error.ts'

export class DataDirectoryService extends Context.Service<DataDirectoryService, DataDirectory>()('otherworld/DataDirectory') {
  static readonly layer = Layer.effect(
    DataDirectoryService,
    Effect.gen(function* () {
      const { dataDirectory } = yield* ServerSettings
      return yield* Effect.acquireRelease(
        Effect.suspend(() => {
          try {
            return Effect.succeed(openDataDirectory(dataDirectory))
          } catch (error) {
            return error instanceof ServerError ? Effect.fail(error) : Effect.die(error)
          }
        }),
        (directory) => Effect.sync(() => directory.release()),
      )
    }),
  )
}
