/** One WebSocket connection on the server: binary messages both ways, and one reason at its end. */
import type { RawData, WebSocket } from 'ws'
import { TokenBucket } from '../../http/token-bucket.ts'
import { RECEIVED_FRAMES_BURST_MAX, RECEIVED_FRAMES_PER_SECOND_MAX } from '../limits.ts'
import { CLOSE_REASON } from '../transport.ts'

/** A peer that does not answer a close is terminated after this time, ms. */
const CLOSE_LINGER_MS = 2_000
/** Bytes of a close frame's reason, RFC 6455, 5.5: 125 of a control frame minus 2 for the code. */
const CLOSE_REASON_BYTES_MAX = 123

const CODE_NORMAL = 1000
const CODE_TEXT = 1003
const CODE_ABNORMAL = 1006
const CODE_POLICY = 1008

export interface ServerSocketEvents {
  received(bytes: Uint8Array): void
  closed(reason: string): void
}

export class ServerSocket {
  /** Resolves after `closed`. */
  readonly ended: Promise<void>
  readonly #socket: WebSocket
  readonly #bufferedBytesMax: number
  readonly #events: ServerSocketEvents
  readonly #frames = new TokenBucket(RECEIVED_FRAMES_PER_SECOND_MAX, RECEIVED_FRAMES_BURST_MAX, performance.now())
  #reason: string | null = null
  #terminateTimer: NodeJS.Timeout | null = null

  constructor(socket: WebSocket, bufferedBytesMax: number, events: ServerSocketEvents) {
    this.#socket = socket
    this.#bufferedBytesMax = bufferedBytesMax
    this.#events = events
    socket.on('message', (data, isBinary) => this.#message(data, isBinary))
    socket.on('ping', (data) => this.#ping(data))
    socket.on('pong', () => void this.#isFlood())
    socket.on('error', (error) => {
      this.#reason ??= isOversize(error) ? CLOSE_REASON.oversize : CLOSE_REASON.lost
    })
    this.ended = new Promise((resolve) => {
      socket.once('close', (code) => {
        this.#closed(code)
        resolve()
      })
    })
  }

  /** Bytes that wait for the peer to read. */
  get bufferedBytes(): number {
    return this.#socket.bufferedAmount
  }

  /** Sends a copy. A peer for which too much waits is terminated instead. */
  send(bytes: Uint8Array): void {
    if (this.#reason !== null) return
    if (this.#socket.bufferedAmount + bytes.length > this.#bufferedBytesMax) return this.terminate(CLOSE_REASON.slow)
    // The socket may keep the buffer until the peer reads.
    this.#socket.send(Buffer.from(bytes), { binary: true, compress: false })
  }

  /** Sends waiting messages, then a close frame with the reason. */
  close(reason: string, lingerMs = CLOSE_LINGER_MS): void {
    this.#close(CODE_NORMAL, reason, lingerMs)
  }

  /** Ends at once and discards waiting messages. */
  terminate(reason: string): void {
    this.#reason ??= reason
    this.#socket.terminate()
  }

  #close(code: number, reason: string, lingerMs: number): void {
    if (this.#reason !== null) return
    this.#reason = reason
    this.#socket.close(code, truncated(reason))
    this.#terminateTimer = setTimeout(() => this.#socket.terminate(), lingerMs)
  }

  /** Counts a frame. Returns true, and ends the connection, if it is one too many. */
  #isFlood(): boolean {
    if (this.#reason !== null) return true
    if (this.#frames.take(1, performance.now())) return false
    this.#close(CODE_POLICY, CLOSE_REASON.flood, CLOSE_LINGER_MS)
    // A flooding peer is no longer read; what it still sends fills its own buffers.
    this.#socket.pause()
    return true
  }

  #ping(data: Buffer): void {
    if (this.#isFlood()) return
    if (this.#socket.bufferedAmount + data.length > this.#bufferedBytesMax) return this.terminate(CLOSE_REASON.slow)
    this.#socket.pong(data)
  }

  #message(data: RawData, isBinary: boolean): void {
    if (this.#isFlood()) return
    if (!isBinary) return this.#close(CODE_TEXT, CLOSE_REASON.text, CLOSE_LINGER_MS)
    const bytes = plainBytes(data)
    if (bytes.length > 0) this.#events.received(bytes)
  }

  #closed(code: number): void {
    if (this.#terminateTimer) clearTimeout(this.#terminateTimer)
    // The peer's own text is not repeated, because it may be anything.
    this.#reason ??= code === CODE_ABNORMAL ? CLOSE_REASON.lost : CLOSE_REASON.peer
    this.#events.closed(this.#reason)
  }
}

function plainBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return new Uint8Array(Buffer.concat(data))
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

function isOversize(error: Error): boolean {
  return 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
}

/** Cuts at a character boundary. */
function truncated(reason: string): string {
  let text = reason
  while (Buffer.byteLength(text) > CLOSE_REASON_BYTES_MAX) text = text.slice(0, -1)
  return text
}
