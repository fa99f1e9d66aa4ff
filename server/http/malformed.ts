/** Answers requests that Node's HTTP parser refuses, in the same JSON form as all other errors. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorResponse } from '../../http/error-response.ts'
import { sendRefusal } from '../../http/http.ts'
import { codeOf } from '../error.ts'
import { HEADER_BYTES_MAX, REQUEST_MS_MAX } from '../limits.ts'
import { RouteError } from './reply.ts'

export class MalformedRequests {
  /** The newest response on each socket. */
  readonly #responses = new WeakMap<Duplex, ServerResponse>()

  watch(server: Server): void {
    server.on('clientError', (error, socket) => this.#answer(error, socket))
  }

  /** Answers a request without a Host header and returns true; false for any other. */
  refuse(request: IncomingMessage, response: ServerResponse): boolean {
    this.#responses.set(request.socket, response)
    if (request.headers.host !== undefined || request.httpVersion !== '1.1') return false
    response.setHeader('connection', 'close')
    sendRefusal(
      response,
      new RouteError({
        reason: 'bad-request',
        message: 'the request names no host',
        where: 'Host',
        fix: 'send a Host header',
      }),
    )
    return true
  }

  #answer(error: Error, socket: Duplex): void {
    const response = this.#responses.get(socket)
    // An answer that has begun would be mixed with this one.
    const isAnswering = response !== undefined && response.headersSent && !response.writableFinished
    if (!socket.writable || isAnswering || codeOf(error) === 'ECONNRESET') return void socket.destroy()
    socket.once('finish', () => socket.destroy())
    return void socket.end(errorResponse(refusalOf(error)))
  }
}

function refusalOf(error: Error): RouteError {
  switch (codeOf(error)) {
    case 'HPE_HEADER_OVERFLOW':
      return new RouteError({
        reason: 'header-too-large',
        message: `the header of the request has more than ${HEADER_BYTES_MAX} bytes`,
        where: 'header',
        fix: 'send fewer or shorter header fields',
      })
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return new RouteError({
        reason: 'body-too-large',
        message: 'the chunk extensions are too large',
        where: 'body',
        fix: 'send none',
      })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new RouteError({
        reason: 'slow-header',
        message: `the header of the request did not arrive within ${REQUEST_MS_MAX / 1_000} s`,
        where: 'header',
        fix: 'send the request at once',
      })
    default: {
      const why = 'reason' in error && typeof error.reason === 'string' ? `: ${error.reason}` : ''
      return new RouteError({
        reason: 'bad-request',
        message: `the request is not valid HTTP${why}`,
        where: 'the request',
        fix: 'send HTTP/1.1, without TLS, to this port',
      })
    }
  }
}
