/** Errors and security headers of the server's answers (http/http.ts has what the transports share). */
import type { ServerResponse } from 'node:http'
import { Data } from 'effect'
import type { HttpRefusal } from '../../http/http.ts'
import { statusOf, type ErrorReason } from '../../http-contract/index.ts'

/** Why the API refuses a request. The contract has one status for each reason. `cause` is for the operator's log only. */
export class RouteError
  extends Data.TaggedError('RouteError')<{
    readonly reason: ErrorReason
    readonly message: string
    readonly where: string
    readonly fix: string
    readonly cause?: unknown
  }>
  implements HttpRefusal
{
  get status(): number {
    return statusOf(this.reason)
  }
}

export function sendText(response: ServerResponse, contentType: string, text: string): void {
  response.writeHead(200, {
    'content-type': contentType,
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
  })
  response.end(text)
}

/** A Host header that is safe to copy into another header. */
const HOST = /^[\w.\-:[\]]{1,255}$/

/**
 * Headers of every answer. The policy fits the viewer: scripts and styles from files only, WebAssembly allowed,
 * connections to this server (named as well, because not every browser counts ws: as 'self'), to the store of files
 * where that has an origin of its own, and to blob:, as which the page reads the textures within the models that it
 * downloaded.
 */
export function securityHeaders(
  response: ServerResponse,
  host: string | undefined,
  filesOrigin: string | null = null,
): void {
  const files = filesOrigin === null ? '' : ` ${filesOrigin}`
  const sockets = host !== undefined && HOST.test(host) ? ` ws://${host} wss://${host}` : ''
  response.setHeader(
    'content-security-policy',
    [
      "default-src 'self'",
      "script-src 'self' 'wasm-unsafe-eval'",
      "style-src 'self'",
      `img-src 'self' data: blob:${files}`,
      `connect-src 'self' blob:${sockets}${files}`,
      "worker-src 'self' blob:",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join('; '),
  )
  response.setHeader('x-content-type-options', 'nosniff')
  response.setHeader('referrer-policy', 'no-referrer')
}
