/** Answers requests that Node's HTTP parser refuses or does not pass on, in the same JSON form as all other errors. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorResponse } from '../../http/error-response.ts'
import { methodNotAllowed, requireOneHost, sendError } from '../../http/http.ts'
import { codeOf } from '../error.ts'
import { HEADER_BYTES_MAX, REQUEST_MS_MAX } from '../limits.ts'
import { RouteError } from './reply.ts'

/** Methods of this server, for a request that asks it to be a proxy. */
const PLAIN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

export class MalformedRequests {
  /** The newest response on each socket. */
  readonly #responses = new WeakMap<Duplex, ServerResponse>()

  watch(server: Server): void {
    server.on('clientError', (error, socket) => this.#answer(error, socket))
    // Node closes the connection of a CONNECT request without an answer.
    server.on('connect', (request, socket) => {
      socket.on('error', () => socket.destroy())
      socket.once('finish', () => socket.destroy())
      socket.end(errorResponse(methodNotAllowed(request, PLAIN_METHODS)))
    })
  }

  /** Answers a request that does not name exactly one host and returns true; false for any other. */
  refuse(request: IncomingMessage, response: ServerResponse): boolean {
    this.#responses.set(request.socket, response)
    try {
      requireOneHost(request)
      return false
    } catch (error) {
      response.setHeader('connection', 'close')
      sendError(response, error)
      return true
    }
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
