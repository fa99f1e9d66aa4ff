/** How the server answers over HTTP: JSON, errors that say what, where and what to do, security headers, bounded bodies. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { REQUEST_BYTES_MAX } from './limits.ts'

/** Thrown by a handler; becomes the JSON `{error: {code, what, where, fix}}` with the status. */
export class HttpError extends Error {
  readonly status: number
  readonly code: string
  readonly where: string
  readonly fix: string
  constructor(status: number, code: string, what: string, where: string, fix: string) {
    super(what)
    this.name = 'HttpError'
    this.status = status
    this.code = code
    this.where = where
    this.fix = fix
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(`${JSON.stringify(value)}\n`)
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length, 'cache-control': 'no-store' })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

export function sendError(response: ServerResponse, error: HttpError): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, code, where, fix, message: what } = error
  // What is left of a body that was refused is not read: the connection ends with the answer.
  if (status === 413) response.setHeader('connection', 'close')
  sendJson(response, status, { error: { code, what, where, fix } })
}

/** A Host header that may stand in a header of ours. */
const HOST = /^[\w.\-:[\]]{1,255}$/

/**
 * Headers of every answer. The policy fits the viewer: scripts and styles from files only, WebAssembly allowed,
 * connections to this server alone (named as well, because not every browser counts ws: as 'self').
 */
export function securityHeaders(response: ServerResponse, host: string | undefined): void {
  const sockets = host !== undefined && HOST.test(host) ? ` ws://${host} wss://${host}` : ''
  response.setHeader('content-security-policy', [
    "default-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data: blob:",
    `connect-src 'self'${sockets}`, "worker-src 'self' blob:", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
  ].join('; '))
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
  response.setHeader('cross-origin-resource-policy', 'same-origin')
}

/** The whole body, at most REQUEST_BYTES_MAX. Throws HttpError. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    if (!(chunk instanceof Buffer)) continue
    bytes += chunk.length
    if (bytes > REQUEST_BYTES_MAX) throw new HttpError(413, 'too-large', `the request's body is larger than ${REQUEST_BYTES_MAX} bytes`, 'body', 'send less')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Throws HttpError. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request)
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new HttpError(400, 'not-json', 'the body is not JSON', 'body', 'send a JSON object with content-type application/json')
  }
}
