/** What the clients of all transports share: addresses below a server's URL, and failures in words for a person. */
import { ConnectError } from './transport.ts'

/** Connecting is given up after this long, ms. */
export const CONNECT_MS_MAX = 10_000
/** Wait before a server that starts is asked the second, third … time, ms; the last goes on. Most have started within a second or two. */
const STARTING_RETRY_MS: readonly number[] = [500, 1_000, 2_000]
/** A message of a refusal is cut here, characters: it is shown to a person. */
const REFUSAL_MESSAGE_CHARACTERS_MAX = 300

/** How long to wait after a server was asked `times` times and was starting each time, ms. */
export function startingRetryMs(times: number): number {
  return STARTING_RETRY_MS[Math.min(times, STARTING_RETRY_MS.length) - 1] ?? 0
}

/** The address of `path` (no leading slash) below a server's http(s) URL. Throws a ConnectError where that is no URL. */
export function below(url: string, path: string): URL {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ConnectError('unreachable', `"${url}" is not the address of a server. It must look like http://host:port or https://host.`)
  }
  return new URL(path, url.endsWith('/') ? url : `${url}/`)
}

/**
 * The error for a response that is no success, with the server's own words where it has any. A 5xx is `unreachable`:
 * the server stops or is full, or a proxy stands before it, and trying again later helps. A 429, or a 503 with the reason
 * "busy", is `busy`; a 503 with the reason "starting" is `starting`. A 404 with the reason "closed" is `timed-out`: an attempt that the server no longer waits for.
 */
export async function refusal(response: Response): Promise<ConnectError> {
  const { message, reason } = await wordsOf(response)
  const words = message ?? `status ${response.status}, without a reason`
  if (response.status === 429 || (response.status === 503 && reason === 'busy')) return new ConnectError('busy', `The server asks to wait: ${words}`)
  if (response.status === 503 && reason === 'starting') return new ConnectError('starting', `The server asks to wait: ${words}`)
  if (response.status === 404 && reason === 'closed') return new ConnectError('timed-out', `The server has given this attempt up: ${words}`)
  if (response.status === 400 && reason === 'bad-identity') return new ConnectError('bad-identity', `The server does not know who this is: ${words}`)
  if (response.status >= 500) return new ConnectError('unreachable', `The server cannot be connected to now: ${words}`)
  return new ConnectError('refused', `The server refused the connection: ${words}`)
}

export function unreachable(url: URL, cause: unknown): ConnectError {
  return new ConnectError('unreachable', `The server at ${url.host} does not answer. Is it running, and is the address right?`, { cause })
}

export function timedOut(url: URL, milliseconds: number): ConnectError {
  return new ConnectError('timed-out', `The server at ${url.host} did not finish connecting within ${milliseconds / 1000} s. It may be overloaded; try again.`)
}

async function wordsOf(response: Response): Promise<{ readonly message: string | null; readonly reason: unknown }> {
  try {
    const body: unknown = await response.json()
    const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : null
    const reason = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : null
    return { message: typeof message === 'string' ? message.slice(0, REFUSAL_MESSAGE_CHARACTERS_MAX) : null, reason }
  } catch {
    return { message: null, reason: null }
  }
}
