/**
 * Messages between the main process and the WebRTC child over Node's IPC channel (serialization 'advanced'). Messages
 * of peers are packed into one batch per flush: copying one Uint8Array is cheaper than serialising many small ones.
 */
import type { ConnectionId } from '../transport.ts'

/** The child's configuration. WebRtcOptions describes the fields. */
export interface ChildConfig {
  readonly udpPort: number | null
  readonly bindAddress: string | null
  readonly iceServers: readonly string[]
  readonly receivedMessagesPerSecondMax: number
  readonly receivedExcessMax: number
}

export type ToChild =
  | { readonly type: 'configure'; readonly config: ChildConfig }
  /** Create a peer connection and offer it, also with candidates for `extraAddresses`. */
  | { readonly type: 'offer'; readonly connection: ConnectionId; readonly extraAddresses: readonly string[] }
  | { readonly type: 'answer'; readonly connection: ConnectionId; readonly sdp: string }
  /** End the peer connection after `lingerMs`, in which queued messages leave. */
  | { readonly type: 'close'; readonly connection: ConnectionId; readonly lingerMs: number }
  | { readonly type: 'batch'; readonly bytes: Uint8Array }
  | { readonly type: 'stop' }

export type FromChild =
  | { readonly type: 'ready' }
  /** The offer without candidates, and the candidates known by then; `candidate` messages have later ones. */
  | {
      readonly type: 'offered'
      readonly connection: ConnectionId
      readonly sdp: string
      readonly candidates: readonly string[]
    }
  | { readonly type: 'candidate'; readonly connection: ConnectionId; readonly candidate: string }
  /** The answer was accepted (null), or why not. */
  | { readonly type: 'answered'; readonly connection: ConnectionId; readonly error: string | null }
  | { readonly type: 'opened'; readonly connection: ConnectionId }
  /** The connection is gone, or could not be made; no message about it follows. */
  | { readonly type: 'closed'; readonly connection: ConnectionId; readonly reason: string }
  | {
      readonly type: 'batch'
      readonly bytes: Uint8Array
      readonly droppedReceived: number
      readonly droppedSends: number
    }
  | { readonly type: 'fault'; readonly where: string; readonly message: string }
  /** Sent once a second. */
  | { readonly type: 'usage'; readonly usage: ChildUsage }

/** Resources that the child has used since its start. */
export interface ChildUsage {
  /** CPU time of all its threads. */
  readonly cpuSeconds: number
  /** Time that its event loop was busy, and idle. */
  readonly activeSeconds: number
  readonly idleSeconds: number
  readonly residentBytes: number
  readonly heapUsedBytes: number
}

const isText = (value: unknown): boolean => typeof value === 'string'
const isCount = (value: unknown): boolean => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0

const USAGE: readonly (keyof ChildUsage)[] = [
  'cpuSeconds',
  'activeSeconds',
  'idleSeconds',
  'residentBytes',
  'heapUsedBytes',
]
const isUsage = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && USAGE.every((name) => Number.isFinite(Reflect.get(value, name)))

/** Check of each field of the child's messages, by message type. */
const FROM_CHILD: Readonly<Record<FromChild['type'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  ready: {},
  offered: { connection: isCount, sdp: isText, candidates: (value) => Array.isArray(value) && value.every(isText) },
  candidate: { connection: isCount, candidate: isText },
  answered: { connection: isCount, error: (value) => value === null || isText(value) },
  opened: { connection: isCount },
  closed: { connection: isCount, reason: isText },
  batch: { bytes: (value) => value instanceof Uint8Array, droppedReceived: isCount, droppedSends: isCount },
  fault: { where: isText, message: isText },
  usage: { usage: isUsage },
}

/** Checks a message of the child, which untrusted bytes reach first. Returns null if it is not a valid message. */
export function readFromChild(message: unknown): FromChild | null {
  const fields =
    typeof message === 'object' && message !== null
      ? new Map<string, unknown>(Object.entries(message))
      : new Map<string, unknown>()
  const checks = Object.entries(FROM_CHILD).find(([type]) => type === fields.get('type'))?.[1]
  return checks && Object.entries(checks).every(([name, check]) => check(fields.get(name)))
    ? (message as FromChild)
    : null
}

/** Bytes of a record's header in a batch: uint32 connection, uint16 length, little-endian. The message follows. */
export const RECORD_HEAD_BYTES = 6

/** Messages for one batch. Keeps references to the given bytes until `pack`. */
export class Batch {
  #records: { connection: ConnectionId; bytes: Uint8Array }[] = []
  #bytes = 0

  /** Bytes of the batch when packed. */
  get bytes(): number {
    return this.#bytes
  }
  get isEmpty(): boolean {
    return this.#records.length === 0
  }
  get count(): number {
    return this.#records.length
  }

  add(connection: ConnectionId, bytes: Uint8Array): void {
    this.#records.push({ connection, bytes })
    this.#bytes += RECORD_HEAD_BYTES + bytes.length
  }

  /** Copies all messages into one array and starts over. */
  pack(): Uint8Array {
    const packed = new Uint8Array(this.#bytes)
    const view = new DataView(packed.buffer)
    let offset = 0
    for (const { connection, bytes } of this.#records) {
      view.setUint32(offset, connection, true)
      view.setUint16(offset + 4, bytes.length, true)
      packed.set(bytes, offset + RECORD_HEAD_BYTES)
      offset += RECORD_HEAD_BYTES + bytes.length
    }
    this.#records = []
    this.#bytes = 0
    return packed
  }
}

/** Calls `each` for every whole record, with views of the bytes. Returns false if the batch ends within a record. */
export function unpackBatch(packed: Uint8Array, each: (connection: ConnectionId, bytes: Uint8Array) => void): boolean {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength)
  let offset = 0
  while (offset + RECORD_HEAD_BYTES <= packed.length) {
    const connection = view.getUint32(offset, true)
    const end = offset + RECORD_HEAD_BYTES + view.getUint16(offset + 4, true)
    if (end > packed.length) return false
    each(connection, packed.subarray(offset + RECORD_HEAD_BYTES, end))
    offset = end
  }
  return offset === packed.length
}
