/** Errors on sockets that have no ServerResponse. Apart from http.ts, which pages bundle too: this needs Node. */
import { STATUS_CODES } from 'node:http'
import { bodyOf, knownError } from './http.ts'

/** An error as a whole response, for a socket without a ServerResponse; it closes the connection. */
export function errorResponse(error: unknown): string {
  const known = knownError(error)
  const body = JSON.stringify(bodyOf(known))
  return [
    `HTTP/1.1 ${known.status} ${STATUS_CODES[known.status] ?? 'Error'}`,
    'Connection: close',
    'Content-Type: application/json',
    'Cache-Control: no-store',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}
