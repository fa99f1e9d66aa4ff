/**
 * One peer connection in the WebRTC child: sends the offer, accepts the answer, and moves raw binary over one channel.
 */
import { PeerConnection, type DataChannel } from 'node-datachannel'
import { contain, type ReportFault } from '../../guard.ts'
import { TokenBucket } from '../../../http/token-bucket.ts'
import { CLOSE_REASON, MESSAGE_BYTES_MAX } from '../../transport.ts'
import type { ChildConfig } from '../ipc.ts'
import { extraHostCandidates, splitDescription, usableCandidates } from './sdp.ts'

/** The channel that geckos.io 3 clients expect: this label on stream 1, unordered, without retransmission. */
const CHANNEL_LABEL = 'geckos.io'
/** The only media section of the descriptions. */
const CHANNEL_MID = '0'
const CHANNEL_INIT = { id: 1, unordered: true, maxRetransmits: 0 }

/**
 * Longest time that an offer waits for candidates, ms. Host candidates take a few ms; peers fetch those of a STUN
 * server later.
 */
const OFFER_GATHERING_MS_MAX = 200

/**
 * Bytes waiting in a channel, above which datagrams are dropped: half a second at the 32 KB/s that a client gets. Older
 * ones are stale, and newer states follow anyway.
 */
const CHANNEL_BUFFERED_BYTES_MAX = 16_384

/** Events of a peer. Nothing follows `closed`. */
export interface ServerPeerEvents {
  /** The offer without candidates, and the candidates known by then. */
  offered(sdp: string, candidates: readonly string[]): void
  candidate(candidate: string): void
  opened(): void
  received(bytes: Uint8Array): void
  /** A message beyond the peer's rate was dropped. */
  droppedReceived(): void
  closed(reason: string): void
}

export class ServerPeer {
  readonly #pc: PeerConnection
  readonly #channel: DataChannel
  readonly #events: ServerPeerEvents
  readonly #report: ReportFault
  readonly #rate: TokenBucket
  /** Messages beyond the rate that may be dropped before the peer is ended. */
  readonly #excess: TokenBucket
  readonly #extraAddresses: readonly string[]
  #state: 'gathering' | 'offered' | 'open' | 'ended' = 'gathering'
  #gatheringTimer: NodeJS.Timeout

  /** Throws if the library cannot create a connection (port taken, bad ICE server). */
  constructor(config: ChildConfig, extraAddresses: readonly string[], events: ServerPeerEvents, report: ReportFault) {
    this.#events = events
    this.#report = report
    this.#extraAddresses = extraAddresses
    const { receivedMessagesPerSecondMax: perSecond, receivedExcessMax } = config
    this.#rate = new TokenBucket(perSecond, perSecond, performance.now())
    this.#excess = new TokenBucket(perSecond, receivedExcessMax, performance.now())
    this.#pc = new PeerConnection('server', rtcConfig(config))
    this.#listenToConnection()
    this.#gatheringTimer = setTimeout(() => this.#offer(), OFFER_GATHERING_MS_MAX)
    this.#channel = this.#pc.createDataChannel(CHANNEL_LABEL, CHANNEL_INIT)
    this.#listenToChannel()
  }

  /** Applies the peer's answer. Throws if it is not valid. */
  answer(answerSdp: string): void {
    const { sdp, candidates } = splitDescription(answerSdp)
    this.#pc.setRemoteDescription(sdp, 'answer')
    // Added only now: candidates start the handshake, and it fails until the whole description is set.
    for (const candidate of usableCandidates(candidates)) {
      contain(
        'candidate of a peer',
        () => {},
        () => this.#pc.addRemoteCandidate(candidate, CHANNEL_MID),
      )
    }
  }

  /** Sends a copy now or drops the message. Returns false if it was dropped. */
  send(bytes: Uint8Array): boolean {
    if (this.#state !== 'open' || !this.#channel.isOpen()) return false
    if (this.#channel.bufferedAmount() > CHANNEL_BUFFERED_BYTES_MAX) return false
    try {
      // The return value says whether the message left at once, not whether it was accepted.
      this.#channel.sendMessageBinary(bytes)
      return true
    } catch {
      // The channel closed between the check and the call; its `closed` follows.
      return false
    }
  }

  /** Ends the connection now, and reports `closed` at once. Closing the connection also closes its channel. */
  end(reason: string): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    clearTimeout(this.#gatheringTimer)
    contain('closed listener', this.#report, () => this.#events.closed(reason))
    // Not within a callback of the connection, because closing frees them.
    setImmediate(() => contain('close connection', this.#report, () => this.#pc.close()))
  }

  #guarded(where: string, run: () => void): void {
    if (this.#state === 'ended') return
    if (!contain(where, this.#report, run)) this.end(CLOSE_REASON.internal)
  }

  #listenToConnection(): void {
    const pc = this.#pc
    pc.onLocalCandidate((candidate) => this.#guarded('local candidate', () => this.#candidate(candidate)))
    pc.onGatheringStateChange((state) =>
      this.#guarded('gathering state', () => {
        if (state === 'complete') this.#offer()
      }),
    )
    pc.onDataChannel(() => this.#guarded('second channel', () => this.end(CLOSE_REASON.channel)))
    pc.onStateChange(() => this.#guarded('connection state', () => this.#checkState()))
  }

  #listenToChannel(): void {
    const channel = this.#channel
    channel.onOpen(() => this.#guarded('channel open', () => this.#opened()))
    channel.onClosed(() => this.#guarded('channel closed', () => this.#checkState()))
    channel.onError(() => this.#guarded('channel error', () => this.#checkState()))
    channel.onMessage((message) => this.#guarded('message', () => this.#received(message)))
  }

  /** Sends the offer once, with the candidates known by then. */
  #offer(): void {
    if (this.#state !== 'gathering') return
    const description = this.#pc.localDescription()
    if (!description) return
    this.#state = 'offered'
    clearTimeout(this.#gatheringTimer)
    const { sdp, candidates } = splitDescription(description.sdp)
    this.#events.offered(sdp, [...candidates, ...extraHostCandidates(candidates, this.#extraAddresses)])
  }

  #candidate(candidate: string): void {
    // Candidates found before the offer are sent with it.
    if (this.#state !== 'gathering') this.#events.candidate(candidate.replace(/^a=/, ''))
  }

  #opened(): void {
    if (this.#state === 'open') return
    this.#state = 'open'
    this.#events.opened()
  }

  /** An event alone proves nothing: the connection has ended only if its own state says so. */
  #checkState(): void {
    const state = this.#pc.state()
    const channelClosed = this.#state === 'open' && !this.#channel.isOpen()
    if (state === 'closed' || channelClosed) this.end(CLOSE_REASON.peer)
    else if (state === 'failed' || state === 'disconnected') this.end(CLOSE_REASON.lost)
  }

  #received(message: string | Buffer | ArrayBuffer): void {
    if (typeof message === 'string') return this.end(CLOSE_REASON.text)
    const bytes = new Uint8Array(
      message instanceof ArrayBuffer ? message : message.buffer,
      message instanceof ArrayBuffer ? 0 : message.byteOffset,
      message.byteLength,
    )
    if (bytes.length > MESSAGE_BYTES_MAX) return this.end(CLOSE_REASON.oversize)
    if (!this.#rate.take(1, performance.now())) return this.#tooMany()
    // Unordered: a message may overtake the acknowledgement that opens the channel.
    this.#opened()
    if (bytes.length > 0) this.#events.received(bytes)
  }

  /** A burst is dropped; a peer that continues is disconnected, because each message costs this process time. */
  #tooMany(): void {
    this.#events.droppedReceived()
    if (!this.#excess.take(1, performance.now())) this.end(CLOSE_REASON.flood)
  }
}

function rtcConfig(config: ChildConfig): ConstructorParameters<typeof PeerConnection>[1] {
  return {
    iceServers: [...config.iceServers],
    // The library truncates longer messages and passes them on. One more byte makes truncated messages detectable.
    maxMessageSize: MESSAGE_BYTES_MAX + 1,
    ...(config.bindAddress === null ? {} : { bindAddress: config.bindAddress }),
    ...(config.udpPort === null
      ? {}
      : { enableIceUdpMux: true, portRangeBegin: config.udpPort, portRangeEnd: config.udpPort }),
  }
}
