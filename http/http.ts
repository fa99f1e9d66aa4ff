/** HTTP helpers for servers (Node only): bodies with a limit, JSON answers, CORS. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { originAllowed, type AllowedOrigins } from './origin.ts'

/** Largest body of a request, bytes. An answer with many candidates has about 4 KB. */
const BODY_BYTES_MAX = 65_536
/** A body that is not complete after this long is refused, ms. */
const BODY_MS_MAX = 5_000

/** An origin in an error's message is cut here, characters. */
const ORIGIN_CHARACTERS_SHOWN_MAX = 200

/** An error answer: `reason` is for programs. For people: what is wrong, where, and what to do (`fix`). */
export interface HttpRefusal {
  readonly status: number
  readonly reason: string
  readonly message: string
  readonly where: string
  readonly fix: string
  /** The methods that the address has, for the Allow header of a 405 (RFC 9110, 15.5.6). */
  readonly allow?: readonly string[]
}

/** An error answer that is thrown. The tag is for `Effect.catchTag`; plain code, which needs no Effect, throws it too. */
export class HttpError extends Error implements HttpRefusal {
  readonly _tag = 'HttpError'
  readonly status: number
  readonly reason: string
  readonly where: string
  readonly fix: string
  readonly allow: readonly string[]
  constructor(
    status: number,
    reason: string,
    message: string,
    where: string,
    fix: string,
    allow: readonly string[] = [],
  ) {
    super(message)
    this.name = 'HttpError'
    this.status = status
    this.reason = reason
    this.where = where
    this.fix = fix
    this.allow = allow
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent || response.destroyed) return
  const body = JSON.stringify(value)
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(body),
    ...(status === 503 ? { 'retry-after': '1' } : {}),
    // Do not wait for the rest of a refused body.
    ...(status === 408 || status === 413 ? { connection: 'close' } : {}),
  })
  response.end(body)
}

/** Any exception but an HttpError becomes a 500 without details. */
export const knownError = (error: unknown): HttpError =>
  error instanceof HttpError
    ? error
    : new HttpError(
        500,
        'internal',
        'the server failed at this request',
        'the server',
        'try again; the log of the server says why',
      )

export const bodyOf = ({ reason, message, where, fix }: HttpRefusal): object => ({ reason, message, where, fix })

/** Answers with the status and {reason, message, where, fix}, and with Allow for a 405. */
export function sendRefusal(response: ServerResponse, refusal: HttpRefusal): void {
  const { allow = [] } = refusal
  if (allow.length > 0 && !response.headersSent) response.setHeader('allow', allow.join(', '))
  sendJson(response, refusal.status, bodyOf(refusal))
}

/** The same for anything that was thrown (`knownError`). */
export function sendError(response: ServerResponse, error: unknown): void {
  sendRefusal(response, knownError(error))
}

/** Reads a JSON body. Throws HttpError 400 (no JSON), 408 (too slow) or 413 (over BODY_BYTES_MAX). */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request)
  try {
    return JSON.parse(text)
  } catch (error) {
    const why = text === '' ? 'it is empty' : (error as Error).message
    throw new HttpError(400, 'bad-json', `the body is not JSON: ${why}`, 'body', 'send one JSON value')
  }
}

export const slowBody = (msMax: number): HttpError =>
  new HttpError(
    408,
    'slow-body',
    `the body did not arrive within ${msMax / 1_000} s`,
    'body',
    'send as many bytes as Content-Length says, without a pause',
  )

/** The path of a request without its query, as it was sent. */
export const rawPathOf = ({ url = '' }: IncomingMessage): string => url.split('?', 1)[0] ?? ''

/** Characters of a path in an error. */
const PATH_CHARACTERS_SHOWN_MAX = 200

/** The address has only `allow`ed methods. */
export const methodNotAllowed = (request: IncomingMessage, allow: readonly string[]): HttpError =>
  new HttpError(
    405,
    'method-not-allowed',
    `${request.method} is not possible here`,
    rawPathOf(request).slice(0, PATH_CHARACTERS_SHOWN_MAX),
    `use ${allow.join(' or ')}`,
    allow,
  )

/**
 * Throws HttpError 400 if a request has more than one Host header, or none in HTTP/1.1: a proxy could understand another
 * host than this server (RFC 9112, 3.2).
 */
export function requireOneHost({ rawHeaders, httpVersion }: IncomingMessage): void {
  const hosts = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length
  if (hosts > 1)
    throw new HttpError(400, 'bad-request', 'the request has more than one Host header', 'Host', 'send one Host header')
  if (hosts === 0 && httpVersion === '1.1')
    throw new HttpError(400, 'bad-request', 'the request names no host', 'Host', 'send a Host header')
}

/** For a connection without the token of a login. `where`: the header. */
export const badToken = (where: string): HttpError =>
  new HttpError(
    401,
    'token',
    'the token is not valid: it is missing, from another server, or expired',
    where,
    'log in again',
  )

/** The page of `origin` may not use this server from a browser. */
export const originRefused = (origin: string | undefined): HttpError =>
  new HttpError(
    403,
    'origin',
    `pages of ${String(origin).slice(0, ORIGIN_CHARACTERS_SHOWN_MAX)} may not connect here`,
    'Origin',
    'open the page of this server; its operator can allow other origins with --origins LIST',
  )

const largeBody = (): HttpError =>
  new HttpError(413, 'body-too-large', `the body has more than ${BODY_BYTES_MAX} bytes`, 'body', 'send less')

function readBody(request: IncomingMessage): Promise<string> {
  // Do not wait for bytes that are refused when they arrive.
  if (Number(request.headers['content-length']) > BODY_BYTES_MAX) return Promise.reject(largeBody())
  const chunks: Buffer[] = []
  let bytes = 0
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => fail(slowBody(BODY_MS_MAX)), BODY_MS_MAX)
    const fail = (error: HttpError) => {
      clearTimeout(timer)
      request.off('data', take)
      // Discard what still arrives; the connection closes with the answer.
      request.resume()
      reject(error)
    }
    const take = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > BODY_BYTES_MAX) fail(largeBody())
      else chunks.push(chunk)
    }
    request.on('data', take)
    request.once('end', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    const broken = (): void =>
      fail(new HttpError(400, 'broken-body', 'the connection ended within the body', 'body', 'send the request again'))
    request.once('error', broken)
    request.once('close', broken)
  })
}

/** Methods and headers for pages of other origins, comma-separated as in the CORS headers. */
export interface CorsPermissions {
  readonly methods: string
  readonly headers: string
}

const CORS_DEFAULT: CorsPermissions = { methods: 'GET, POST, OPTIONS', headers: 'Authorization, Content-Type' }

/** CORS headers of the server's API. */
export const API_CORS: CorsPermissions = {
  methods: 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
  headers: 'Authorization, Content-Type',
}

/**
 * Sets the CORS headers for an allowed page of another origin and answers a preflight. Returns true if the request is
 * answered; throws HttpError 403 if the page may not connect.
 */
export function handleCors(
  request: IncomingMessage,
  response: ServerResponse,
  allowed: AllowedOrigins,
  may: CorsPermissions = CORS_DEFAULT,
): boolean {
  const { origin, host } = request.headers
  if (!originAllowed(origin, host, allowed)) {
    throw originRefused(origin)
  }
  if (origin !== undefined) {
    response.setHeader('access-control-allow-origin', origin)
    response.setHeader('vary', 'Origin')
  }
  if (request.method !== 'OPTIONS') return false
  response.writeHead(204, {
    'access-control-allow-methods': may.methods,
    'access-control-allow-headers': may.headers,
    'access-control-max-age': '600',
  })
  response.end()
  return true
}
