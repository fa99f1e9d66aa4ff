/** A client of the server's HTTP API for the command line. Its errors quote the server's own messages. */
import { ApiClient, ApiError } from '../../http-contract/index.ts'
import { below, unexplained, unreachable } from '../../netcode/connect-error.ts'
import { UsageError, type Arguments, type Option } from '../command.ts'

/** A request without an answer is abandoned after this time, ms. */
const ANSWER_MS_MAX = 30_000

export { ApiError }
export type Fields = Readonly<Record<string, unknown>>

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {})
export const textIn = (fields: Fields, name: string): string | undefined =>
  typeof fields[name] === 'string' ? fields[name] : undefined

export class ServerApi extends ApiClient {
  constructor(url: string, token: string) {
    super({
      address: (path) => below(url, path),
      token: () => token,
      unreachable,
      unexplained: (status) => new ApiError(status, 'error', unexplained(status)),
      fetch: (input, init) => fetch(input, { signal: AbortSignal.timeout(ANSWER_MS_MAX), ...init }),
    })
  }

  /** Sends any request that the contract does not know. Returns no fields if the answer has no JSON. */
  async ask(method: string, path: string, body?: Fields): Promise<Fields> {
    const response = await this.request(method, path, body === undefined ? {} : { body: JSON.stringify(body) })
    return fieldsOf(await response.json().catch(() => null))
  }
}

/** The option that `serverIn` reads. */
export const URL_OPTION = {
  type: 'string',
  value: 'URL',
  help: 'address of the server',
  default: 'http://127.0.0.1:7350',
} as const satisfies Option

/** The address of the server. Throws UsageError. */
export function serverIn(args: Arguments): string {
  const url = args.text('url') ?? ''
  if (/^https?:\/\/./.test(url) && URL.canParse(url)) return url
  throw new UsageError(`--url is "${url}"; it takes an address like http://127.0.0.1:7350`)
}
