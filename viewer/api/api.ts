/** The server's HTTP API for uploads and packages. Errors are whole sentences that the page can show. */
import {
  ApiClient,
  ApiError,
  type BodyFor,
  type DeclaredUpload,
  type PackageRecord,
  type Sharing,
  type UploadStatus,
} from '../../http-contract/index.ts'
import { below, unexplained } from '../../netcode/connect-error.ts'
import { sentence } from '../ui/messages.ts'
import { infoOf, type PackageInfo } from './package-info.ts'

export { ApiError }

/** Cancelling an upload is not worth a longer wait, ms. */
const ABANDON_MS_MAX = 5_000

export type UploadDeclaration = Pick<BodyFor<'declareUpload'>, 'bytes' | 'sha256'> & {
  readonly name: string
  readonly fileName: string
  /** Null: by what is in the file. */
  readonly kind: NonNullable<BodyFor<'declareUpload'>['kind']> | null
  /** Node name by humanoid bone; null: what the file itself says. */
  readonly humanoid: NonNullable<BodyFor<'declareUpload'>['humanoid']> | null
  readonly sharing: Sharing
  /** True: the server reduces a model above its limits. */
  readonly fit: boolean
}

export interface ApiOptions {
  /** http(s) URL of the server. */
  readonly url: string
  /** From the player's login; null while there is none. */
  readonly token: () => string | null
  readonly fetch?: typeof fetch
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

export class Api {
  readonly #client: ApiClient

  constructor({ url, ...options }: ApiOptions) {
    this.#client = new ApiClient({
      ...options,
      address: (path) => below(url, path),
      unreachable: (_, cause) => problemOf(cause),
      unexplained: (status) => new ApiError(status, 'http', `There is no answer: ${unexplained(status)}`),
    })
  }

  declare({ kind, humanoid, ...declaration }: UploadDeclaration, signal: AbortSignal): Promise<DeclaredUpload> {
    const body = { ...declaration, ...(kind === null ? {} : { kind }), ...(humanoid === null ? {} : { humanoid }) }
    return inSentences(this.#client.call('declareUpload', {}, { signal, body }))
  }

  /** The bytes have been sent: the server may begin. */
  complete(id: string, signal: AbortSignal): Promise<UploadStatus> {
    return inSentences(this.#client.call('completeUpload', { id }, { signal }))
  }

  /** Cancels an upload that is not done; the server forgets it. Never rejects. */
  async abandon(id: string): Promise<void> {
    const signal = AbortSignal.timeout(ABANDON_MS_MAX)
    await this.#client.call('abandonUpload', { id }, { signal }).catch(() => undefined)
  }

  /** Follows an upload until it is settled; `changed` receives each step. Events that break off are resumed. */
  follow(id: string, signal: AbortSignal, changed: (status: UploadStatus) => void): Promise<UploadStatus> {
    return inSentences(this.#client.follow(id, signal, changed))
  }

  async package(hash: string, signal: AbortSignal): Promise<PackageInfo> {
    return infoOf(await inSentences(this.#client.call('readPackage', { hash }, { signal })))
  }

  async packages(signal: AbortSignal): Promise<readonly PackageRecord[]> {
    return (await inSentences(this.#client.call('listPackages', {}, { signal }))).packages
  }

  async share(hash: string, sharing: Sharing, signal: AbortSignal): Promise<void> {
    await inSentences(this.#client.call('sharePackage', { hash }, { signal, body: { sharing } }))
  }

  remove(hash: string, signal: AbortSignal): Promise<void> {
    return inSentences(this.#client.call('removePackage', { hash }, { signal }))
  }
}

/** The server's messages, and what to do, as sentences. */
const inSentences = <T>(answer: Promise<T>): Promise<T> =>
  answer.catch((error: unknown) => {
    throw problemOf(error)
  })

/** Any failure as an error that can be shown. */
export function problemOf(error: unknown): ApiError {
  if (error instanceof ApiError) {
    const { status, reason, message, fix = '' } = error
    return new ApiError(status, reason, [message, fix].map(sentence).filter(Boolean).join(' '))
  }
  if (error instanceof DOMException && error.name === 'AbortError') return new ApiError(0, 'cancelled', 'Cancelled.')
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new ApiError(0, 'timed-out', 'The server takes too long to answer. Try again in a moment.')
  if (error instanceof TypeError)
    return new ApiError(
      0,
      'unreachable',
      'The server does not answer. Check that it is running and that you are online.',
    )
  return new ApiError(400, 'internal', error instanceof Error ? sentence(error.message) : String(error))
}
