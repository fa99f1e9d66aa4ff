/** Packages and their models as they are loaded: what is wanted, the nearest first, within bounds. */
import { ApiError, type Api } from '../api/api.ts'
import type { Bytes } from '../api/bytes.ts'
import type { ModelFile, PackageInfo } from '../api/package-info.ts'
import { Loads } from './loads.ts'
import { parseModel, type Model } from './model.ts'

/** Models loaded at once: two parse while two are on the line. */
const MODELS_MAX = 4
/** Manifests asked for at once. */
const PACKAGES_MAX = 6
/** Vertices and decoded textures kept for what may come into sight again, bytes. */
const MODEL_BYTES_MAX = 384 * 1024 * 1024
/** Manifests kept; each counts as one. */
const PACKAGES_KEPT_MAX = 512
/** A store that does not answer does not keep a package waiting longer, ms. */
const PACKAGE_MS_MAX = 15_000

interface ModelRequest {
  readonly info: PackageInfo
  readonly file: ModelFile
}

export interface LibraryOptions {
  readonly api: Pick<Api, 'package'>
  readonly bytes: Pick<Bytes, 'fetch'>
  /** Makes a model ready to be drawn, so that its first frame is not late. */
  readonly prepare: (model: Model) => Promise<void>
  /** Of the bytes of a GLB; the real one by default. */
  readonly parse?: (bytes: ArrayBuffer) => Promise<Model>
}

/** What may be right a moment later: nothing answered, or too much is asked at once. A package that is not there may be on its way. */
const isPassing = (error: unknown): boolean =>
  error instanceof ApiError && (error.isRetryable || error.status === 401 || error.status === 404)
/** What a link answers that is too old. */
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

  /** What is wrong with a package, in words; null: nothing. */
  problemOf(hash: string): string | null {
    const problem = this.packages.problemOf(hash)
    if (problem !== null) return problem
    const info = this.packages.peek(hash)
    return info?.models.map(({ sha256 }) => this.models.problemOf(sha256)).find((said) => said !== null) ?? null
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
  const model = await parse(content)
  await prepare(model)
  return model
}
