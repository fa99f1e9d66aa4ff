/**
 * The client's side of the WebRTC transport: geckos.io signalling (see main-process/signalling.ts) and one channel of
 * raw binary. RtcPeer hides the differences between browsers and Node: client-browser.ts, client-node.ts.
 */
import { below, CONNECT_MS_MAX, refusal, timedOut, unreachable } from '../connect-error.ts'
import { isLoopback } from '../../http/connection-limits.ts'
import {
  checkMessageSize,
  CLOSE_REASON,
  ConnectError,
  MESSAGE_BYTES_MAX,
  type ClientConnection,
  type ClientEvents,
  type Connect,
} from '../transport.ts'

/** If more than this waits in a channel, bytes, new messages are dropped: the same limit as the server's. */
const CHANNEL_BUFFERED_BYTES_MAX = 16_384
/**
 * If no packet of the server has come through this long after the answer, ms, none will: connectivity checks are sent
 * every few tens of ms, and the server's late candidates have been fetched by then. The player is waiting before an
 * empty screen.
 */
const REACH_MS_MAX = 4_000
/**
 * The same if the server offers only loopback addresses and the browser does not use them by default: on one machine
 * packets take no time.
 */
const LOOPBACK_REACH_MS_MAX = 1_000
/** Pauses after the answer, at which the server is asked for late candidates, ms. */
const CANDIDATE_PAUSES_MS = [200, 400, 800, 1_600]
/** Candidates accepted from one answer of the server. */
const CANDIDATES_MAX = 32
/** Longest text accepted as an offer, characters; real ones have under 4,000. */
const OFFER_CHARACTERS_MAX = 65_536

/**
 * If nothing arrives on a connection for this long, ms, the client asks about it over HTTP: a data channel closes
 * without a reason, or, if the server's transport process died, not at all. Servers send several times a second.
 */
const QUIET_MS = 1_000
/** Time between two checks, and longest wait for an answer, ms. */
const QUIET_LOOK_MS = 250
const QUIET_ASK_MS_MAX = 4_000
/** Longest message accepted from the server, characters. */
const ENDED_CHARACTERS_MAX = 300

interface Candidate {
  readonly candidate: string
  readonly sdpMid: string
}

/** One WebRTC stack's side of a connection. It reports through RtcPeerEvents and never throws from its callbacks. */
export interface RtcPeer {
  /** Accepts the offer. Resolves with the answer when its candidates are gathered, or after a time limit. */
  answer(offerSdp: string): Promise<string>
  addCandidate(candidate: string, mid: string): void
  /** Sends a copy; does nothing if the channel is not open. */
  send(bytes: Uint8Array): void
  readonly bufferedBytes: number
  /** False if it does not use loopback addresses by default. */
  readonly usesLoopback: boolean
  close(): void
}

export interface RtcPeerEvents {
  /** Packets get through both ways (ICE is connected); the handshake is still to come. May be called more than once. */
  reached(): void
  opened(): void
  received(bytes: Uint8Array): void
  /** The connection failed or ended. May be called more than once. */
  ended(reason: string): void
}

export interface RtcClientOptions {
  /** STUN and TURN servers as URLs, such as `turn:user:password@host:port`. */
  readonly iceServers?: readonly string[]
  readonly connectMsMax?: number
}

export type MakeRtcPeer = (events: RtcPeerEvents) => RtcPeer

/** Makes a `Connect` from a WebRTC stack. */
export function webRtcConnect(make: MakeRtcPeer, options: RtcClientOptions = {}): Connect {
  return async (url, token, events) => {
    const signalling = new Signalling(below(url, '.wrtc/v2/connections'), options.connectMsMax ?? CONNECT_MS_MAX)
    const { id, offer } = await signalling.open(token)
    const connection = new RtcConnection(make, events)
    try {
      const candidates = await signalling.answer(id, await beforeEnd(connection.peer.answer(offer), signalling))
      connection.addCandidates(candidates)
      await connection.open(signalling, id)
      return connection
    } catch (error) {
      connection.close(CLOSE_REASON.lost)
      signalling.close(id)
      throw error
    }
  }
}

async function beforeEnd<T>(work: Promise<T>, signalling: Signalling): Promise<T> {
  const late = new Promise<never>((_resolve, reject) => {
    signalling.deadline.addEventListener('abort', () => reject(timedOut(signalling.address, signalling.connectMsMax)), {
      once: true,
    })
  })
  return await Promise.race([work, late])
}

/** The HTTP side of one attempt; all its requests share one deadline. */
class Signalling {
  readonly address: URL
  readonly connectMsMax: number
  readonly deadline: AbortSignal

  constructor(address: URL, connectMsMax: number) {
    this.address = address
    this.connectMsMax = connectMsMax
    this.deadline = AbortSignal.timeout(connectMsMax)
  }

  async open(token: string): Promise<{ readonly id: string; readonly offer: string }> {
    const response = await this.#fetch('', { method: 'POST', headers: { authorization: `Bearer ${token}` } })
    const body: unknown = await response.json().catch(() => null)
    const id = field(body, 'id')
    const offer = field(field(body, 'localDescription'), 'sdp')
    if (typeof id !== 'string' || typeof offer !== 'string' || offer.length > OFFER_CHARACTERS_MAX) {
      throw new ConnectError(
        'unreachable',
        `What answers at ${this.address.host} is not an Otherworld server, or a proxy changed its answer.`,
      )
    }
    return { id, offer }
  }

  /** Resolves with the server's candidates. The server accepts connectivity checks only after it has the answer. */
  async answer(id: string, sdp: string): Promise<readonly Candidate[]> {
    const body = JSON.stringify({ type: 'answer', sdp })
    const response = await this.#fetch(`/${encodeURIComponent(id)}/remote-description`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    return parseCandidates(field(await response.json().catch(() => null), 'candidates'))
  }

  /** Candidates that the server found since the last call. Rejects if the server has given up the attempt. */
  async candidates(id: string): Promise<readonly Candidate[]> {
    const response = await this.#fetch(`/${encodeURIComponent(id)}/additional-candidates`, { method: 'GET' })
    return parseCandidates(await response.json().catch(() => null))
  }

  /**
   * The server's reason for the end of a connection that was open; null if it has not ended, or the server cannot be
   * asked.
   */
  async ended(id: string): Promise<string | null> {
    const signal = AbortSignal.timeout(QUIET_ASK_MS_MAX)
    const response = await fetch(`${this.address.href}/${encodeURIComponent(id)}/additional-candidates`, {
      cache: 'no-store',
      signal,
    }).catch(() => null)
    const message = response?.status === 404 ? field(await response.json().catch(() => null), 'message') : null
    return typeof message === 'string' ? message.slice(0, ENDED_CHARACTERS_MAX).replace(/\.$/, '') : null
  }

  /** Tells the server to free a failed attempt. */
  close(id: string): void {
    fetch(`${this.address.href}/${encodeURIComponent(id)}/close`, { method: 'POST' }).catch(() => {})
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    let response: Response
    try {
      response = await fetch(this.address.href + path, { ...init, cache: 'no-store', signal: this.deadline })
    } catch (cause) {
      throw this.deadline.aborted ? timedOut(this.address, this.connectMsMax) : unreachable(this.address, cause)
    }
    if (!response.ok) throw await refusal(response)
    return response
  }
}

class RtcConnection implements ClientConnection {
  readonly kind = 'webrtc'
  readonly ordered = false
  readonly peer: RtcPeer
  readonly #events: ClientEvents
  #state: 'connecting' | 'open' | 'ended' = 'connecting'
  /** True when the caller has the connection, or is about to; only then is `closed` reported. */
  #isHandedOut = false
  #isReached = false
  #failure: ConnectError | null = null
  /** Addresses of the server's candidates. */
  #addresses: string[] = []
  #settled: () => void = () => {}
  #heardAtMs = 0
  #looking: ReturnType<typeof setInterval> | null = null

  constructor(make: MakeRtcPeer, events: ClientEvents) {
    this.#events = events
    this.peer = make({
      reached: () => {
        this.#isReached = true
      },
      opened: () => this.#opened(),
      received: (bytes) => this.#received(bytes),
      ended: (reason) => this.#end(reason),
    })
  }

  /**
   * Resolves when the channel is open. Rejects with 'udp-blocked' or 'no-loopback' if it fails, nothing comes through,
   * or it is not open by the deadline.
   */
  async open(signalling: Signalling, id: string): Promise<void> {
    if (this.#state === 'connecting' && !signalling.deadline.aborted) {
      const settled = new Promise<void>((resolve) => {
        this.#settled = resolve
      })
      signalling.deadline.addEventListener('abort', () => this.#settled(), { once: true })
      this.#fetchCandidates(signalling, id).catch((error: unknown) => this.#givenUp(error, signalling))
      const unreached = setTimeout(
        () => {
          if (!this.#isReached) this.#settled()
        },
        this.#isOutOfReach ? LOOPBACK_REACH_MS_MAX : REACH_MS_MAX,
      )
      await settled
      clearTimeout(unreached)
    }
    if (this.#state !== 'open')
      throw this.#failure ?? (this.#isOutOfReach ? noLoopback(signalling.address) : udpBlocked(signalling.address))
    this.#isHandedOut = true
    this.#watch(signalling, id)
  }

  send(bytes: Uint8Array): void {
    checkMessageSize(bytes, MESSAGE_BYTES_MAX)
    if (this.#state === 'open' && this.peer.bufferedBytes <= CHANNEL_BUFFERED_BYTES_MAX) this.peer.send(bytes)
  }

  close(reason: string): void {
    this.#end(reason)
  }

  /** True if the server offers only addresses of its own machine, which this browser does not use. */
  get #isOutOfReach(): boolean {
    return !this.peer.usesLoopback && this.#addresses.length > 0 && this.#addresses.every(isLoopback)
  }

  addCandidates(candidates: readonly Candidate[]): void {
    this.#addresses.push(...candidates.map(addressOf))
    for (const { candidate, sdpMid } of candidates) this.peer.addCandidate(candidate, sdpMid)
  }

  async #fetchCandidates(signalling: Signalling, id: string): Promise<void> {
    for (const pauseMs of CANDIDATE_PAUSES_MS) {
      await new Promise((resolve) => {
        setTimeout(resolve, pauseMs)
      })
      if (this.#state !== 'connecting') return
      this.addCandidates(await signalling.candidates(id))
    }
  }

  /** If the server has given up the attempt, the wait ends here. Other failures of the request change nothing. */
  #givenUp(error: unknown, { deadline }: Signalling): void {
    if (
      this.#state !== 'connecting' ||
      deadline.aborted ||
      !(error instanceof ConnectError) ||
      (error.reason !== 'timed-out' && error.reason !== 'refused')
    )
      return
    this.#failure = error
    this.#end(CLOSE_REASON.lost)
  }

  #opened(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'open'
    this.#settled()
  }

  /** Asks the server about a silent connection, and ends it if the server says that it is over. */
  #watch(signalling: Signalling, id: string): void {
    let isAsking = false
    this.#heardAtMs = performance.now()
    this.#looking = setInterval(() => {
      if (isAsking || performance.now() - this.#heardAtMs < QUIET_MS) return
      isAsking = true
      void this.#request(signalling, id).finally(() => {
        isAsking = false
      })
    }, QUIET_LOOK_MS)
  }

  async #request(signalling: Signalling, id: string): Promise<void> {
    const words = await signalling.ended(id)
    // If it has not ended, the next question comes after the same time.
    this.#heardAtMs = performance.now()
    if (words !== null) this.#end(words)
  }

  #received(bytes: Uint8Array): void {
    this.#heardAtMs = performance.now()
    if (this.#state === 'open' && bytes.length > 0) this.#events.received(bytes)
  }

  #end(reason: string): void {
    if (this.#state === 'ended') return
    this.#state = 'ended'
    this.#settled()
    if (this.#looking) clearInterval(this.#looking)
    this.peer.close()
    if (this.#isHandedOut) this.#events.closed(reason)
  }
}

function noLoopback(address: URL): ConnectError {
  return new ConnectError(
    'no-loopback',
    `The server at ${address.host} is reachable over WebRTC only on its own machine (127.0.0.1), and this browser does not use WebRTC on loopback addresses. ` +
      'Connect over WebSocket instead.',
  )
}

/** RFC 8839, 5.1: foundation, component, transport, priority, address. */
const addressOf = ({ candidate }: Candidate): string => candidate.split(' ')[4] ?? ''

function udpBlocked(address: URL): ConnectError {
  return new ConnectError(
    'udp-blocked',
    `The server at ${address.host} answers, but no UDP packets get through between it and this device. ` +
      'A firewall or the network may block UDP, or the server does not know its public address. Connect over WebSocket instead.',
  )
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}

function parseCandidates(value: unknown): readonly Candidate[] {
  return Array.isArray(value) ? value.slice(0, CANDIDATES_MAX).flatMap(parseCandidate) : []
}

function parseCandidate(value: unknown): Candidate[] {
  const candidate = field(value, 'candidate')
  const sdpMid = field(value, 'sdpMid')
  return typeof candidate === 'string' && typeof sdpMid === 'string' ? [{ candidate, sdpMid }] : []
}
