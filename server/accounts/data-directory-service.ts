/** The data directory as a service: locked while the server runs, and what the server makes meanwhile is its user's alone. */
import { isMainThread } from 'node:worker_threads'
import { Context, Effect, Layer } from 'effect'
import { PRIVATE_UMASK } from '../../storage/folder.ts'
import { ServerSettings } from '../config.ts'
import { openDataDirectory, type DataDirectory } from './data-directory.ts'
import { ServerError } from '../error.ts'

/** Milliseconds between looks at the lock's file: whoever removes it should not find the directory free for long. */
const LOCK_LOOK_MS = 1_000

export class DataDirectoryService extends Context.Service<DataDirectoryService, DataDirectory>()(
  'otherworld/DataDirectory',
) {
  static readonly layer = Layer.effect(
    DataDirectoryService,
    Effect.gen(function* () {
      const { dataDirectory, log } = yield* ServerSettings
      // All threads have the process's mask, and child processes inherit it.
      if (isMainThread)
        yield* Effect.acquireRelease(
          Effect.sync(() => process.umask(PRIVATE_UMASK)),
          (before) => Effect.sync(() => process.umask(before)),
        )
      return yield* Effect.acquireRelease(
        Effect.suspend(() => {
          try {
            const directory = openDataDirectory(dataDirectory)
            for (const note of directory.notes) log(note)
            return Effect.succeed({ directory, timer: setInterval(() => directory.keepLock(), LOCK_LOOK_MS) })
          } catch (error) {
            return error instanceof ServerError ? Effect.fail(error) : Effect.die(error)
          }
        }),
        ({ directory, timer }) =>
          Effect.sync(() => {
            clearInterval(timer)
            directory.release()
          }),
      ).pipe(Effect.map(({ directory }) => directory))
    }),
  )
}
