/** The API's client for the page and the command line. Paths, bodies and answers follow the contract. */
import { ApiError, decodeAnswer, errorOf } from './api-error.ts'
import { pathOf, type Endpoint } from './endpoint.ts'
import { ENDPOINTS, type AnswerFor, type BodyFor, type EndpointId, type ParametersFor } from './endpoints.ts'
import { eventsOf } from './server-events.ts'
import { isSettled, UploadStatus } from './uploads.ts'

/** Pauses before an upload's status is requested again, after its events broke off, ms. The last pause repeats. */
const AGAIN_MS: readonly number[] = [500, 1_000, 2_000, 4_000]
/** After this many failures in a row, about half a minute, `follow` gives up. */
const TRIES_MAX = 10

export interface ApiClientOptions {
  /** The address of a path below the server's URL. */
  readonly address: (path: string) => URL
  /** The token of the login; null if there is none. */
  readonly token: () => string | null
  /** The error for a request that nobody answered. */
  readonly unreachable: (address: URL, cause: unknown) => Error
  /** The error for an answer without the server's own error body. Usually a proxy sent it. */
  readonly unexplained: (status: number) => ApiError
  readonly fetch?: typeof fetch
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>
}

export interface CallOptions<Id extends EndpointId> {
  readonly signal?: AbortSignal
  readonly body?: BodyFor<Id>
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
  })

export class ApiClient {
  readonly #options: ApiClientOptions

  constructor(options: ApiClientOptions) {
    this.#options = options
  }

  /** Rejects with ApiError, AnswerError, the signal's reason, or what `unreachable` returns. */
  async call<Id extends EndpointId>(
    id: Id,
    parameters: ParametersFor<Id>,
    { signal, body }: CallOptions<Id> = {},
  ): Promise<AnswerFor<Id>> {
    const endpoint: Endpoint = ENDPOINTS[id] as Endpoint
    const response = await this.request(endpoint.method, pathOf(endpoint, parameters), {
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (endpoint.answer === null) return undefined as AnswerFor<Id>
    const json: unknown = await response.json().catch(() => undefined)
    return decodeAnswer(endpoint.answer, json, response.status) as AnswerFor<Id>
  }

  /** Resolves with a successful response. Rejects as `call` does. */
  async request(method: string, path: string, init: Omit<RequestInit, 'method'> = {}): Promise<Response> {
    const { address, token, fetch: send = fetch, unreachable, unexplained } = this.#options
    const url = address(path)
    const headers = new Headers(init.headers)
    const bearer = token()
    if (bearer !== null) headers.set('authorization', `Bearer ${bearer}`)
    if (init.body !== undefined) headers.set('content-type', 'application/json')
    const response = await send(url, { ...init, method, headers }).catch((error: unknown) => {
      init.signal?.throwIfAborted()
      throw unreachable(url, error)
    })
    if (response.ok) return response
    throw errorOf(response.status, await response.json().catch(() => null)) ?? unexplained(response.status)
  }

  /**
   * Reports each change of an upload until it is settled, and returns the last status. Reconnects if the events break
   * off.
   */
  async follow(id: string, signal: AbortSignal, changed: (status: UploadStatus) => void): Promise<UploadStatus> {
    for (let tries = 0; ; tries++) {
      try {
        const path = pathOf(ENDPOINTS.followUpload, { id })
        const response = await this.request('GET', path, { signal, headers: { accept: 'text/event-stream' } })
        for await (const data of eventsOf(response)) {
          const status = decodeAnswer(UploadStatus, JSON.parse(data))
          tries = 0
          changed(status)
          if (isSettled(status.stage)) return status
        }
        const status = await this.call('readUpload', { id }, { signal })
        changed(status)
        if (isSettled(status.stage)) return status
      } catch (error) {
        signal.throwIfAborted()
        if (tries >= TRIES_MAX || !isPassing(error)) throw error
      }
      await (this.#options.sleep ?? wait)(AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)] ?? 1_000, signal)
      signal.throwIfAborted()
    }
  }
}

/** Only an ApiError may be final. A broken connection rejects with a TypeError, or with what `unreachable` returns. */
const isPassing = (error: unknown): boolean => !(error instanceof ApiError) || error.isRetryable
