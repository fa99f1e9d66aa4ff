/** Client of the server's HTTP API for uploads and packages. */
import { sentence } from '../ui/messages.ts'
import {
  isSettled,
  readDeclared,
  readRecords,
  readStatus,
  type DeclaredUpload,
  type PackageRecord,
  type Sharing,
  type UploadStatus,
} from './answers.ts'
import { readPackage, type PackageInfo } from './package-info.ts'
import { isObject } from './read.ts'
import { eventsOf } from './server-events.ts'

/** Pauses before an upload's state is requested again after its events broke off, ms. The last one repeats. */
const AGAIN_MS: readonly number[] = [500, 1_000, 2_000, 4_000]
/** Failed tries in a row after which the page gives up: about 30 s. */
const TRIES_MAX = 10

/** Why a request failed, in whole sentences. */
export class ApiError extends Error {
  readonly reason: string
  /** HTTP status; 0 without an answer. */
  readonly status: number

  constructor(reason: string, status: number, message: string) {
    super(message)
    this.name = 'ApiError'
    this.reason = reason
    this.status = status
  }

  /** True for transient failures: the network, a store or the archive is away. */
  get isRetryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

export interface Declaration {
  readonly name: string
  readonly bytes: number
  readonly sha256: string
  readonly fileName: string
  readonly kind: 'avatar' | 'object' | null
  /** Node name by humanoid bone; null uses the mapping in the file. */
  readonly humanoid: Readonly<Record<string, string>> | null
  readonly sharing: Sharing
}

export interface ApiOptions {
  /** http(s) URL of the server. */
  readonly url: string
  /** Token of the player's login; null before the login. */
  readonly token: () => string | null
  readonly fetch?: typeof fetch
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })

export class Api {
  readonly #options: ApiOptions

  constructor(options: ApiOptions) {
    this.#options = options
  }

  async declare({ kind, humanoid, ...declaration }: Declaration, signal: AbortSignal): Promise<DeclaredUpload> {
    return readDeclared(
      await this.#json('POST', 'v1/uploads', signal, {
        ...declaration,
        ...(kind === null ? {} : { kind }),
        ...(humanoid === null ? {} : { humanoid }),
      }),
    )
  }

  /** Reports that all bytes are uploaded, so that the server can begin. */
  async complete(id: string, signal: AbortSignal): Promise<UploadStatus> {
    return readStatus(await this.#json('POST', `v1/uploads/${encodeURIComponent(id)}/complete`, signal))
  }

  /** Cancels an unfinished upload. */
  async abandon(id: string): Promise<void> {
    await this.#request('DELETE', `v1/uploads/${encodeURIComponent(id)}`, AbortSignal.timeout(5_000)).catch(
      () => undefined,
    )
  }

  /** Follows an upload until it is settled and calls `changed` for each step. Resumes interrupted events. */
  async follow(id: string, signal: AbortSignal, changed: (status: UploadStatus) => void): Promise<UploadStatus> {
    const path = `v1/uploads/${encodeURIComponent(id)}`
    for (let tries = 0; ; tries++) {
      try {
        const response = await this.#request('GET', `${path}/events`, signal, undefined, 'text/event-stream')
        for await (const data of eventsOf(response)) {
          const status = readStatus(JSON.parse(data))
          tries = 0
          changed(status)
          if (isSettled(status.stage)) return status
        }
        const status = readStatus(await this.#json('GET', path, signal))
        changed(status)
        if (isSettled(status.stage)) return status
      } catch (error) {
        const problem = problemOf(error)
        if (signal.aborted || !problem.isRetryable || tries >= TRIES_MAX) throw problem
      }
      await (this.#options.sleep ?? wait)(AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)] ?? 1_000, signal)
    }
  }

  async package(hash: string, signal: AbortSignal): Promise<PackageInfo> {
    return readPackage(await this.#json('GET', `v1/packages/${hash}`, signal))
  }

  async packages(signal: AbortSignal): Promise<readonly PackageRecord[]> {
    return readRecords(await this.#json('GET', 'v1/packages', signal))
  }

  async share(hash: string, sharing: Sharing, signal: AbortSignal): Promise<void> {
    await this.#json('PATCH', `v1/packages/${hash}`, signal, { sharing })
  }

  async remove(hash: string, signal: AbortSignal): Promise<void> {
    await this.#request('DELETE', `v1/packages/${hash}`, signal)
  }

  async #json(method: string, path: string, signal: AbortSignal, body?: unknown): Promise<unknown> {
    const response = await this.#request(method, path, signal, body)
    return response.json().catch(() => {
      throw new ApiError(
        'no-json',
        response.status,
        'The server sent an unexpected answer. Is it an Otherworld server of this version?',
      )
    })
  }

  async #request(
    method: string,
    path: string,
    signal: AbortSignal,
    body?: unknown,
    accept = 'application/json',
  ): Promise<Response> {
    const token = this.#options.token()
    const headers = {
      accept,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const send = this.#options.fetch ?? fetch
    const response = await send(new URL(path, this.#options.url), {
      method,
      signal,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }).catch((error: unknown) => {
      throw problemOf(error)
    })
    if (!response.ok) throw await refusalOf(response)
    return response
  }
}

async function refusalOf(response: Response): Promise<ApiError> {
  const json: unknown = await response.json().catch(() => null)
  const said = isObject(json) ? json : {}
  const text = (value: unknown): string => (typeof value === 'string' ? sentence(value) : '')
  const words = [text(said.message), text(said.fix)].filter(Boolean).join(' ')
  return new ApiError(
    typeof said.reason === 'string' ? said.reason : 'http',
    response.status,
    words === '' ? `The server answered ${response.status}.` : words,
  )
}

/** Converts any error into one that can be shown. */
export function problemOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof DOMException && error.name === 'AbortError') return new ApiError('cancelled', 0, 'Cancelled.')
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return new ApiError('timed-out', 0, 'The server takes too long to answer. Try again in a moment.')
  if (error instanceof TypeError)
    return new ApiError(
      'unreachable',
      0,
      'The server does not answer. Check that it is running and that you are online.',
    )
  return new ApiError('internal', 400, error instanceof Error ? sentence(error.message) : String(error))
}
