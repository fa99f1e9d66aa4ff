/** Files of packages: a service over this server's disk (Local Cloud) or S3. */
import { Effect, Layer } from 'effect'
import { Assets, type AssetError, type AssetsService } from './assets.ts'
import { diskFault } from './disk.ts'
import { LocalAssets, type LocalOptions } from './local.ts'
import { s3Fault } from './s3-fault.ts'
import type { S3Options } from './s3.ts'

export { AssetError, Assets, type AssetHead, type AssetKey, type AssetLink, type AssetsService } from './assets.ts'
export { parseKey } from './keys.ts'
export { isUpload, LOCAL_PATH } from './local-http.ts'
export type { LocalOptions } from './local.ts'
export type { S3Options } from './s3.ts'

export type AssetsOptions = LocalOptions | { readonly s3: S3Options }

/** Fails where the folder or the bucket cannot be used. */
export function assetsLayer(options: AssetsOptions): Layer.Layer<Assets, AssetError> {
  return Layer.effect(Assets, 's3' in options ? openS3(options.s3) : openLocal(options))
}

function openLocal(options: LocalOptions): Effect.Effect<AssetsService, AssetError> {
  return Effect.tryPromise({
    try: () => LocalAssets.open(options),
    catch: (error) => diskFault(error, 'use the folder of the assets', options.directory),
  })
}

function openS3(options: S3Options) {
  return Effect.acquireRelease(
    // Loaded where it is used: it takes a third of a second
    Effect.tryPromise({
      try: async () => new (await import('./s3.ts')).S3Assets(options),
      catch: (error) => s3Fault(error, 'use S3', options.endpoint),
    }),
    (store) => Effect.sync(() => store.stop()),
  ).pipe(
    Effect.tap((store) => store.start),
    Effect.map((store): AssetsService => store),
  )
}
