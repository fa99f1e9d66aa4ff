/** Users and sessions on their way to the archive, as a service. */
import { setTimeout } from 'node:timers/promises'
import { Context, Effect, Layer } from 'effect'
import { Archive } from '../../storage/archive/index.ts'
import { ServerSettings } from '../config.ts'
import { RecordsBehind } from './record-write-behind.ts'

export class RecordsService extends Context.Service<RecordsService, RecordsBehind>()('otherworld/Records') {
  static readonly layer = Layer.effect(
    RecordsService,
    Effect.gen(function* () {
      const { log } = yield* ServerSettings
      const archive = yield* Archive
      return yield* Effect.acquireRelease(
        Effect.sync(
          () =>
            new RecordsBehind({
              archive,
              sleep: (ms, signal) => setTimeout(ms, undefined, { signal, ref: false }),
              log,
            }),
        ),
        (records) => Effect.promise(() => records.stop()),
      )
    }),
  )
}
