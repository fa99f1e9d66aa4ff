/**
 * The clients of the transport benchmark: KIND URL COUNT. Reports to its parent every 200 ms how many messages it sent
 * and received.
 */
import { connectWebSocket } from '../netcode/websocket/client-node.ts'
import type { ClientConnection } from '../netcode/transport.ts'
import type { ClientCounts } from './transports.ts'

const UP_BYTES = 150
const UP_HZ = 15
const CONNECTING_MAX = 10
const TELL_MS = 200

const [kind = '', url = '', count = '0'] = process.argv.slice(2)
const connect = kind === 'webrtc' ? (await import('../netcode/webrtc/client-node.ts')).connectWebRtc : connectWebSocket
const connections: ClientConnection[] = []
let received = 0
let sent = 0

const waiting = Array.from({ length: Number(count) }, (_, i) => `client ${i + 1}`)
await Promise.all(
  Array.from({ length: CONNECTING_MAX }, async () => {
    for (let token = waiting.shift(); token !== undefined; token = waiting.shift())
      connections.push(await connect(url, token, { received: () => void received++, closed: () => undefined }))
  }),
)

const payload = new Uint8Array(UP_BYTES).fill(3)
setInterval(() => {
  for (const connection of connections) connection.send(payload)
  sent += connections.length
}, 1000 / UP_HZ)
setInterval(() => void process.send?.({ sent, received } satisfies ClientCounts), TELL_MS)
