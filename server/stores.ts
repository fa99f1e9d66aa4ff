/** The archive as the settings name it, opened before the realm. */
import { join } from 'node:path'
import { Context, Effect, Layer } from 'effect'
import { archiveLayer, Archive, type ArchiveError } from '../storage/archive/index.ts'
import { ServerSettings } from './config.ts'
import { DataDirectoryService } from './data-directory-service.ts'
import { ServerError } from './error.ts'

const failed = (reason: 'archive') => ({ what, where, fix, cause }: ArchiveError): ServerError => new ServerError({ reason, what, where, fix, cause })

/**
 * A database elsewhere that is away at the start is waited for while the server runs; the embedded one, and one that can
 * never be used, ends the start.
 */
export const archiveOf = Layer.effect(Archive, Effect.gen(function* () {
  const { databaseUrl, log } = yield* ServerSettings
  const { path } = yield* DataDirectoryService
  const opened = yield* Layer.build(archiveLayer({ databaseUrl, directory: join(path, 'archive'), log })).pipe(Effect.mapError(failed('archive')))
  return Context.get(opened, Archive)
}))
