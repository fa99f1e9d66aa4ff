/** The WebRTC transport as the main process sees it: signalling, admission and limits here, the native code in a child. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import {
  CONNECTION_LIMITS,
  ConnectionLimits,
  isLoopback,
  isRefusal,
  type ConnectionLimitOptions,
} from '../../http/connection-limits.ts'
import { contain, type ReportFault } from '../guard.ts'
import type { AllowedOrigins } from '../../http/origin.ts'
import {
  checkMessageSize,
  CLOSE_REASON,
  MESSAGE_BYTES_MAX,
  type Admission,
  type ConnectionId,
  type ServerEvents,
  type ServerTransport,
} from '../transport.ts'
import { HttpError } from '../../http/http.ts'
import { Batch, unpackBatch, type ChildUsage, type FromChild } from './ipc.ts'
import { Deferred, PeerEntry, PeerTable } from './peer-table.ts'
import { handleSignalling, socketAddress, type IceCandidate, type SignallingBackend } from './signalling.ts'
import { ChildSupervisor } from './supervisor.ts'

/** A connection that is not open after this long, ms, is given up; connecting takes well under a second. */
const HALF_OPEN_MS_MAX = 10_000
/** A closing connection lives on for this long, ms: what is queued leaves, and a goodbye is not lost. */
const CLOSE_LINGER_MS = 100
/** A close that the child did not confirm after this long, ms, counts as done. */
const CLOSE_CONFIRM_MS_MAX = 5_000
/** Messages queued between two flushes, bytes; beyond it they are dropped: a second of 500 clients' budget. */
const QUEUED_BYTES_MAX = 16 * 1024 * 1024
/** Messages taken from one peer in a second; a client sends 30. Beyond it they are dropped. */
const RECEIVED_MESSAGES_PER_SECOND_MAX = 500
/** Messages beyond that rate that one peer may have dropped before it is ended; as many a second are forgiven as are taken. */
const RECEIVED_EXCESS_MAX = 5_000

export interface WebRtcOptions {
  readonly events: ServerEvents
  readonly admission: Admission
  /** One UDP port for all peers; without it each peer gets one of its own. */
  readonly udpPort?: number
  /** Address of the interface to listen on; without it, all. */
  readonly bindAddress?: string
  /** An address of a router that maps the UDP port to this machine one to one: peers are told it too. */
  readonly publicAddress?: string
  /** STUN and TURN servers as URLs: `stun:host:port`, `turn:user:password@host:port`. */
  readonly iceServers?: readonly string[]
  /** Pages of other origins that may connect; by default none. */
  readonly allowedOrigins?: AllowedOrigins
  readonly limits?: Partial<ConnectionLimitOptions>
  readonly halfOpenMsMax?: number
  readonly receivedMessagesPerSecondMax?: number
  readonly receivedExcessMax?: number
  /** The peer's address, where a proxy stands before the server; by default the socket's. */
  readonly addressOf?: (request: IncomingMessage) => string
  /** The built child; by default dist/node/webrtc-child.js. */
  readonly childPath?: string
  /** Hears of contained faults and of the child's deaths. */
  readonly report?: ReportFault
}

/** For metrics; restarts, drops and refusals count since the start. */
export interface WebRtcStats {
  /** The child's process id; null while none runs. */
  readonly pid: number | null
  /** Half-open ones among them. */
  readonly connections: number
  readonly halfOpen: number
  readonly restarts: number
  readonly droppedSends: number
  readonly droppedReceived: number
  /** Connections refused by a limit, by its reason. */
  readonly refused: Readonly<Record<string, number>>
  /** What the child costs, as it said last; null before. */
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

  /** Resolves when the child is ready for the first time; until then connecting answers 503. Rejects if it ends before. */
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

  /** Answers a request of signalling and returns true; false where the path is another. */
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
    const link = this.#peers.get(connection)
    if (link) this.#end(link, reason)
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
        ready: () => this.#ready.resolve(),
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
    if (isRefusal(place)) throw new HttpError(place.status, place.reason, place.message)
    try {
      const admitted = await this.#options.admission(token)
      if (!admitted) throw new HttpError(401, 'token', 'The token is not valid or no longer. Log in again.')
      const link = this.#addPeer(
        new PeerEntry(
          this.#nextConnection++,
          randomUUID(),
          { session: admitted.session, kind: 'webrtc', ordered: false, address },
          place,
        ),
      )
      return { id: link.id, offer: await link.offer.promise }
    } catch (error) {
      // Where a link exists it gives the place back too; once is enough
      place.free()
      if (!(error instanceof HttpError)) this.#report('open a connection', error)
      throw error
    }
  }

  #addPeer(link: PeerEntry): PeerEntry {
    const { publicAddress, bindAddress, halfOpenMsMax } = this.#options
    const loopback = bindAddress === undefined && isLoopback(link.peer.address) ? ['127.0.0.1'] : []
    const extraAddresses = [...loopback, ...(publicAddress === undefined ? [] : [publicAddress])]
    this.#peers.add(link)
    link.expireAfter(halfOpenMsMax ?? HALF_OPEN_MS_MAX, () => this.#end(link, CLOSE_REASON.lost))
    // The child may have died while admission was asked
    if (!this.#supervisor.send({ type: 'offer', connection: link.connection, extraAddresses }))
      this.#removed(link, CLOSE_REASON.restarted)
    return link
  }

  async #answer(link: PeerEntry, sdp: string): Promise<readonly IceCandidate[]> {
    if (link.answer) throw new HttpError(409, 'answered', 'This connection has its answer already.')
    link.answer = new Deferred<void>()
    if (!this.#supervisor.send({ type: 'answer', connection: link.connection, sdp })) throw restarting()
    await link.answer.promise
    return link.candidates
  }

  #find(id: string): PeerEntry {
    const link = this.#peers.getById(id)
    if (!link || link.state === 'closing') throw closedError(this.#peers.endOf(id) ?? link?.closeReason ?? null)
    return link
  }

  /** Asks the child to end it; `closed` follows when the child says that it is gone. */
  #end(link: PeerEntry, reason: string): void {
    if (link.state === 'closing') return
    const isOpen = link.state === 'open'
    if (isOpen) this.flush()
    link.closeReason = isOpen ? reason : null
    link.state = 'closing'
    link.rejectPending(closedError())
    link.expireAfter(CLOSE_CONFIRM_MS_MAX, () => this.#removed(link, reason))
    if (!this.#supervisor.send({ type: 'close', connection: link.connection, lingerMs: isOpen ? CLOSE_LINGER_MS : 0 }))
      this.#removed(link, reason)
  }

  /** It is gone: forgets it and says so, once, where the owner had heard of it. */
  #removed(link: PeerEntry, reason: string): void {
    const said = link.state === 'open' ? reason : link.closeReason
    if (!this.#peers.remove(link, said)) return
    link.state = 'closing'
    link.rejectPending(reason === CLOSE_REASON.restarted ? restarting() : closedError())
    if (said !== null) contain('closed listener', this.#report, () => this.#events.closed(link.connection, said))
  }

  #endAll(reason: string): void {
    for (const link of this.#peers.all()) this.#removed(link, reason)
  }

  #childDied(how: string, restartMs: number): void {
    // What was queued was for connections that are gone
    this.#queue = new Batch()
    this.#usage = null
    if (!this.#isStopped) {
      this.#restarts += 1
      this.#report('WebRTC child', new Error(`The WebRTC process ended (${how}); it starts again in ${restartMs} ms.`))
    }
    this.#ready.reject(new Error(`The WebRTC process ended as it started: ${this.#lastFault ?? how}`))
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
        return this.#report(message.where, new Error(message.message))
      case 'batch':
        return this.#receiveBatch(message)
      default:
        return this.#receiveFor(this.#peers.get(message.connection), message)
    }
  }

  #receiveFor(
    link: PeerEntry | undefined,
    message: Exclude<FromChild, { type: 'ready' | 'fault' | 'batch' | 'usage' }>,
  ): void {
    if (!link) return
    switch (message.type) {
      case 'offered':
        for (const candidate of message.candidates) link.addCandidate(candidate)
        return link.offer.resolve(message.sdp)
      case 'candidate':
        return link.addCandidate(message.candidate)
      case 'answered':
        return this.#answered(link, message.error)
      case 'opened':
        return this.#opened(link)
      case 'closed':
        return this.#removed(link, message.reason)
    }
  }

  #answered(link: PeerEntry, error: string | null): void {
    link.isAnswered = error === null
    if (error === null) return link.answer?.resolve()
    link.answer?.reject(new HttpError(400, 'bad-answer', `The answer cannot be used: ${error}`))
    this.#end(link, CLOSE_REASON.peer)
  }

  #opened(link: PeerEntry): void {
    if (link.state !== 'half-open') return
    link.state = 'open'
    link.cancelExpiry()
    link.place.opened()
    if (!contain('opened listener', this.#report, () => this.#events.opened(link.connection, link.peer)))
      this.#end(link, CLOSE_REASON.internal)
  }

  #receiveBatch(batch: Extract<FromChild, { type: 'batch' }>): void {
    this.#droppedReceived += batch.droppedReceived
    this.#droppedSends += batch.droppedSends
    unpackBatch(batch.bytes, (connection, bytes) => {
      const link = this.#peers.get(connection)
      if (link?.state !== 'open') return
      if (!contain('received listener', this.#report, () => this.#events.received(connection, bytes)))
        this.#end(link, CLOSE_REASON.internal)
    })
  }
}

/** The child beside the bundle that this code is in, or the built one when it runs from its source. */
function builtChildPath(): string {
  const fromSource = import.meta.url.endsWith('/netcode/webrtc/host.ts')
  return fileURLToPath(new URL(fromSource ? '../../dist/node/webrtc-child.js' : './webrtc-child.js', import.meta.url))
}

function restarting(): HttpError {
  return new HttpError(503, 'busy', 'WebRTC is starting on the server. Try again in a second.')
}

/** `why`: what a peer did that ended it; it reads that here, since a data channel closes without words. */
function closedError(why: string | null = null): HttpError {
  if (why !== null) return new HttpError(404, 'closed', `This connection has ended: ${why}.`)
  return new HttpError(
    404,
    'closed',
    'This connection does not exist, was closed, or was not opened in time. Connect again.',
  )
}
