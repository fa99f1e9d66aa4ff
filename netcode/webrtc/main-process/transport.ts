/**
 * The WebRTC transport in the main process: signalling, admission and limits. The native code runs in a child process.
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import {
  CONNECTION_LIMITS,
  ConnectionLimits,
  isLoopback,
  isRefusal,
  type ConnectionLimitOptions,
} from '../../../http/connection-limits.ts'
import { contain, type ReportFault } from '../../guard.ts'
import type { AllowedOrigins } from '../../../http/origin.ts'
import {
  checkMessageSize,
  CLOSE_REASON,
  MESSAGE_BYTES_MAX,
  type Admission,
  type ConnectionId,
  type ServerEvents,
  type ServerTransport,
} from '../../transport.ts'
import { badToken, HttpError } from '../../../http/http.ts'
import { Batch, unpackBatch, type ChildUsage, type FromChild } from '../ipc.ts'
import { Deferred, PeerEntry, PeerTable } from './peer-table.ts'
import { handleSignalling, socketAddress, type IceCandidate, type SignallingBackend } from './signalling.ts'
import { ChildSupervisor } from './child-supervisor.ts'
import {
  HALF_OPEN_MS_MAX,
  QUEUED_BYTES_MAX,
  RECEIVED_EXCESS_MAX,
  RECEIVED_MESSAGES_PER_SECOND_MAX,
} from '../../limits.ts'

/** A closing connection lives on for this long, ms: queued messages and the goodbye leave. */
const CLOSE_LINGER_MS = 100
/** A close that the child did not confirm after this time, ms, counts as done. */
const CLOSE_CONFIRM_MS_MAX = 5_000

export interface WebRtcOptions {
  readonly events: ServerEvents
  readonly admission: Admission
  /** One UDP port for all peers; by default each peer gets its own. */
  readonly udpPort?: number
  /** Address of the interface to listen on; by default all. */
  readonly bindAddress?: string
  /** Public address of a router that maps the UDP port to this machine one to one; it is offered to peers too. */
  readonly publicAddress?: string
  /** STUN and TURN servers as URLs: `stun:host:port`, `turn:user:password@host:port`. */
  readonly iceServers?: readonly string[]
  /** Pages of other origins that may connect; by default none. */
  readonly allowedOrigins?: AllowedOrigins
  readonly limits?: Partial<ConnectionLimitOptions>
  readonly halfOpenMsMax?: number
  readonly receivedMessagesPerSecondMax?: number
  readonly receivedExcessMax?: number
  /** The peer's address if a proxy is in front of the server; by default the socket's. */
  readonly addressOf?: (request: IncomingMessage) => string
  /** Path of the built child; by default dist/node/webrtc-child.js. */
  readonly childPath?: string
  /** Receives contained faults and the child's deaths. */
  readonly report?: ReportFault
}

/** For metrics. Restarts, drops and refusals count since the start. */
export interface WebRtcStats {
  /** The child's process id; null if none runs. */
  readonly pid: number | null
  /** Includes half-open ones. */
  readonly connections: number
  readonly halfOpen: number
  readonly restarts: number
  readonly droppedSends: number
  readonly droppedReceived: number
  /** Connections refused by a limit, by reason. */
  readonly refused: Readonly<Record<string, number>>
  /** The child's last usage report; null before the first. */
  readonly usage: ChildUsage | null
}

export class WebRtcTransport implements ServerTransport {
  readonly kind = 'webrtc'
  readonly #options: WebRtcOptions
  readonly #events: ServerEvents
  readonly #report: ReportFault
  readonly #limits: ConnectionLimits
  readonly #supervisor: ChildSupervisor
  readonly #peers = new PeerTable()
  readonly #signalling: SignallingBackend
  readonly #ready = new Deferred<void>()
  #queue = new Batch()
  #nextConnection: ConnectionId = 1
  #isStarted = false
  #isStopped = false
  #lastFault: string | null = null
  #restarts = 0
  #droppedSends = 0
  #droppedReceived = 0
  #usage: ChildUsage | null = null

  constructor(options: WebRtcOptions) {
    this.#options = options
    this.#events = options.events
    this.#report = options.report ?? (() => {})
    this.#limits = new ConnectionLimits({ ...CONNECTION_LIMITS, ...options.limits })
    this.#signalling = {
      allowedOrigins: options.allowedOrigins ?? [],
      addressOf: options.addressOf ?? socketAddress,
      open: (token, address) => this.#open(token, address),
      answer: (id, sdp) => this.#answer(this.#find(id), sdp),
      takeCandidates: (id) => this.#find(id).takeCandidates(),
      close: (id) => this.#end(this.#find(id), CLOSE_REASON.peer),
    }
    this.#supervisor = this.#supervise()
  }

  /**
   * Resolves when the child is ready for the first time; until then connecting is answered with 503. Rejects if it ends
   * before.
   */
  get ready(): Promise<void> {
    return this.#ready.promise
  }

  get stats(): WebRtcStats {
    return {
      pid: this.#supervisor.pid,
      connections: this.#limits.connections,
      halfOpen: this.#limits.halfOpen,
      restarts: this.#restarts,
      droppedSends: this.#droppedSends,
      droppedReceived: this.#droppedReceived,
      refused: this.#limits.refused,
      usage: this.#usage,
    }
  }

  /** Handles a signalling request and returns true; false if the path is another. */
  handleHttp(request: IncomingMessage, response: ServerResponse): boolean {
    return handleSignalling(request, response, this.#signalling)
  }

  send(connection: ConnectionId, bytes: Uint8Array): void {
    checkMessageSize(bytes, MESSAGE_BYTES_MAX)
    if (this.#peers.get(connection)?.state !== 'open') return
    if (this.#queue.bytes + bytes.length > QUEUED_BYTES_MAX) this.#droppedSends += 1
    else this.#queue.add(connection, bytes)
  }

  flush(): void {
    if (this.#queue.isEmpty) return
    const count = this.#queue.count
    const bytes = this.#queue.pack()
    if (!this.#supervisor.send({ type: 'batch', bytes }, bytes.length)) this.#droppedSends += count
  }

  close(connection: ConnectionId, reason: string): void {
    const entry = this.#peers.get(connection)
    if (entry) this.#end(entry, reason)
  }

  async stop(): Promise<void> {
    if (this.#isStopped) return
    this.#isStopped = true
    this.flush()
    await this.#supervisor.stop()
    this.#ready.reject(new Error('The WebRTC transport was stopped before it was ready.'))
    this.#endAll(CLOSE_REASON.stopped)
  }

  #supervise(): ChildSupervisor {
    const { udpPort, bindAddress, iceServers, receivedMessagesPerSecondMax, receivedExcessMax, childPath } =
      this.#options
    const supervisor = new ChildSupervisor(
      childPath ?? builtChildPath(),
      {
        udpPort: udpPort ?? null,
        bindAddress: bindAddress ?? null,
        iceServers: iceServers ?? [],
        receivedMessagesPerSecondMax: receivedMessagesPerSecondMax ?? RECEIVED_MESSAGES_PER_SECOND_MAX,
        receivedExcessMax: receivedExcessMax ?? RECEIVED_EXCESS_MAX,
      },
      {
        ready: () => {
          this.#isStarted = true
          this.#ready.resolve()
        },
        message: (message) => contain('message of the WebRTC child', this.#report, () => this.#receive(message)),
        died: (how, restartMs) => this.#childDied(how, restartMs),
      },
    )
    supervisor.start()
    return supervisor
  }

  async #open(token: string, address: string): Promise<{ id: string; offer: string }> {
    if (this.#isStopped || !this.#supervisor.isReady) throw restarting()
    const place = this.#limits.reserve(address, performance.now())
    if (isRefusal(place)) throw place
    try {
      const admitted = await this.#options.admission(token)
      if (!admitted) throw badToken('Authorization')
      const entry = this.#addPeer(
        new PeerEntry(
          this.#nextConnection++,
          randomUUID(),
          { session: admitted.session, kind: 'webrtc', ordered: false, address },
          place,
        ),
      )
      return { id: entry.id, offer: await entry.offer.promise }
    } catch (error) {
      // An existing peer also frees the place; a second call does nothing.
      place.free()
      if (!(error instanceof HttpError)) this.#report('open a connection', error)
      throw error
    }
  }

  #addPeer(entry: PeerEntry): PeerEntry {
    const { publicAddress, bindAddress, halfOpenMsMax } = this.#options
    const loopback = bindAddress === undefined && isLoopback(entry.peer.address) ? ['127.0.0.1'] : []
    const extraAddresses = [...loopback, ...(publicAddress === undefined ? [] : [publicAddress])]
    this.#peers.add(entry)
    entry.expireAfter(halfOpenMsMax ?? HALF_OPEN_MS_MAX, () => this.#end(entry, CLOSE_REASON.lost))
    // The child may have died during admission.
    if (!this.#supervisor.send({ type: 'offer', connection: entry.connection, extraAddresses }))
      this.#removed(entry, CLOSE_REASON.restarted)
    return entry
  }

  async #answer(entry: PeerEntry, sdp: string): Promise<readonly IceCandidate[]> {
    if (entry.answer)
      throw new HttpError(409, 'answered', 'this connection has an answer already', entry.id, 'begin a new connection')
    entry.answer = new Deferred<void>()
    if (!this.#supervisor.send({ type: 'answer', connection: entry.connection, sdp })) throw restarting()
    await entry.answer.promise
    return entry.candidates
  }

  #find(id: string): PeerEntry {
    const entry = this.#peers.getById(id)
    if (!entry || entry.state === 'closing') throw closedError(this.#peers.endOf(id) ?? entry?.closeReason ?? null)
    return entry
  }

  /** Requests the end from the child; `closed` follows when the child confirms it. */
  #end(entry: PeerEntry, reason: string): void {
    if (entry.state === 'closing') return
    const isOpen = entry.state === 'open'
    if (isOpen) this.flush()
    entry.closeReason = isOpen ? reason : null
    entry.state = 'closing'
    entry.rejectPending(closedError())
    entry.expireAfter(CLOSE_CONFIRM_MS_MAX, () => this.#removed(entry, reason))
    if (!this.#supervisor.send({ type: 'close', connection: entry.connection, lingerMs: isOpen ? CLOSE_LINGER_MS : 0 }))
      this.#removed(entry, reason)
  }

  /** The peer is gone: removes it, and reports `closed` once if `opened` was reported. */
  #removed(entry: PeerEntry, reason: string): void {
    const said = entry.state === 'open' ? reason : entry.closeReason
    if (!this.#peers.remove(entry, said)) return
    entry.state = 'closing'
    entry.rejectPending(reason === CLOSE_REASON.restarted ? restarting() : closedError())
    if (said !== null) contain('closed listener', this.#report, () => this.#events.closed(entry.connection, said))
  }

  #endAll(reason: string): void {
    for (const entry of this.#peers.all()) this.#removed(entry, reason)
  }

  #childDied(how: string, restartMs: number | null): void {
    // Queued messages were for connections that are gone.
    this.#queue = new Batch()
    this.#usage = null
    if (!this.#isStopped && restartMs !== null) {
      this.#restarts += 1
      this.#report('WebRTC child', new Error(`The WebRTC process ended (${how}); it starts again in ${restartMs} ms.`))
    }
    this.#ready.reject(new Error(this.#lastFault ?? `the WebRTC process ended as it started: ${how}`))
    this.#endAll(this.#isStopped ? CLOSE_REASON.stopped : CLOSE_REASON.restarted)
  }

  #receive(message: FromChild): void {
    switch (message.type) {
      case 'ready':
        return
      case 'usage':
        this.#usage = message.usage
        return
      case 'fault':
        this.#lastFault = message.message
        // Before the first start is complete, `ready` rejects with it.
        return this.#isStarted ? this.#report(message.where, new Error(message.message)) : undefined
      case 'batch':
        return this.#receiveBatch(message)
      default:
        return this.#receiveFor(this.#peers.get(message.connection), message)
    }
  }

  #receiveFor(
    entry: PeerEntry | undefined,
    message: Exclude<FromChild, { type: 'ready' | 'fault' | 'batch' | 'usage' }>,
  ): void {
    if (!entry) return
    switch (message.type) {
      case 'offered':
        for (const candidate of message.candidates) entry.addCandidate(candidate)
        return entry.offer.resolve(message.sdp)
      case 'candidate':
        return entry.addCandidate(message.candidate)
      case 'answered':
        return this.#answered(entry, message.error)
      case 'opened':
        return this.#opened(entry)
      case 'closed':
        return this.#removed(entry, message.reason)
    }
  }

  #answered(entry: PeerEntry, error: string | null): void {
    entry.isAnswered = error === null
    if (error === null) return entry.answer?.resolve()
    entry.answer?.reject(
      new HttpError(400, 'bad-answer', `the answer cannot be used: ${error}`, 'sdp', 'connect again'),
    )
    this.#end(entry, CLOSE_REASON.peer)
  }

  #opened(entry: PeerEntry): void {
    if (entry.state !== 'half-open') return
    entry.state = 'open'
    entry.cancelExpiry()
    entry.place.opened()
    if (!contain('opened listener', this.#report, () => this.#events.opened(entry.connection, entry.peer)))
      this.#end(entry, CLOSE_REASON.internal)
  }

  #receiveBatch(batch: Extract<FromChild, { type: 'batch' }>): void {
    this.#droppedReceived += batch.droppedReceived
    this.#droppedSends += batch.droppedSends
    unpackBatch(batch.bytes, (connection, bytes) => {
      const entry = this.#peers.get(connection)
      if (entry?.state !== 'open') return
      if (!contain('received listener', this.#report, () => this.#events.received(connection, bytes)))
        this.#end(entry, CLOSE_REASON.internal)
    })
  }
}

/** The child beside the bundle of this code, or the built one if the code runs from source. */
function builtChildPath(): string {
  const fromSource = import.meta.url.endsWith('/netcode/webrtc/main-process/transport.ts')
  return fileURLToPath(
    new URL(fromSource ? '../../../dist/node/webrtc-child.js' : './webrtc-child.js', import.meta.url),
  )
}

function restarting(): HttpError {
  return new HttpError(503, 'busy', 'WebRTC is starting on the server', 'WebRTC', 'try again in a second')
}

/**
 * `why` is the peer's own fault that ended it. The peer reads it here, because a data channel closes without a reason.
 */
function closedError(why: string | null = null): HttpError {
  const message =
    why === null
      ? 'this connection does not exist, was closed, or was not opened in time'
      : `this connection has ended: ${why}`
  return new HttpError(404, 'closed', message, 'connection', 'connect again')
}
