/**
 * Limits of the transports on the server, with unit and reason. Those of a session are in session/limits.ts, those of
 * connections in http/connection-limits.ts.
 */
import { ORDERED_MESSAGE_BYTES_MAX } from './transport.ts'

/** WebSocket: bytes that wait for one reader before it is closed as too slow: the largest message and as much of frames. */
export const BUFFERED_BYTES_MAX = 2 * ORDERED_MESSAGE_BYTES_MAX
/**
 * WebSocket: bytes that wait for all readers together; beyond it the one with the most is closed. A share of a small
 * host's memory.
 */
export const BUFFERED_BYTES_TOTAL_MAX = 256 * 1024 * 1024
/**
 * WebSocket: fragments of one message, and TCP chunks that wait for their frame's end: a proxy may cut 16 KiB into a
 * few; thousands only cost memory.
 */
export const FRAGMENTS_MAX = 64
export const CHUNKS_MAX = 1_024
/**
 * WebSocket: frames that a peer may send, a second and at once, including pings and empty ones: as many as over WebRTC,
 * and the backlog of a stalled TCP stream. Sessions allow fewer packets; this limits what reaches them.
 */
export const RECEIVED_FRAMES_PER_SECOND_MAX = 500
export const RECEIVED_FRAMES_BURST_MAX = 1_000

/** WebRTC: a connection that is not open after this time, ms, is dropped; connecting takes well under a second. */
export const HALF_OPEN_MS_MAX = 10_000
/** WebRTC: messages queued between two flushes, bytes: a second of 500 clients' budget. Further ones are dropped. */
export const QUEUED_BYTES_MAX = 16 * 1024 * 1024
/** WebRTC: messages accepted from one peer in a second; a client sends 30. Further ones are dropped. */
export const RECEIVED_MESSAGES_PER_SECOND_MAX = 500
/**
 * WebRTC: messages beyond that rate that may be dropped before the peer is disconnected. The allowance refills at the
 * same rate.
 */
export const RECEIVED_EXCESS_MAX = 5_000
