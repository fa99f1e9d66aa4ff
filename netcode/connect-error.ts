/** Shared by the clients of all transports: addresses below a server's URL, and errors with messages for people. */
import { CONNECT_MESSAGES, fillMessage } from '../protocol/index.ts'
import { ConnectError } from './transport.ts'

/** Connecting is aborted after this time, ms. */
export const CONNECT_MS_MAX = 10_000
/**
 * Pauses before a starting server is asked the second, third … time, ms; the last repeats. Most servers start within
 * two seconds.
 */
const STARTING_RETRY_MS: readonly number[] = [500, 1_000, 2_000]
/** A refusal's message is cut here, characters: people read it. */
const REFUSAL_MESSAGE_CHARACTERS_MAX = 300

/** Pause after a server was asked `times` times and was starting each time, ms. */
export function startingRetryMs(times: number): number {
  return STARTING_RETRY_MS[Math.min(times, STARTING_RETRY_MS.length) - 1] ?? 0
}

/**
 * The address of `path` below a server's http(s) URL, which may have a path of its own behind a proxy. A full address,
 * such as a link to a file, stays unchanged. Throws a ConnectError if `url` is not a URL.
 */
export function below(url: string, path: string): URL {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new ConnectError(
      'unreachable',
      `${fillMessage(CONNECT_MESSAGES.invalidUrl, url)} ${CONNECT_MESSAGES.invalidUrlFix}`,
    )
  }
  return new URL(path.replace(/^\/+/, ''), url.endsWith('/') ? url : `${url}/`)
}

/**
 * The error for a response that is not a success, with the server's message if it has one. A 5xx is `unreachable`: the
 * server stops or is full, or a proxy is in front of it, and trying again later helps. A 429, or a 503 with the reason
 * "busy", is `busy`. A 503 with the reason "starting" is `starting`. A 404 with the reason "closed" is `timed-out`: the
 * server no longer waits for this attempt.
 */
export async function refusal(response: Response): Promise<ConnectError> {
  const { message, reason } = await wordsOf(response)
  const words = message ?? unexplained(response.status)
  if (response.status === 429 || (response.status === 503 && reason === 'busy'))
    return new ConnectError('busy', fillMessage(CONNECT_MESSAGES.asksToWait, words))
  if (response.status === 503 && reason === 'starting')
    return new ConnectError('starting', fillMessage(CONNECT_MESSAGES.asksToWait, words))
  if (response.status === 404 && reason === 'closed')
    return new ConnectError('timed-out', fillMessage(CONNECT_MESSAGES.attemptClosed, words))
  if (response.status === 400 && reason === 'bad-identity')
    return new ConnectError('bad-identity', fillMessage(CONNECT_MESSAGES.unknownIdentity, words))
  if (response.status >= 500) return new ConnectError('unreachable', fillMessage(CONNECT_MESSAGES.unavailable, words))
  return new ConnectError('refused', fillMessage(CONNECT_MESSAGES.refused, words))
}

/** Explains an answer without the server's own message: usually a proxy sent it. */
export function unexplained(status: number): string {
  const known: Readonly<Record<number, string>> = {
    401: 'a proxy asks for its own login (status 401)',
    403: 'a proxy blocks this request (status 403)',
    404: 'there is no Otherworld server at this address (status 404); is its path right?',
    405: 'there is no Otherworld server at this address (status 405); is its path right?',
    413: 'a proxy refuses a body of this size (status 413); its operator must allow more (nginx: client_max_body_size)',
    502: 'a proxy answers, but the server behind it does not (status 502)',
    503: 'a proxy answers, but the server behind it does not (status 503)',
    504: 'a proxy answers, but the server behind it took too long (status 504)',
  }
  return known[status] ?? fillMessage(CONNECT_MESSAGES.noReason, status)
}

export function unreachable(url: URL, cause: unknown): ConnectError {
  const words = tlsWords(cause)
  if (words !== null)
    return new ConnectError('unreachable', `The server at ${url.host} answers, but ${words}.`, { cause })
  return new ConnectError('unreachable', fillMessage(CONNECT_MESSAGES.noAnswer, url.host), { cause })
}

/** Node's codes for a certificate that it does not trust (OpenSSL's verify results, and a wrong host name). */
const UNTRUSTED =
  /^(?:CERT_\w+|\w*SELF_SIGNED_CERT\w*|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)_\w+|ERR_TLS_CERT_ALTNAME_INVALID|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)$/

/**
 * Describes what is wrong with an encrypted connection; null if it is something else. Browsers hide this from pages.
 */
export function tlsWords(error: unknown): string | null {
  for (let each = error, depth = 0; each instanceof Error && depth < 4; each = each.cause, depth += 1) {
    const code = 'code' in each && typeof each.code === 'string' ? each.code : ''
    if (UNTRUSTED.test(code))
      return `its certificate is not trusted: ${each.message} (${code}). If it is one of your own, name the authority that signed it: NODE_EXTRA_CA_CERTS=FILE`
    if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
      return `not in TLS (${code}). Does its address begin with http: rather than https:?`
  }
  return null
}

export function timedOut(url: URL, milliseconds: number): ConnectError {
  return new ConnectError('timed-out', fillMessage(CONNECT_MESSAGES.timedOut, url.host, milliseconds / 1000))
}

async function wordsOf(response: Response): Promise<{ readonly message: string | null; readonly reason: unknown }> {
  try {
    const body: unknown = await response.json()
    const fields: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {}
    const { message, reason, fix } = fields
    if (typeof message !== 'string') return { message: null, reason }
    const words = typeof fix === 'string' && fix !== '' ? `${message.replace(/\.$/, '')}; ${fix}` : message
    return { message: words.slice(0, REFUSAL_MESSAGE_CHARACTERS_MAX), reason }
  } catch {
    return { message: null, reason: null }
  }
}
