/** The WebSocket client in Node 20, which has no built-in WebSocket. */
import { WebSocket } from 'ws'
import type { Connect } from '../transport.ts'
import { ORDERED_MESSAGE_BYTES_MAX } from '../transport.ts'
import { webSocketConnect } from './client.ts'

/** Connects with the WebSocket of the `ws` package. Rejects with a ConnectError. */
export const connectWebSocket: Connect = webSocketConnect(
  (url, protocols) =>
    new WebSocket(url, protocols, { maxPayload: ORDERED_MESSAGE_BYTES_MAX, perMessageDeflate: false }),
)
