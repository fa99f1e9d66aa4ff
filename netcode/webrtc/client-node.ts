/** The WebRTC client in Node, on node-datachannel's native interface. Never import it in code for browsers. */
import { PeerConnection, setSctpSettings, type DataChannel } from 'node-datachannel'
import { contain, type ReportFault } from '../guard.ts'
import { CLOSE_REASON, MESSAGE_BYTES_MAX, type Connect } from '../transport.ts'
import { webRtcConnect, type RtcPeer, type RtcPeerEvents, type RtcClientOptions } from './client.ts'

/** Longest time that an answer waits for candidates, ms; a slow STUN server must not delay the others. */
const GATHERING_MS_MAX = 1_000
const CHANNEL_LABEL = 'geckos.io'

export interface NodeRtcClientOptions extends RtcClientOptions {
  /** Address of the interface to use; by default all. */
  readonly bindAddress?: string
  readonly report?: ReportFault
}

/** Connects with node-datachannel. Rejects with a ConnectError. */
export const connectWebRtc: Connect = nodeWebRtcConnect()

export function nodeWebRtcConnect(options: NodeRtcClientOptions = {}): Connect {
  // Small buffers as on the server, because waiting bytes are stale.
  setSctpSettings({ sendBufferSize: 16_384, delayedSackTime: 100 })
  return webRtcConnect((events) => new NodeRtcPeer(options, events), options)
}

class NodeRtcPeer implements RtcPeer {
  readonly #pc: PeerConnection
  readonly #events: RtcPeerEvents
  readonly #report: ReportFault
  #channel: DataChannel | null = null
  #isClosed = false

  constructor(options: NodeRtcClientOptions, events: RtcPeerEvents) {
    this.#events = events
    this.#report = options.report ?? (() => {})
    const bind = options.bindAddress === undefined ? {} : { bindAddress: options.bindAddress }
    this.#pc = new PeerConnection('client', {
      iceServers: [...(options.iceServers ?? [])],
      maxMessageSize: MESSAGE_BYTES_MAX,
      ...bind,
    })
    this.#pc.onDataChannel((channel) => this.#guarded('channel', () => this.#adopt(channel)))
    this.#pc.onIceStateChange((state) =>
      this.#guarded('ICE state', () => {
        if (state === 'connected' || state === 'completed') events.reached()
      }),
    )
    this.#pc.onStateChange((state) => this.#guarded('connection state', () => this.#stateChanged(state)))
  }

  readonly usesLoopback = true
  get bufferedBytes(): number {
    return this.#isClosed ? 0 : (this.#channel?.bufferedAmount() ?? 0)
  }

  answer(offerSdp: string): Promise<string> {
    const pc = this.#pc
    return new Promise((resolve, reject) => {
      const take = () => {
        const description = pc.localDescription()
        if (description) resolve(description.sdp)
        else reject(new Error('The WebRTC library made no answer to the offer.'))
      }
      setTimeout(() => this.#guarded('answer', take), GATHERING_MS_MAX)
      pc.onGatheringStateChange((state) =>
        this.#guarded('gathering state', () => {
          if (state === 'complete') take()
        }),
      )
      // This call also creates the answer.
      pc.setRemoteDescription(offerSdp, 'offer')
    })
  }

  addCandidate(candidate: string, mid: string): void {
    // A candidate that cannot be used is not a failure: others remain.
    this.#guarded('candidate', () => this.#pc.addRemoteCandidate(candidate, mid))
  }

  send(bytes: Uint8Array): void {
    if (this.#isClosed || !this.#channel?.isOpen()) return
    try {
      this.#channel.sendMessageBinary(bytes)
    } catch {
      // The channel closed between the check and the call, so the message is lost like any datagram.
    }
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    // Not within a callback of the connection, because closing frees them.
    setImmediate(() => contain('close', this.#report, () => this.#pc.close()))
  }

  /** Contains exceptions: one that leaves a native callback aborts the process. */
  #guarded(where: string, run: () => void): void {
    if (!this.#isClosed) contain(where, this.#report, run)
  }

  #adopt(channel: DataChannel): void {
    if (this.#channel || channel.getLabel() !== CHANNEL_LABEL) return
    this.#channel = channel
    channel.onMessage((message) => this.#guarded('message', () => this.#received(message)))
    channel.onClosed(() => this.#guarded('channel closed', () => this.#events.ended(CLOSE_REASON.peer)))
    channel.onOpen(() => this.#guarded('channel open', () => this.#events.opened()))
    if (channel.isOpen()) this.#events.opened()
  }

  #received(message: string | Buffer | ArrayBuffer): void {
    if (typeof message === 'string') return
    this.#events.received(
      message instanceof ArrayBuffer
        ? new Uint8Array(message)
        : new Uint8Array(message.buffer, message.byteOffset, message.byteLength),
    )
  }

  #stateChanged(state: string): void {
    if (state === 'closed') this.#events.ended(CLOSE_REASON.peer)
    if (state === 'failed' || state === 'disconnected') this.#events.ended(CLOSE_REASON.lost)
  }
}
