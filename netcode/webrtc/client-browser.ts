/** The WebRTC client on the browser's RTCPeerConnection. */
import { CLOSE_REASON, type Connect } from '../transport.ts'
import { webRtcConnect, type RtcPeer, type RtcPeerEvents, type RtcClientOptions } from './client.ts'

/** Longest time that an answer waits for candidates, ms; a slow STUN server must not delay the others. */
const GATHERING_MS_MAX = 1_000
const CHANNEL_LABEL = 'geckos.io'

/** Connects with the browser's WebRTC. Rejects with a ConnectError. */
export const connectWebRtc: Connect = browserWebRtcConnect()

function browserWebRtcConnect(options: RtcClientOptions = {}): Connect {
  const iceServers = (options.iceServers ?? []).map(parseIceServer)
  return webRtcConnect((events) => new BrowserRtcPeer(new RTCPeerConnection({ iceServers }), events), options)
}

class BrowserRtcPeer implements RtcPeer {
  readonly #pc: RTCPeerConnection
  readonly #events: RtcPeerEvents
  #channel: RTCDataChannel | null = null

  constructor(pc: RTCPeerConnection, events: RtcPeerEvents) {
    this.#pc = pc
    this.#events = events
    pc.addEventListener('datachannel', (event) => this.#adopt(event.channel))
    pc.addEventListener('iceconnectionstatechange', () => {
      if (pc.iceConnectionState === 'connected' || pc.iceConnectionState === 'completed') events.reached()
    })
    pc.addEventListener('connectionstatechange', () => {
      // 'disconnected' may be temporary; the heartbeat above decides.
      if (pc.connectionState === 'failed') events.ended(CLOSE_REASON.lost)
      if (pc.connectionState === 'closed') events.ended(CLOSE_REASON.peer)
    })
  }

  /** False in Firefox unless media.peerconnection.ice.loopback is set, which a page cannot detect. */
  get usesLoopback(): boolean {
    return !/\bFirefox\//.test(navigator.userAgent)
  }
  get bufferedBytes(): number {
    return this.#channel?.bufferedAmount ?? 0
  }

  async answer(offerSdp: string): Promise<string> {
    await this.#pc.setRemoteDescription({ type: 'offer', sdp: offerSdp })
    await this.#pc.setLocalDescription(await this.#pc.createAnswer())
    await this.#gathered()
    return this.#pc.localDescription?.sdp ?? ''
  }

  addCandidate(candidate: string, mid: string): void {
    // A candidate that the browser cannot use is not a failure: others remain.
    this.#pc.addIceCandidate({ candidate, sdpMid: mid }).catch(() => {})
  }

  send(bytes: Uint8Array): void {
    if (this.#channel?.readyState === 'open') this.#channel.send(new Uint8Array(bytes))
  }

  close(): void {
    this.#pc.close()
  }

  #gathered(): Promise<void> {
    const pc = this.#pc
    return new Promise((resolve) => {
      const check = () => {
        if (pc.iceGatheringState === 'complete') resolve()
      }
      setTimeout(resolve, GATHERING_MS_MAX)
      pc.addEventListener('icegatheringstatechange', check)
      check()
    })
  }

  #adopt(channel: RTCDataChannel): void {
    if (this.#channel || channel.label !== CHANNEL_LABEL) return
    this.#channel = channel
    channel.binaryType = 'arraybuffer'
    channel.addEventListener('message', (event) => {
      if (event.data instanceof ArrayBuffer) this.#events.received(new Uint8Array(event.data))
    })
    channel.addEventListener('close', () => this.#events.ended(CLOSE_REASON.peer))
    channel.addEventListener('open', () => this.#events.opened())
    if (channel.readyState === 'open') this.#events.opened()
  }
}

/** `turn:user:password@host:port` in the form of browsers, with separate credentials. */
function parseIceServer(url: string): RTCIceServer {
  const [, scheme, username, credential, rest] = /^(stuns?|turns?):(?:([^:@]+):([^@]+)@)?(.+)$/.exec(url) ?? []
  if (username === undefined || credential === undefined) return { urls: url }
  return { urls: `${scheme}:${rest}`, username, credential }
}
