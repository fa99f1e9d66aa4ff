/** Makes a connection: tries the transports in order. */
import { ConnectError, type ClientConnection, type ClientEvents, type Connect } from '../transport.ts'

export interface ConnectorEvents extends ClientEvents {
  /** `index` is the transport's index. */
  connected(connection: ClientConnection, index: number): void
  fellBack(error: ConnectError): void
  /** No transport could connect. `errors` has the last error of each. */
  failed(errors: readonly ConnectError[]): void
}

/** One attempt over all transports. After it was cancelled or has failed, it reports nothing more. */
export class ConnectAttempt {
  #over = false
  #connection: ClientConnection | null = null
  #closedEarly: string | null = null

  /** Starts immediately. */
  constructor(url: string, token: string, connects: readonly Connect[], events: ConnectorEvents) {
    void this.#run(url, token, connects, events)
  }

  async #run(url: string, token: string, connects: readonly Connect[], events: ConnectorEvents): Promise<void> {
    const errors: ConnectError[] = []
    for (const [index, connect] of connects.entries()) {
      const error = await this.#try(connect, index, url, token, events)
      if (error === null || this.#over) return
      errors.push(error)
      // Another transport is just as busy, and the client would stay on a worse one.
      if (error.reason === 'busy') break
      events.fellBack(error)
    }
    if (!this.#over) events.failed(errors)
  }

  /** Resolves with the error, or null if it connected. */
  async #try(
    connect: Connect,
    index: number,
    url: string,
    token: string,
    events: ConnectorEvents,
  ): Promise<ConnectError | null> {
    try {
      const connection = await connect(url, token, this.#gate(events))
      if (this.#over) connection.close('the client cancelled the attempt')
      else {
        this.#connection = connection
        events.connected(connection, index)
        if (this.#closedEarly !== null) this.#close(this.#closedEarly, events)
      }
      return null
    } catch (error) {
      return error instanceof ConnectError
        ? error
        : new ConnectError('unreachable', `The connection could not be made: ${String(error)}`, { cause: error })
    }
  }

  #close(reason: string, events: ConnectorEvents): void {
    if (this.#over) return
    this.#over = true
    events.closed(reason)
  }

  /** Drops events after the attempt was cancelled. A connection may end before its Connect has resolved. */
  #gate(events: ConnectorEvents): ClientEvents {
    return {
      received: (bytes) => {
        if (!this.#over) events.received(bytes)
      },
      closed: (reason) => {
        if (this.#connection === null) this.#closedEarly = reason
        else this.#close(reason, events)
      },
    }
  }

  /** Closes an existing connection. No more events follow. */
  cancel(reason: string): void {
    this.#over = true
    this.#connection?.close(reason)
    this.#connection = null
  }
}

/** The errors of all transports in a sentence or two, without repetition. */
export function describeErrors(errors: readonly ConnectError[]): string {
  return errors.length === 0
    ? 'No transport was given to connect with.'
    : [...new Set(errors.map(({ message }) => message))].join(' ')
}
