/** The guest login: exchanges a name for a token. */
import { decode, ENDPOINTS, Login, pathOf, type BodyFor, type LoginRole } from '../../http-contract/index.ts'
import { cleanName } from '../../protocol/index.ts'
import { below, refusal, startingRetryMs, unreachable } from '../connect-error.ts'
import { ConnectError } from '../transport.ts'

export type { Login }

export interface LoginOptions {
  readonly role?: LoginRole
  /**
   * The identity of an earlier login; without it, the login creates a new guest. Rejects with `bad-identity` if it is
   * not one of this server's.
   */
  readonly identity?: string
  /** Called while the server is starting, with its message. The login tries again. */
  readonly waiting?: (reason: string) => void
  /** Aborts the wait; the login then rejects with the last error. */
  readonly signal?: AbortSignal
  /** Default: the global one. */
  readonly fetch?: typeof fetch
}

/**
 * Requests a token from the server at an http(s) URL, and tries again while the server is starting. Rejects with a
 * ConnectError whose message is for people.
 */
export async function login(url: string, name: string, options: LoginOptions = {}): Promise<Login> {
  for (let asked = 1; ; asked += 1) {
    try {
      return await requestLogin(url, name, options)
    } catch (error) {
      if (!(error instanceof ConnectError) || error.reason !== 'starting' || options.signal?.aborted) throw error
      options.waiting?.(error.message)
      await new Promise((resolve) => setTimeout(resolve, startingRetryMs(asked)))
    }
  }
}

async function requestLogin(
  url: string,
  name: string,
  { role = 'player', identity, fetch: request = fetch }: LoginOptions,
): Promise<Login> {
  const clean = cleanName(name)
  if (!clean.ok) throw new ConnectError('refused', `The name "${name.slice(0, 40)}" ${clean.error.message}.`)
  const address = below(url, pathOf(ENDPOINTS.login, {}))
  const body: BodyFor<'login'> = { name: clean.value, role, ...(identity === undefined ? {} : { identity }) }
  const response = await request(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch((error: unknown) => {
    throw unreachable(address, error)
  })
  if (!response.ok) throw await refusal(response)
  return readLogin(await response.json().catch(() => null))
}

function readLogin(json: unknown): Login {
  const answer = decode(Login, json)
  if (answer.ok) return answer.value
  throw new ConnectError(
    'refused',
    'The server answered the login without a token. Is it an Otherworld server of this version?',
  )
}
