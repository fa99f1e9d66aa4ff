/** Uploads as a service: the uploads over this server's stores, with the ingest in a process of its own. */
import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Context, Effect, Layer } from 'effect'
import { Archive } from '../../storage/archive/index.ts'
import { Assets, type AssetsService } from '../../storage/assets/index.ts'
import { ingestInChild } from '../../ingest/child.ts'
import { ServerSettings } from '../config.ts'
import { DataDirectoryService } from '../accounts/data-directory.ts'
import { ServerError, textOf } from '../error.ts'
import { INGESTS_MAX, QUARANTINE_CHECK_MS, QUARANTINE_MS_MAX } from '../limits.ts'
import { ServerMeters } from '../metrics/server-meters.ts'
import { UploadService } from './upload-service.ts'
import { DedupeCache } from './dedupe-cache.ts'
import { outcomeOf, PATIENCE } from './retry.ts'

export class Uploads extends Context.Service<Uploads, UploadService>()('otherworld/Uploads') {
  static readonly layer = Layer.effect(
    Uploads,
    Effect.gen(function* () {
      const { log } = yield* ServerSettings
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
              log,
              ingest: ingestInChild,
              dedupe: new DedupeCache(),
              patience: PATIENCE,
              // The realm keeps a core for itself.
              ingestsMax: Math.max(1, Math.min(INGESTS_MAX, availableParallelism() - 1)),
              newId: randomUUID,
              nowMs: Date.now,
              ingested: (seconds) => table.observe('ingest', seconds),
              ended: (ending) => table.count('uploadsEnded', ending),
            }),
        ),
        (running) => Effect.promise(() => running.stop()),
      )
      const tidy = (): void => {
        uploads.tidy()
        void sweep(assets, log)
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          tidy()
          return setInterval(tidy, QUARANTINE_CHECK_MS)
        }),
        (timer) => Effect.sync(() => clearInterval(timer)),
      )
      return uploads
    }),
  )
}

/** A store that is away is swept the next time. */
async function sweep(assets: AssetsService, log: (line: string) => void): Promise<void> {
  const count = await outcomeOf(assets.sweepQuarantine(QUARANTINE_MS_MAX)).catch(() => 0)
  if (count > 0) log(`uploads: ${count} files that nobody completed were removed`)
}

/** What an earlier server left behind when it was killed is rubbish. */
function emptyFolder(directory: string): Effect.Effect<string, ServerError> {
  return Effect.tryPromise({
    try: async () => {
      await rm(directory, { recursive: true, force: true })
      await mkdir(directory, { recursive: true, mode: 0o700 })
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
