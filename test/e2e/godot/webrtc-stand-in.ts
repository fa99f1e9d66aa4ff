/**
 * A real WebRTC stack for a Godot without one. Each TCP connection is one peer. Lines of JSON carry the calls of
 * WebRTCPeerConnection one way, and its signals and states the other way (godot-bridge/test/webrtc/stand_in_peer.gd).
 */
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { PeerConnection, type DataChannel } from 'node-datachannel'
import { startListening } from '../../harness/listen.ts'

/** A call of the peer, or a signal that it emitted, in order. */
export type PeerStep = Readonly<Record<string, unknown>>

export interface StandIn {
  readonly port: number
  stop(): Promise<void>
}

/** Godot's numbers for the states. */
const CONNECTION_STATES: Readonly<Record<string, number>> = {
  new: 0,
  connecting: 1,
  connected: 2,
  disconnected: 3,
  failed: 4,
  closed: 5,
}
const GATHERING_COMPLETE = 2

interface Line {
  readonly call?: string
  readonly emitted?: string
  readonly packet?: string
  readonly type?: string
  readonly sdp?: string
  readonly media?: string
  readonly candidate?: string
}

/** `step` is called with each line except packets, before it is carried out. */
export async function standIn(step: (step: PeerStep) => void): Promise<StandIn> {
  const peers = new Set<Peer>()
  const server = createServer((socket) => {
    const peer = new Peer(socket)
    peers.add(peer)
    socket.setNoDelay(true)
    socket.once('close', () => {
      peers.delete(peer)
      peer.close()
    })
    const lines = createInterface({ input: socket })
    // Godot may close with unread data; both ends get an error.
    for (const end of [socket, lines]) end.on('error', () => socket.destroy())
    lines.on('line', (text) => {
      const line = JSON.parse(text) as Line
      if (line.packet === undefined) step({ ...line })
      peer.take(line)
    })
  })
  const { port } = new URL(await startListening(server))
  return {
    port: Number(port),
    stop: () =>
      new Promise((resolve) => {
        for (const peer of peers) peer.hangUp()
        server.close(() => resolve())
      }),
  }
}

class Peer {
  readonly #socket: Socket
  readonly #pc = new PeerConnection('godot', { iceServers: [] })
  #channel: DataChannel | null = null
  #isClosed = false

  constructor(socket: Socket) {
    this.#socket = socket
    const pc = this.#pc
    pc.onLocalDescription((sdp, type) => this.#tell({ event: 'description', type, sdp: withoutCandidates(sdp) }))
    pc.onLocalCandidate((candidate, media) =>
      this.#tell({ event: 'candidate', media, candidate: candidate.replace(/^a=/, '') }),
    )
    pc.onGatheringStateChange((state) => {
      if (state === 'complete') this.#tell({ event: 'gathering', state: GATHERING_COMPLETE })
    })
    pc.onStateChange((state) => this.#tell({ event: 'connection', state: CONNECTION_STATES[state] ?? 0 }))
    pc.onDataChannel((channel) => this.#adopt(channel))
  }

  take({ call, packet, type, sdp, media, candidate }: Line): void {
    if (this.#isClosed) return
    if (packet !== undefined) this.#send(Buffer.from(packet, 'base64'))
    // Creates the answer automatically
    else if (call === 'set_remote_description' && type === 'offer' && sdp !== undefined)
      this.#pc.setRemoteDescription(sdp, 'offer')
    else if (call === 'add_ice_candidate' && candidate !== undefined)
      this.#pc.addRemoteCandidate(candidate, media ?? '0')
    else if (call === 'close') this.close()
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#pc.close()
  }

  hangUp(): void {
    this.close()
    this.#socket.destroy()
  }

  #send(bytes: Buffer): void {
    if (this.#channel?.isOpen() === true) this.#channel.sendMessageBinary(bytes)
  }

  #adopt(channel: DataChannel): void {
    this.#channel = channel
    channel.onMessage((message) => {
      if (typeof message !== 'string')
        this.#tell({
          event: 'packet',
          bytes: Buffer.from(message instanceof ArrayBuffer ? new Uint8Array(message) : message).toString('base64'),
        })
    })
    channel.onClosed(() => this.#tell({ event: 'closed' }))
    const opened = (): void => this.#tell({ event: 'channel', label: channel.getLabel(), id: channel.getId() })
    if (channel.isOpen()) opened()
    else channel.onOpen(opened)
  }

  #tell(event: object): void {
    if (!this.#isClosed && this.#socket.writable) this.#socket.write(`${JSON.stringify(event)}\n`)
  }
}

/** As webrtc-native reports it: candidates arrive separately. */
const withoutCandidates = (sdp: string): string => sdp.replace(/^a=(candidate:|end-of-candidates).*\r\n/gm, '')
