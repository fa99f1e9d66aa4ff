/** Uploads as a service over this server's stores. The ingest runs in its own process. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Context, Effect, Layer, Schedule } from 'effect'
import { Archive } from '../../storage/archive/index.ts'
import { Assets, type AssetsService } from '../../storage/assets/index.ts'
import { makeFolder } from '../../storage/folder.ts'
import { ingestInChild } from '../../ingest/process/run-child.ts'
import { DataDirectoryService } from '../accounts/data-directory.ts'
import { ServerError, textOf } from '../error.ts'
import { INGESTS_MAX, INCOMING_CHECK_MS, INCOMING_MS_MAX } from '../limits.ts'
import { inArea } from '../log.ts'
import { ServerMeters } from '../metrics/server-meters.ts'
import { UploadService } from './upload-service.ts'
import { DedupeCache } from './dedupe-cache.ts'
import { plural } from '../../http-contract/plural.ts'

export class Uploads extends Context.Service<Uploads, UploadService>()('otherworld/Uploads') {
  static readonly layer = Layer.effect(
    Uploads,
    Effect.gen(function* () {
      const { path } = yield* DataDirectoryService
      const { table } = yield* ServerMeters
      const archive = yield* Archive
      const assets = yield* Assets
      const directory = yield* emptyFolder(join(path, 'uploads'))
      const uploads = yield* Effect.acquireRelease(
        Effect.sync(
          () =>
            new UploadService({
              archive,
              assets,
              directory,
              ingest: ingestInChild,
              dedupe: new DedupeCache(),
              // One core is left to the realm.
              ingestsMax: Math.max(1, Math.min(INGESTS_MAX, availableParallelism() - 1)),
              newId: randomUUID,
              nowMs: Date.now,
              ingested: (seconds) => table.observe('ingest', seconds),
              ended: (ending) => table.count('uploadsEnded', ending),
            }),
        ),
        (running) => running.stop,
      )
      yield* Effect.andThen(uploads.tidy, sweep(assets)).pipe(
        Effect.repeat(Schedule.spaced(INCOMING_CHECK_MS)),
        inArea('uploads'),
        Effect.forkScoped,
      )
      return uploads
    }),
  )
}

/** A store that is away is swept the next time. */
const sweep = (assets: AssetsService): Effect.Effect<void> =>
  assets.sweepIncoming(INCOMING_MS_MAX).pipe(
    Effect.flatMap((count) =>
      count > 0
        ? Effect.logInfo(
            `${plural(count, 'file that nobody completed was', 'files that nobody completed were')} removed`,
          )
        : Effect.void,
    ),
    Effect.ignore,
  )

/** Removes files of an earlier server that was killed. */
function emptyFolder(directory: string): Effect.Effect<string, ServerError> {
  return Effect.tryPromise({
    try: async () => {
      await rm(directory, { recursive: true, force: true })
      makeFolder(directory)
      return directory
    },
    catch: (cause) =>
      new ServerError({
        reason: 'data-directory',
        what: `the folder of uploads cannot be used: ${textOf(cause)}`,
        where: directory,
        fix: 'see to its rights',
        cause,
      }),
  })
}
