/**
 * Keeps a client connected: one connection at a time, over the first transport that works. It reconnects as long as the
 * session can be resumed, and longer if the client accepts a new session.
 */
import { defined } from '../../sim/assert.ts'
import { startingRetryMs } from '../connect-error.ts'
import { RESUME_MS_MAX } from '../session/limits.ts'
import { ConnectError, type ClientConnection, type Connect } from '../transport.ts'
import { ConnectAttempt, describeErrors } from './connector.ts'

/** Pauses before the first, second, third … reconnect, ms; the last repeats. */
const RETRY_MS: readonly number[] = [0, 250, 500, 1_000, 2_000, 4_000]
/**
 * A connection that worked for less time counts as one more failure, ms. Otherwise a server that fails for each client
 * would get requests without a pause.
 */
const STABLE_MS = 5_000

/**
 * If the server is busy, the client tries again after this pause, ms, for this long: a thousand clients take ten
 * seconds. Each answer "starting" restarts this time, so it only ends if a server went away while it started.
 */
const BUSY_RETRY_MS = 1_000
const WAIT_MS_MAX = 60_000

export interface ReconnectorEvents {
  connected(connection: ClientConnection): void
  received(bytes: Uint8Array): void
  fellBack(error: ConnectError): void
  /**
   * The first connection has to wait: for its turn, or for the realm's start. `reason` is the server's message. The
   * client tries again.
   */
  waiting(reason: string): void
  /** The connection is lost, and the client reconnects. The session can be resumed until `giveUpAtMs`. */
  retrying(reason: string, attempt: number, giveUpAtMs: number): void
  /** Ended for good; called once. */
  ended(reason: string): void
}

export interface ReconnectorOptions {
  readonly url: string
  readonly token: string
  readonly connects: readonly Connect[]
  readonly clock: () => number
  /** Reconnects beyond RESUME_MS_MAX without end, in a new session. */
  readonly rejoins?: boolean
  /** Logs in again if the server no longer accepts the token. Rejects with a ConnectError. */
  readonly renew?: () => Promise<string>
  readonly events: ReconnectorEvents
}

/** The next attempt. */
interface Retry {
  readonly atMs: number
  readonly attempt: number
  readonly giveUpAtMs: number
}

export class Reconnector {
  readonly #options: ReconnectorOptions
  #token: string
  #attempt: ConnectAttempt | null = null
  #connection: ClientConnection | null = null
  /** Index of the connection's transport. */
  #transport = 0
  /** A packet came through this connection; and through any before. */
  #works = false
  #worked = false
  #worksSinceMs = 0
  #retry: Retry | null = null
  /** State of the token's renewal. `tried`: already done since a connection last worked. */
  #renewal: 'none' | 'asking' | 'tried' = 'none'
  #isOver = false

  constructor(options: ReconnectorOptions) {
    this.#options = options
    this.#token = options.token
  }

  get connection(): ClientConnection | null {
    return this.#connection
  }

  /** Starts to connect over the transports from `first` on. */
  connect(first = 0): void {
    const { url, connects, events } = this.#options
    this.#works = false
    this.#attempt = new ConnectAttempt(url, this.#token, connects.slice(first), {
      connected: (connection, index) => {
        this.#connection = connection
        this.#transport = first + index
        events.connected(connection)
      },
      fellBack: (error) => events.fellBack(error),
      failed: (errors) => this.#failed(errors),
      received: (bytes) => events.received(bytes),
      closed: (reason) => this.#closed(`The connection ended: ${reason}.`),
    })
  }

  /** Reconnects when it is due. */
  update(nowMs: number): void {
    if (this.#retry === null || this.#attempt !== null || this.#renewal === 'asking' || nowMs < this.#retry.atMs) return
    this.connect()
  }

  /** The server has answered. From now on a lost connection is made again. */
  confirm(): void {
    if (!this.#worked) this.#retry = null
    this.#works = true
    this.#worked = true
    this.#renewal = 'none'
    this.#worksSinceMs = this.#options.clock()
  }

  /** The connection is no longer usable. */
  handleLoss(reason: string): void {
    if (this.#isOver) return
    const untried = this.#untried()
    this.#drop(reason)
    if (untried < this.#options.connects.length) {
      this.#options.events.fellBack(new ConnectError('timed-out', reason))
      this.connect(untried)
    } else this.#retryLater(reason)
  }

  /** The connection opened, but nothing came through, as behind some firewalls. The next transport may work. */
  #untried(): number {
    return this.#connection !== null && !this.#works ? this.#transport + 1 : this.#options.connects.length
  }

  /** The server had admitted the client, and closed before the Welcome. Its realm may have failed, and starts again. */
  #closed(reason: string): void {
    if (this.#worked || this.#untried() < this.#options.connects.length) this.handleLoss(reason)
    else this.handleRestart(reason)
  }

  /** The server is going away, and will be back soon. */
  handleRestart(reason: string): void {
    if (this.#isOver) return
    this.#drop(reason)
    if (this.#worked) this.#retryLater(reason)
    else this.#wait(reason, false)
  }

  #failed(errors: readonly ConnectError[]): void {
    this.#attempt = null
    const words = describeErrors(errors)
    if (errors.every(({ reason }) => reason === 'refused')) return this.#refused(words)
    const [isStarting, isBusy] = (['starting', 'busy'] as const).map((wait) =>
      errors.some(({ reason }) => reason === wait),
    )
    if (!this.#worked && (isStarting || isBusy || this.#retry !== null)) this.#wait(words, isStarting === true)
    else this.#retryLater(words)
  }

  /** A refusal is final, unless the token was old. */
  #refused(words: string): void {
    const { renew, rejoins } = this.#options
    if (!this.#worked || rejoins !== true || renew === undefined || this.#renewal !== 'none') return this.end(words)
    this.#renewal = 'asking'
    void this.#renew(renew)
    return undefined
  }

  async #renew(renew: () => Promise<string>): Promise<void> {
    try {
      this.#token = await renew()
      this.#renewal = 'tried'
      if (!this.#isOver) this.connect()
    } catch (error) {
      this.#renewal = 'none'
      if (this.#isOver) return
      const words = error instanceof Error ? error.message : String(error)
      if (error instanceof ConnectError && error.reason === 'refused') this.end(words)
      else this.#retryLater(words)
    }
  }

  #wait(reason: string, isStarting: boolean): void {
    const nowMs = this.#options.clock()
    const before = this.#retry
    const giveUpAtMs = isStarting || before === null ? nowMs + WAIT_MS_MAX : before.giveUpAtMs
    if (nowMs >= giveUpAtMs) return this.end(reason)
    const attempt = isStarting ? (before?.attempt ?? 0) + 1 : 0
    this.#retry = { atMs: nowMs + (isStarting ? startingRetryMs(attempt) : BUSY_RETRY_MS), attempt, giveUpAtMs }
    this.#options.events.waiting(reason)
  }

  #retryLater(reason: string): void {
    const nowMs = this.#options.clock()
    if (this.#works && nowMs - this.#worksSinceMs >= STABLE_MS) this.#retry = null
    const attempt = (this.#retry?.attempt ?? 0) + 1
    // Each connection that worked renewed the session, however short it was.
    const giveUpAtMs = this.#works || this.#retry === null ? nowMs + RESUME_MS_MAX : this.#retry.giveUpAtMs
    if (!this.#worked) return this.end(reason)
    const waitMs = defined(RETRY_MS[Math.min(attempt, RETRY_MS.length) - 1], 'every attempt from 1 on has a pause')
    if (this.#options.rejoins !== true) {
      if (nowMs >= giveUpAtMs)
        return this.end(`${reason} The session could not be resumed within ${RESUME_MS_MAX / 1_000} seconds.`)
      this.#retry = { atMs: Math.min(giveUpAtMs, nowMs + waitMs), attempt, giveUpAtMs }
    } else this.#retry = { atMs: nowMs + waitMs, attempt, giveUpAtMs }
    this.#options.events.retrying(reason, attempt, giveUpAtMs)
  }

  #drop(reason: string): void {
    this.#attempt?.cancel(reason)
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
