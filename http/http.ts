/** HTTP helpers for servers (Node only): bodies with a limit, JSON answers, CORS. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { originAllowed, type AllowedOrigins } from './origin.ts'

/** Largest body of a request, bytes. An answer with many candidates has about 4 KB. */
const BODY_BYTES_MAX = 65_536
/** A body that is not complete after this long is refused, ms. */
const BODY_MS_MAX = 5_000

/** An error answer: `reason` is for programs, the rest for people. */
export class HttpError extends Error {
  readonly status: number
  readonly reason: string
  readonly where: string | undefined
  readonly fix: string | undefined
  constructor(status: number, reason: string, message: string, where?: string, fix?: string) {
    super(message)
    this.name = 'HttpError'
    this.status = status
    this.reason = reason
    this.where = where
    this.fix = fix
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

/** Answers with the error's status and {reason, message, where?, fix?}. Any other exception becomes a 500 without details. */
export function sendError(response: ServerResponse, error: unknown): void {
  const { status, reason, message, where, fix } =
    error instanceof HttpError ? error : new HttpError(500, 'internal', 'The server failed at this request. Try again.')
  sendJson(response, status, { reason, message, where, fix })
}

/** Reads a JSON body. Throws HttpError 400 (no JSON), 408 (too slow) or 413 (over BODY_BYTES_MAX). */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request)
  try {
    return JSON.parse(text)
  } catch {
    throw new HttpError(400, 'bad-json', 'The body is not JSON.')
  }
}

function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => fail(new HttpError(408, 'slow-body', 'The body did not arrive in time.')),
      BODY_MS_MAX,
    )
    const fail = (error: HttpError) => {
      clearTimeout(timer)
      request.off('data', take)
      // Discard what still arrives; the connection closes with the answer.
      request.resume()
      reject(error)
    }
    const take = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > BODY_BYTES_MAX)
        fail(new HttpError(413, 'body-too-large', `The body may have ${BODY_BYTES_MAX} bytes.`))
      else chunks.push(chunk)
    }
    request.on('data', take)
    request.once('end', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    request.once('error', () => fail(new HttpError(400, 'broken-body', 'The body broke off.')))
    request.once('close', () => fail(new HttpError(400, 'broken-body', 'The body broke off.')))
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
    throw new HttpError(
      403,
      'origin',
      `Pages of ${origin} may not connect here. The server's operator can allow that origin.`,
    )
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
