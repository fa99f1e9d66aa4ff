/** Errors on sockets that have no ServerResponse. Apart from http.ts, which pages bundle too: this needs Node. */
import { STATUS_CODES } from 'node:http'
import { bodyOf, type HttpRefusal } from './http.ts'

/** An error as a whole response, for a socket without a ServerResponse; it closes the connection. */
export function errorResponse(refusal: HttpRefusal): string {
  const { status, allow = [] } = refusal
  const body = JSON.stringify(bodyOf(refusal))
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'Connection: close',
    ...(allow.length > 0 ? [`Allow: ${allow.join(', ')}`] : []),
    'Content-Type: application/json',
    'Cache-Control: no-store',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n')
}
