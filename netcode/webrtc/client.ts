/**
 * The WebRTC transport, the client's side: geckos.io signalling (see signalling.ts) and one channel of raw binary. What
 * differs between browsers and Node is behind PeerLink: client-browser.ts, client-node.ts.
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

/** A channel in which more than this waits, bytes, drops what is sent: as much as the server allows itself. */
const CHANNEL_BUFFERED_BYTES_MAX = 16_384
/**
 * Where no packet of the server has come through this long after the answer, ms, none will: connectivity checks are sent
 * each few tens of ms, and the server's late candidates were asked for by then. Who waits sits before an empty screen.
 */
const REACH_MS_MAX = 4_000
/** The same where all that the server offers are loopback addresses and the browser takes none, unless it was told to: on one machine it takes no time. */
const LOOPBACK_REACH_MS_MAX = 1_000
/** From the answer on, the server is asked for candidates that it found late, after these pauses, ms. */
const CANDIDATE_PAUSES_MS = [200, 400, 800, 1_600]
/** Candidates taken from one answer of the server. */
const CANDIDATES_MAX = 32
/** Longest text taken as an offer, characters; real ones have under 4,000. */
const OFFER_CHARACTERS_MAX = 65_536

/**
 * A connection on which nothing has come for so long, ms, is asked about over HTTP: a data channel closes without words, or,
 * where the server's transport process died, not at all. Servers send several times a second.
 */
const QUIET_MS = 1_000
/** Between two looks, and how long an answer is waited for, ms. */
const QUIET_LOOK_MS = 250
const QUIET_ASK_MS_MAX = 4_000
/** Of the server's words, characters. */
const ENDED_CHARACTERS_MAX = 300

interface Candidate {
  readonly candidate: string
  readonly sdpMid: string
}

/** One WebRTC stack's end of a connection. It reports through PeerLinkEvents and never throws from them. */
export interface RtcPeer {
  /** Takes the offer and resolves with the answer when its candidates are gathered (or enough time went by). */
  answer(offerSdp: string): Promise<string>
  addCandidate(candidate: string, mid: string): void
  /** Sends a copy; nothing where the channel is not open. */
  send(bytes: Uint8Array): void
  readonly bufferedBytes: number
  /** False: it does not use addresses as 127.0.0.1, unless the person told it to. */
  readonly usesLoopback: boolean
  close(): void
}

export interface RtcPeerEvents {
  /** Packets get through both ways (ICE is connected); the handshake is still to come. May come more than once. */
  reached(): void
  opened(): void
  received(bytes: Uint8Array): void
  /** The connection failed or ended. May come more than once. */
  ended(reason: string): void
}

export interface RtcClientOptions {
  /** STUN and TURN servers as URLs, `turn:user:password@host:port` among them. */
  readonly iceServers?: readonly string[]
  readonly connectMsMax?: number
}

export type MakePeerLink = (events: RtcPeerEvents) => RtcPeer

/** Makes a `Connect` of a WebRTC stack. */
export function webRtcConnect(make: MakePeerLink, options: RtcClientOptions = {}): Connect {
  return async (url, token, events) => {
    const signalling = new Signalling(below(url, '.wrtc/v2/connections'), options.connectMsMax ?? CONNECT_MS_MAX)
    const { id, offer } = await signalling.open(token)
    const connection = new RtcConnection(make, events)
    try {
      const candidates = await signalling.answer(id, await beforeEnd(connection.link.answer(offer), signalling))
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

/** The HTTP side of one attempt; all its requests end by one deadline. */
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

  /** Resolves with the server's candidates: it is ready to be checked only when it has the answer. */
  async answer(id: string, sdp: string): Promise<readonly Candidate[]> {
    const body = JSON.stringify({ type: 'answer', sdp })
    const response = await this.#fetch(`/${encodeURIComponent(id)}/remote-description`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    return parseCandidates(field(await response.json().catch(() => null), 'candidates'))
  }

  /** Candidates that the server found since the last call. Rejects where it has given the attempt up. */
  async candidates(id: string): Promise<readonly Candidate[]> {
    const response = await this.#fetch(`/${encodeURIComponent(id)}/additional-candidates`, { method: 'GET' })
    return parseCandidates(await response.json().catch(() => null))
  }

  /** The server's words on why a connection that was open has ended; null where it has not, or cannot be asked. */
  async ended(id: string): Promise<string | null> {
    const signal = AbortSignal.timeout(QUIET_ASK_MS_MAX)
    const response = await fetch(`${this.address.href}/${encodeURIComponent(id)}/additional-candidates`, {
      cache: 'no-store',
      signal,
    }).catch(() => null)
    const message = response?.status === 404 ? field(await response.json().catch(() => null), 'message') : null
    return typeof message === 'string' ? message.slice(0, ENDED_CHARACTERS_MAX).replace(/\.$/, '') : null
  }

  /** Tells the server to free an attempt that came to nothing. */
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
  readonly link: RtcPeer
  readonly #events: ClientEvents
  #state: 'connecting' | 'open' | 'ended' = 'connecting'
  /** The caller has it, or is about to: only then `closed` is told. */
  #isHandedOut = false
  #isReached = false
  #failure: ConnectError | null = null
  /** Addresses of the server's candidates. */
  #addresses: string[] = []
  #settled: () => void = () => {}
  #heardAtMs = 0
  #looking: ReturnType<typeof setInterval> | null = null

  constructor(make: MakePeerLink, events: ClientEvents) {
    this.#events = events
    this.link = make({
      reached: () => {
        this.#isReached = true
      },
      opened: () => this.#opened(),
      received: (bytes) => this.#received(bytes),
      ended: (reason) => this.#end(reason),
    })
  }

  /** Resolves when the channel is open; rejects with 'udp-blocked' or 'no-loopback' where it fails, nothing comes through, or it is not open by the deadline. */
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
    if (this.#state === 'open' && this.link.bufferedBytes <= CHANNEL_BUFFERED_BYTES_MAX) this.link.send(bytes)
  }

  close(reason: string): void {
    this.#end(reason)
  }

  /** All that the server offers are addresses of its own machine, which this browser does not use. */
  get #isOutOfReach(): boolean {
    return !this.link.usesLoopback && this.#addresses.length > 0 && this.#addresses.every(isLoopback)
  }

  addCandidates(candidates: readonly Candidate[]): void {
    this.#addresses.push(...candidates.map(addressOf))
    for (const { candidate, sdpMid } of candidates) this.link.addCandidate(candidate, sdpMid)
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

  /** The server's word that it waits no longer ends the wait here; a request that fails otherwise changes nothing. */
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

  /** Asks the server about a connection that has gone quiet; its word that the connection is over ends it here. */
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
    // Where it has not ended, it is asked about again after as long.
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
    this.link.close()
    if (this.#isHandedOut) this.#events.closed(reason)
  }
}

function noLoopback(address: URL): ConnectError {
  return new ConnectError(
    'no-loopback',
    `The server at ${address.host} is reached over WebRTC on its own machine alone (127.0.0.1), and this browser does not use WebRTC on loopback addresses. ` +
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
