/** Loads packages and their models on demand, the nearest first, within limits. */
import { ApiError, type Api } from '../api/api.ts'
import type { Bytes } from '../api/bytes.ts'
import type { ModelFile, PackageInfo } from '../api/package-info.ts'
import type { PackageKind } from '../../packages/manifest.ts'
import type { VrmCredit } from './figure-motion.ts'
import { Loads } from './loads.ts'
import { parseModel, type Model } from './model.ts'

/** Models loaded at once: two are parsed while two are downloaded. */
const MODELS_MAX = 4
/** Manifests requested at once. */
const PACKAGES_MAX = 6
/** Vertices and decoded textures kept for models that are not in sight, bytes. */
const MODEL_BYTES_MAX = 384 * 1024 * 1024
/** Manifests kept; each counts as one. */
const PACKAGES_KEPT_MAX = 512
/** Timeout of a store, ms. */
const PACKAGE_MS_MAX = 15_000

interface ModelRequest {
  readonly info: PackageInfo
  readonly file: ModelFile
}

export interface LibraryOptions {
  readonly api: Pick<Api, 'package'>
  readonly bytes: Pick<Bytes, 'fetch'>
  /** Prepares a model for drawing, so that its first frame is not late. */
  readonly prepare: (model: Model) => Promise<void>
  /** Parses a GLB; replaceable in tests. */
  readonly parse?: (bytes: ArrayBuffer, kind: PackageKind) => Promise<Model>
}

/** Transient statuses: no answer, or too many requests. A missing package may be about to appear. */
const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.isRetryable || error.status === 401 || error.status === 404)
/** Status of an expired link. */
const isStale = (error: unknown): boolean =>
  error instanceof ApiError && [400, 401, 403, 404, 410].includes(error.status)

export class Library {
  readonly packages: Loads<string, PackageInfo>
  readonly models: Loads<ModelRequest, Model>

  constructor(options: LibraryOptions) {
    this.packages = new Loads({
      keyOf: (hash) => hash,
      load: (hash) => options.api.package(hash, AbortSignal.timeout(PACKAGE_MS_MAX)),
      bytesOf: () => 1,
      dispose: () => undefined,
      isPassing,
      loadsMax: PACKAGES_MAX,
      bytesMax: PACKAGES_KEPT_MAX,
    })
    this.models = new Loads({
      keyOf: ({ file }) => file.sha256,
      load: (request) => loadModel(request, options),
      bytesOf: ({ bytes }) => bytes,
      dispose: (model) => model.dispose(),
      isPassing,
      loadsMax: MODELS_MAX,
      bytesMax: MODEL_BYTES_MAX,
    })
  }

  begin(nowMs: number): void {
    this.packages.begin(nowMs)
    this.models.begin(nowMs)
  }

  end(): void {
    this.packages.end()
    this.models.end()
  }

  /** Authors and licence of a package; null if its file is not loaded, or does not name them. */
  creditOf(hash: string): VrmCredit | null {
    const models = this.packages.peek(hash)?.models ?? []
    return models.map(({ sha256 }) => this.models.peek(sha256)?.vrm?.credit ?? null).find((each) => each) ?? null
  }

  /** Why a package, or a part of it, is not shown; null: all of it is. */
  problemOf(hash: string): string | null {
    const problem = this.packages.problemOf(hash)
    if (problem !== null) return problem
    const info = this.packages.peek(hash)
    const problems = info?.models.map(
      ({ sha256 }) => this.models.problemOf(sha256) ?? this.models.peek(sha256)?.problem ?? null,
    )
    return problems?.find((each) => each !== null) ?? null
  }
}

async function loadModel(
  { info, file }: ModelRequest,
  { api, bytes, prepare, parse = parseModel }: LibraryOptions,
): Promise<Model> {
  const content = await bytes.fetch(file).catch(async (error: unknown) => {
    if (!isStale(error)) throw error
    const fresh = (await api.package(info.hash, AbortSignal.timeout(PACKAGE_MS_MAX))).models.find(
      ({ sha256 }) => sha256 === file.sha256,
    )
    if (!fresh) throw error
    return bytes.fetch(fresh)
  })
  const model = await parse(content, info.kind)
  await prepare(model)
  return model
}
