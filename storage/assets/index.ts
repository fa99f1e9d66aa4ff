/** Files of packages: a service over this server's disk (Local Cloud) or S3. */
import { Effect, Layer } from 'effect'
import { Assets, type AssetError, type AssetsService } from './assets.ts'
import { diskFault } from './disk.ts'
import { LocalAssets, type LocalOptions } from './local.ts'
import { localCloudHandler, type LocalHttpOptions } from './local-http.ts'
import { s3Fault } from './s3-fault.ts'
import type { S3Options } from './s3.ts'

export { AssetError, Assets, type AssetsService } from './assets.ts'

export { isUpload } from './local-http.ts'

export type LocalCloudOptions = LocalOptions & Partial<LocalHttpOptions>

type AssetsOptions = LocalCloudOptions | { readonly s3: S3Options }

/** Fails if the folder or the bucket cannot be used. */
export function assetsLayer(options: AssetsOptions): Layer.Layer<Assets, AssetError> {
  return Layer.effect(Assets, 's3' in options ? openS3(options.s3) : openLocal(options))
}

/** The Local Cloud: a store on this server's disk with its HTTP handler. Rejects with AssetError. */
export async function openLocalCloud({
  origins = [],
  log = () => undefined,
  ...options
}: LocalCloudOptions): Promise<LocalAssets & AssetsService> {
  const store = await LocalAssets.open(options)
  return Object.assign(store, { answers: localCloudHandler(store, { origins, log }) })
}

function openLocal(options: LocalCloudOptions): Effect.Effect<AssetsService, AssetError> {
  return Effect.tryPromise({
    try: () => openLocalCloud(options),
    catch: (error) => diskFault(error, 'use the folder of the assets', options.directory),
  })
}

function openS3(options: S3Options) {
  return Effect.acquireRelease(
    // Loaded on first use, because it takes a third of a second
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
