/** The server's HTTP API as the command line uses it: JSON both ways, errors in the server's own words. */
import { below, unexplained, unreachable } from '../netcode/connect-error.ts'

/** One request without an answer is given up after this long, ms. */
const ANSWER_MS_MAX = 30_000

/** The server answered with an error. */
export class ApiError extends Error {
  readonly status: number
  readonly reason: string
  readonly where: string | undefined
  readonly fix: string | undefined
  constructor(status: number, reason: string, message: string, where?: string, fix?: string) {
    super(message)
    this.status = status
    this.reason = reason
    this.where = where
    this.fix = fix
  }
}

export type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {})
export const textIn = (fields: Fields, name: string): string | undefined =>
  typeof fields[name] === 'string' ? fields[name] : undefined

export class ServerApi {
  private readonly url: string
  private readonly token: string

  constructor(url: string, token: string) {
    this.url = url
    this.token = token
  }

  /** The answer's JSON; no fields where it has none. Rejects with ApiError, or ConnectError where nobody answers. */
  async ask(method: string, path: string, body?: Fields): Promise<Fields> {
    const response = await this.fetch(
      path,
      {
        method,
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      body === undefined ? {} : { 'content-type': 'application/json' },
    )
    return fieldsOf(await response.json().catch(() => null))
  }

  /** The answer as it comes, its status a good one. */
  async fetch(path: string, init: RequestInit = {}, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    const address = below(this.url, path)
    const response = await fetch(address, {
      ...init,
      headers: { ...headers, authorization: `Bearer ${this.token}` },
    }).catch((error: unknown) => {
      throw unreachable(address, error)
    })
    if (response.ok) return response
    const said = fieldsOf(await response.json().catch(() => null))
    throw new ApiError(
      response.status,
      textIn(said, 'reason') ?? 'error',
      textIn(said, 'message') ?? unexplained(response.status),
      textIn(said, 'where'),
      textIn(said, 'fix'),
    )
  }
}

/** The address of a server; null where it is none. */
export const isServerUrl = (url: string): boolean => /^https?:\/\/./.test(url) && URL.canParse(url)
