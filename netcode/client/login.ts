/** The guest login: a name for a token. */
import { cleanName } from '../../protocol/index.ts'
import { below, refusal, unreachable } from '../connect-error.ts'
import { ConnectError } from '../transport.ts'

/** Observers watch and may run a lockstep peer; players have an avatar. */
export type Role = 'player' | 'observer'

export interface Login {
  /** For the transports; the same token resumes the session. */
  readonly token: string
  readonly session: string
  /** Id of the realm that the player is admitted to. */
  readonly realm: string
}

export interface LoginOptions {
  readonly role?: Role
  /** Default: the global one. */
  readonly fetch?: typeof fetch
}

/** Asks the server at an http(s) URL for a token. Rejects with a ConnectError in words. */
export async function login(url: string, name: string, { role = 'player', fetch: request = fetch }: LoginOptions = {}): Promise<Login> {
  const clean = cleanName(name)
  if (!clean.ok) throw new ConnectError('refused', `The name "${name.slice(0, 40)}" ${clean.error.message}.`)
  const address = below(url, 'v1/login')
  const body = JSON.stringify({ name: clean.value, role })
  const response = await request(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch((error: unknown) => {
    throw unreachable(address, error)
  })
  if (!response.ok) throw await refusal(response)
  return readLogin(await response.json().catch(() => null))
}

function readLogin(json: unknown): Login {
  const { token, session, realm } = (typeof json === 'object' && json !== null ? json : {}) as Record<string, unknown>
  if (typeof token !== 'string' || typeof session !== 'string' || typeof realm !== 'string')
    throw new ConnectError('refused', 'The server answered the login with something else than a token. Is it an Otherworld server of this version?')
  return { token, session, realm }
}
