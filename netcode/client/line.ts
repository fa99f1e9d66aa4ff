/**
 * A client's line to the server: one connection at a time, made over the first transport that works, and made again
 * when it is lost, for as long as the session can be resumed.
 */
import { RESUME_MS_MAX } from '../session/limits.ts'
import { ConnectError, type ClientConnection, type Connect } from '../transport.ts'
import { Attempt, inWords } from './connector.ts'

/** Wait before the first, second, third … time that a lost connection is made again, ms; the last goes on. */
const RETRY_MS: readonly number[] = [0, 250, 500, 1_000, 2_000, 4_000]
/** A connection that worked for less counts as one more failure, ms: or a server that fails at each client would be asked without a pause. */
const STABLE_MS = 5_000

/** Where the server asks to wait, it is asked again after this long, ms, for so long: a storm of a thousand takes ten seconds. */
const BUSY_RETRY_MS = 1_000
const BUSY_MS_MAX = 60_000

export interface LineEvents {
  connected(connection: ClientConnection): void
  received(bytes: Uint8Array): void
  fellBack(error: ConnectError): void
  /** The first connection has to wait for its turn, in words why; it is tried again. */
  waiting(reason: string): void
  /** The connection is lost and will be made again until `giveUpAtMs`. */
  retrying(reason: string, attempt: number, giveUpAtMs: number): void
  /** For good; heard once. */
  ended(reason: string): void
}

export interface LineOptions {
  readonly url: string
  readonly token: string
  readonly connects: readonly Connect[]
  readonly clock: () => number
  readonly events: LineEvents
}

export class Line {
  readonly #options: LineOptions
  #attempt: Attempt | null = null
  #connection: ClientConnection | null = null
  /** Which of the transports the connection is of. */
  #transport = 0
  /** Something came through this connection; and through any before. */
  #works = false
  #worked = false
  #worksSinceMs = 0
  #retry: { readonly atMs: number; readonly attempt: number; readonly giveUpAtMs: number } | null = null
  #isOver = false

  constructor(options: LineOptions) {
    this.#options = options
  }

  get connection(): ClientConnection | null {
    return this.#connection
  }

  /** Starts to connect, over the transports from `first` on. */
  connect(first = 0): void {
    const { url, token, connects, events } = this.#options
    this.#works = false
    this.#attempt = new Attempt(url, token, connects.slice(first), {
      connected: (connection, index) => {
        this.#connection = connection
        this.#transport = first + index
        events.connected(connection)
      },
      fellBack: (error) => events.fellBack(error),
      failed: (errors) => this.#failed(errors),
      received: (bytes) => events.received(bytes),
      closed: (reason) => this.lost(`The connection ended: ${reason}.`),
    })
  }

  /** Connects again where that is due. */
  update(nowMs: number): void {
    if (this.#retry === null || this.#attempt !== null || nowMs < this.#retry.atMs) return
    this.connect()
  }

  /** The server has answered: from now on a lost connection is made again. */
  works(): void {
    this.#works = true
    this.#worked = true
    this.#worksSinceMs = this.#options.clock()
  }

  /** The connection is of no use any more, in words why. */
  lost(reason: string): void {
    if (this.#isOver) return
    // It connected and nothing came through, as behind some firewalls: the next transport may do better.
    const untried = this.#connection !== null && !this.#works ? this.#transport + 1 : this.#options.connects.length
    this.#drop(reason)
    if (untried < this.#options.connects.length) {
      this.#options.events.fellBack(new ConnectError('timed-out', reason))
      this.connect(untried)
    } else this.#again(reason)
  }

  #failed(errors: readonly ConnectError[]): void {
    this.#attempt = null
    if (!this.#worked && errors.some(({ reason }) => reason === 'busy')) this.#wait(inWords(errors))
    else if (errors.every(({ reason }) => reason === 'refused')) this.end(inWords(errors))
    else this.#again(inWords(errors))
  }

  #wait(reason: string): void {
    const nowMs = this.#options.clock()
    const giveUpAtMs = this.#retry?.giveUpAtMs ?? nowMs + BUSY_MS_MAX
    if (nowMs >= giveUpAtMs) return this.end(reason)
    this.#retry = { atMs: nowMs + BUSY_RETRY_MS, attempt: 0, giveUpAtMs }
    this.#options.events.waiting(reason)
  }

  #again(reason: string): void {
    const nowMs = this.#options.clock()
    if (this.#works && nowMs - this.#worksSinceMs >= STABLE_MS) this.#retry = null
    const attempt = (this.#retry?.attempt ?? 0) + 1
    // Each connection that worked renewed the session, however short it was.
    const giveUpAtMs = this.#works || this.#retry === null ? nowMs + RESUME_MS_MAX : this.#retry.giveUpAtMs
    if (!this.#worked) return this.end(reason)
    if (nowMs >= giveUpAtMs) return this.end(`${reason} The session could not be resumed within ${RESUME_MS_MAX / 1_000} seconds.`)
    const waitMs = RETRY_MS[Math.min(attempt, RETRY_MS.length) - 1] ?? 0
    this.#retry = { atMs: Math.min(giveUpAtMs, nowMs + waitMs), attempt, giveUpAtMs }
    this.#options.events.retrying(reason, attempt, giveUpAtMs)
  }

  #drop(reason: string): void {
    this.#attempt?.giveUp(reason)
    this.#attempt = null
    this.#connection = null
  }

  /** Closes for good. */
  end(reason: string): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#retry = null
    this.#drop(reason)
    this.#options.events.ended(reason)
  }
}
