/** A WebRTC peer without our client, to test how a server handles it. */
import { PeerConnection, type DataChannel } from 'node-datachannel'

/** A connection that has not ended by then, ms, was not ended by the server. */
const ENDED_MS_MAX = 45_000

export interface RawPeer {
  /** Largest message that the server accepts according to its offer, bytes. */
  readonly messageBytesMax: number
  /**
   * Returns false if the channel is closed: the server may end the connection at any moment, also between two messages.
   */
  send(message: string | Uint8Array): boolean
  openChannel(label: string): void
}

/** The WebRTC library throws if a channel or connection closed between a check and the call. */
function happens(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}

class LibraryPeer implements RawPeer {
  readonly pc = new PeerConnection('raw', { iceServers: [], bindAddress: '127.0.0.1' })
  readonly ended: Promise<void>
  readonly opened: Promise<void>
  messageBytesMax = 0
  #channel: DataChannel | null = null

  constructor() {
    this.ended = new Promise((resolve) => {
      this.pc.onStateChange((state) => {
        if (state !== 'connecting' && state !== 'connected') resolve()
      })
    })
    this.opened = new Promise((resolve) => {
      this.pc.onDataChannel((channel) =>
        channel.onOpen(() => {
          this.#channel = channel
          happens(() => {
            this.messageBytesMax = channel.maxMessageSize()
          })
          resolve()
        }),
      )
    })
  }

  send(message: string | Uint8Array): boolean {
    const channel = this.#channel
    return (
      channel !== null &&
      happens(() => {
        if (typeof message === 'string') channel.sendMessage(message)
        else channel.sendMessageBinary(message)
      })
    )
  }

  openChannel(label: string): void {
    happens(() => {
      this.pc.createDataChannel(label)
    })
  }

  /** Accepts the offer. Returns the answer with its candidates. */
  async answer(offerSdp: string): Promise<string> {
    const gathered = new Promise<void>((resolve) => {
      this.pc.onGatheringStateChange((state) => {
        if (state === 'complete') resolve()
      })
    })
    this.pc.setRemoteDescription(offerSdp, 'offer')
    await gathered
    return this.pc.localDescription()?.sdp ?? ''
  }

  addCandidate(candidate: string, mid: string): void {
    happens(() => {
      this.pc.addRemoteCandidate(candidate, mid)
    })
  }
}

interface Offered {
  readonly id: string
  readonly localDescription: { readonly sdp: string }
}
interface Answered {
  readonly candidates: readonly { readonly candidate: string; readonly sdpMid: string }[]
}

/**
 * Connects, runs `then` once `isReady` says that the server has opened the channel too, and resolves when the
 * connection has ended.
 */
export async function withRawPeer(
  url: string,
  isReady: () => Promise<unknown>,
  then: (peer: RawPeer) => void,
  edit = (sdp: string): string => sdp,
): Promise<void> {
  const connections = `${url}/.wrtc/v2/connections`
  const { id, localDescription } = (await (
    await fetch(connections, { method: 'POST', headers: { authorization: 'good' } })
  ).json()) as Offered
  const peer = new LibraryPeer()
  try {
    const body = JSON.stringify({ type: 'answer', sdp: await peer.answer(edit(localDescription.sdp)) })
    const { candidates } = (await (
      await fetch(`${connections}/${id}/remote-description`, { method: 'POST', body })
    ).json()) as Answered
    for (const { candidate, sdpMid } of candidates) peer.addCandidate(candidate, sdpMid)
    await Promise.all([isReady(), peer.opened])
    then(peer)
    await withinTime(peer.ended)
  } finally {
    peer.pc.close()
  }
}

async function withinTime(ended: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`the server did not end the connection within ${ENDED_MS_MAX} ms`)),
      ENDED_MS_MAX,
    )
  })
  await Promise.race([ended, late]).finally(() => clearTimeout(timer))
}
