/**
 * A server of the transport under test and its clients, for the suite of all transports. Each records what it receives.
 */
import { sleep } from '../test/harness/wait.ts'
import {
  type Admission,
  type ClientConnection,
  type Connect,
  type ConnectionId,
  type Peer,
  type ServerEvents,
  type ServerTransport,
} from './transport.ts'

/** A started server of the transport under test, and how to reach it. */
export interface SuiteServer {
  readonly transport: ServerTransport
  readonly connect: Connect
  readonly url: string
  /** Lets time pass if the transport's clock is not the real one. */
  step?(): void
  /** Stops the transport and its servers. */
  stop(): Promise<void>
}

/** Connects a client with `token`, then kills it without a goodbye. */
export type KillClient = (server: SuiteServer, token: string) => Promise<void>

export type MakeSuiteServer = (events: ServerEvents, admission: Admission) => Promise<SuiteServer>

/** Longest wait for an event that must happen, ms; generous, because the machine may be busy. */
const WAIT_MS_MAX = 45_000
/**
 * An unordered transport may lose any message, also on the loopback interface, if the other side is not scheduled in
 * time. A message that must arrive is sent again after this time, ms.
 */
const AGAIN_MS = 250
/** Attempts in which an unordered transport must deliver a message. */
export const TRIES_MAX = 5

interface ReceivedEvents {
  readonly opened: { connection: ConnectionId; peer: Peer }[]
  readonly received: { connection: ConnectionId; bytes: Uint8Array }[]
  readonly closed: { connection: ConnectionId; reason: string }[]
}
interface Client {
  readonly connection: ClientConnection
  readonly received: Uint8Array[]
  readonly closed: string[]
}

/** A server and clients that record what they receive. */
export class TransportWorld {
  readonly events: ReceivedEvents = { opened: [], received: [], closed: [] }
  /** Runs for each message before it is recorded. */
  onReceived: (connection: ConnectionId, bytes: Uint8Array) => void = () => {}
  #server: SuiteServer | null = null

  get server(): SuiteServer {
    if (!this.#server) throw new Error('The server was not started.')
    return this.#server
  }

  async start(make: MakeSuiteServer): Promise<void> {
    this.#server = await make(
      {
        opened: (connection, peer) => {
          this.events.opened.push({ connection, peer })
        },
        received: (connection, bytes) => {
          this.onReceived(connection, bytes)
          this.events.received.push({ connection, bytes })
        },
        closed: (connection, reason) => {
          this.events.closed.push({ connection, reason })
        },
      },
      (token) => Promise.resolve(token.startsWith('good-') ? { session: token.slice('good-'.length) } : null),
    )
  }

  /** Connects, and waits until the server has reported the connection. */
  async connect(session: string): Promise<Client & { readonly id: ConnectionId }> {
    const received: Uint8Array[] = []
    const closed: string[] = []
    const events = {
      received: (bytes: Uint8Array) => {
        received.push(bytes)
      },
      closed: (reason: string) => {
        closed.push(reason)
      },
    }
    const connection = await this.server.connect(this.server.url, `good-${session}`, events)
    await this.until(`${session} opened`, () => this.events.opened.some(({ peer }) => peer.session === session))
    const id = this.events.opened.find(({ peer }) => peer.session === session)?.connection ?? 0
    return { connection, received, closed, id }
  }

  /** The order that the first client reported: nothing is lost. */
  get ordered(): boolean {
    return this.events.opened[0]?.peer.ordered === true
  }

  sendDown(connection: ConnectionId, bytes: Uint8Array): void {
    this.server.transport.send(connection, bytes)
    this.server.transport.flush()
  }

  async until(what: string, condition: () => boolean): Promise<void> {
    const endMs = performance.now() + WAIT_MS_MAX
    while (!condition()) {
      if (performance.now() > endMs)
        throw new Error(
          `Did not happen within ${WAIT_MS_MAX} ms: ${what}. Heard: ${JSON.stringify(this.events.closed)}`,
        )
      await this.pause(2)
    }
  }

  /** Runs `send` until `arrived`: once if nothing gets lost, otherwise repeatedly. */
  async delivered(what: string, send: () => void, arrived: () => boolean): Promise<void> {
    let sentMs = -Infinity
    await this.until(what, () => {
      if (arrived()) return true
      if (performance.now() - sentMs < (this.ordered ? Infinity : AGAIN_MS)) return false
      sentMs = performance.now()
      send()
      return false
    })
  }

  async pause(milliseconds: number): Promise<void> {
    this.server.step?.()
    await sleep(milliseconds)
  }
}

/** `kill` is given if a killed client is noticed soon enough for a unit test. */
