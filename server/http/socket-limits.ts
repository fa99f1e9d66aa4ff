/**
 * Limits the TCP sockets of the HTTP port by address, WebSockets included. It counts them before a request is read, so
 * that silent sockets cannot use up all of them.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { isLoopback, limitKey } from '../../http/connection-limits.ts'
import { errorResponse } from '../../http/error-response.ts'
import { HttpError } from '../../http/http.ts'

/** The answer to a socket above the limit; its request is not read. */
const ANSWER = errorResponse(
  new HttpError(
    429,
    'address-sockets',
    'your network address has too many open sockets here',
    'your network address',
    "close some first; the server's operator can raise --connections-per-address",
  ),
)

export class SocketLimits {
  readonly #perAddressMax: number
  readonly #isExempt: (address: string) => boolean
  readonly #counts = new Map<string, number>()

  /** Addresses of this machine are exempt: a proxy on it has the sockets of everyone. */
  constructor(perAddressMax: number, isExempt: (address: string) => boolean = isLoopback) {
    this.#perAddressMax = perAddressMax
    this.#isExempt = isExempt
  }

  /** Addresses that have a socket. */
  get addresses(): number {
    return this.#counts.size
  }

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => this.#take(socket))
  }

  #take(socket: Socket): void {
    const address = socket.remoteAddress ?? ''
    if (this.#isExempt(address)) return
    const key = limitKey(address)
    const count = this.#counts.get(key) ?? 0
    if (count >= this.#perAddressMax) {
      socket.end(ANSWER, () => socket.destroy())
      return
    }
    this.#counts.set(key, count + 1)
    socket.once('close', () => this.#free(key))
  }

  #free(key: string): void {
    const left = (this.#counts.get(key) ?? 1) - 1
    if (left === 0) this.#counts.delete(key)
    else this.#counts.set(key, left)
  }
}
