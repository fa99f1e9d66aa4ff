import type { Connect } from '../transport.ts'
import { webSocketConnect } from './client.ts'

/** Connects with the browser's WebSocket. Rejects with a ConnectError. */
export const connectWebSocket: Connect = webSocketConnect((url, protocols) => new WebSocket(url, protocols))
