/**
 * The WebRTC child process. All native WebRTC code runs here, so that its faults end connections but not the server.
 * The main process starts it (main-process/child-supervisor.ts), and it ends with the main process. See
 * docs/decisions/0003-webrtc-transport.md.
 */
import { performance } from 'node:perf_hooks'
import { cleanup, IceUdpMuxListener, initLogger, preload, setSctpSettings } from 'node-datachannel'
import { contain } from '../../guard.ts'
import { CLOSE_REASON, type ConnectionId } from '../../transport.ts'
import { Batch, unpackBatch, type ChildConfig, type FromChild, type ToChild } from '../ipc.ts'
import { ServerPeer } from './server-peer.ts'

/** Longest time that received messages wait for others before they go to the main process, ms. */
const FLUSH_MS = 4
/** A batch of received messages is sent at once from this size, bytes. */
const FLUSH_BYTES = 65_536
/**
 * Bytes on their way to a main process that does not read them, above which received messages are dropped: a second of
 * 200 clients' messages. They are datagrams, whose senders expect loss.
 */
const IPC_BYTES_MAX = 8 * 1024 * 1024
/**
 * Pause between the set-ups of two connections, ms. Each blocks this thread for a few milliseconds, and its handshake
 * uses the CPU for longer. A crowd that connects must not disturb connected clients. The main process limits how many
 * wait.
 */
const SETUP_GAP_MS = 8
/** Time between two usage reports, ms. */
const USAGE_MS = 1_000
/** Time between the request to stop and stopping, ms: the last messages leave. */
const STOP_LINGER_MS = 100

const peers = new Map<ConnectionId, ServerPeer>()
/** Connections to set up, in order. */
const setups: { readonly connection: ConnectionId; readonly extraAddresses: readonly string[] }[] = []
let setupTimer: NodeJS.Timeout | null = null
const received = new Batch()
let config: ChildConfig | null = null
/** Holds the UDP port open while connections come and go: opening it again fails while the last one is closing. */
let port: IceUdpMuxListener | null = null
let flushTimer: NodeJS.Timeout | null = null
let ipcBytes = 0
let droppedReceived = 0
let droppedSends = 0

function sendToMain(message: FromChild, bytes = 0): void {
  if (!process.connected) return
  ipcBytes += bytes
  process.send?.(message, undefined, undefined, () => {
    ipcBytes -= bytes
  })
}

function report(where: string, error: unknown): void {
  sendToMain({ type: 'fault', where, message: error instanceof Error ? error.message : String(error) })
}

function flush(): void {
  if (flushTimer) clearTimeout(flushTimer)
  flushTimer = null
  if (received.isEmpty && droppedReceived === 0 && droppedSends === 0) return
  const bytes = received.pack()
  sendToMain({ type: 'batch', bytes, droppedReceived, droppedSends }, bytes.length)
  droppedReceived = 0
  droppedSends = 0
}

function flushSoon(): void {
  if (received.bytes >= FLUSH_BYTES) flush()
  else flushTimer ??= setTimeout(flush, FLUSH_MS)
}

function drop(): void {
  droppedReceived += 1
  flushSoon()
}

function receive(connection: ConnectionId, bytes: Uint8Array): void {
  if (ipcBytes + received.bytes > IPC_BYTES_MAX) return drop()
  received.add(connection, bytes)
  flushSoon()
}

function closed(connection: ConnectionId, reason: string): void {
  peers.delete(connection)
  flush()
  sendToMain({ type: 'closed', connection, reason })
}

function offerSoon(connection: ConnectionId, extraAddresses: readonly string[]): void {
  setups.push({ connection, extraAddresses })
  if (setupTimer === null) offerNext()
}

function offerNext(): void {
  setupTimer = null
  const next = setups.shift()
  if (!next) return
  offer(next.connection, next.extraAddresses)
  setupTimer = setTimeout(offerNext, SETUP_GAP_MS)
}

function offer(connection: ConnectionId, extraAddresses: readonly string[]): void {
  if (!config || peers.has(connection)) return
  try {
    peers.set(
      connection,
      new ServerPeer(
        config,
        extraAddresses,
        {
          offered: (sdp, candidates) => sendToMain({ type: 'offered', connection, sdp, candidates }),
          candidate: (candidate) => sendToMain({ type: 'candidate', connection, candidate }),
          opened: () => sendToMain({ type: 'opened', connection }),
          received: (bytes) => receive(connection, bytes),
          droppedReceived: drop,
          closed: (reason) => closed(connection, reason),
        },
        report,
      ),
    )
  } catch (error) {
    report('offer', error)
    closed(connection, CLOSE_REASON.internal)
  }
}

function answer(connection: ConnectionId, sdp: string): void {
  try {
    peers.get(connection)?.answer(sdp)
    sendToMain({ type: 'answered', connection, error: null })
  } catch (error) {
    sendToMain({ type: 'answered', connection, error: error instanceof Error ? error.message : String(error) })
  }
}

function send(batch: Uint8Array): void {
  unpackBatch(batch, (connection, bytes) => {
    if (peers.get(connection)?.send(bytes) !== false) return
    droppedSends += 1
    flushSoon()
  })
}

function closeLater(connection: ConnectionId, lingerMs: number): void {
  const waiting = setups.findIndex((setup) => setup.connection === connection)
  if (waiting >= 0) {
    setups.splice(waiting, 1)
    return closed(connection, CLOSE_REASON.peer)
  }
  // The reason that the main process has recorded is reported; this one only confirms the end.
  setTimeout(() => peers.get(connection)?.end(CLOSE_REASON.peer), lingerMs)
}

function stop(): void {
  setTimeout(() => {
    for (const peer of peers.values()) peer.end(CLOSE_REASON.stopped)
    // Runs after the closes that `end` has scheduled.
    setImmediate(exit)
  }, STOP_LINGER_MS)
}

function exit(): void {
  contain('UDP port', report, () => port?.stop())
  contain('cleanup', report, cleanup)
  process.exit(0)
}

/** Returns false, and ends the process soon, if the port cannot be opened. */
function holdPort(udpPort: number, bindAddress: string | null): boolean {
  try {
    port = bindAddress === null ? new IceUdpMuxListener(udpPort) : new IceUdpMuxListener(udpPort, bindAddress)
    return true
  } catch {
    report(
      'UDP port',
      new Error(
        `UDP port ${udpPort} cannot be opened${bindAddress === null ? '' : ` on ${bindAddress}`}: another program may use it`,
      ),
    )
    setImmediate(() => process.exit(1))
    return false
  }
}

function configure(next: ChildConfig): void {
  // Otherwise every failed handshake would write to the server's log.
  initLogger('Fatal', (level, message) =>
    contain(
      'log',
      () => {},
      () => report(`library, ${level}`, new Error(message)),
    ),
  )
  if (next.udpPort !== null && !holdPort(next.udpPort, next.bindAddress)) return
  config = next
  // Small send buffers, because waiting bytes are stale datagrams; quick acknowledgements, so that less waits for them.
  setSctpSettings({ sendBufferSize: 16_384, delayedSackTime: 100 })
  preload()
  setInterval(reportUsage, USAGE_MS).unref()
  sendToMain({ type: 'ready' })
}

function reportUsage(): void {
  const { user, system } = process.cpuUsage()
  const { active, idle } = performance.eventLoopUtilization()
  const { rss, heapUsed } = process.memoryUsage()
  sendToMain({
    type: 'usage',
    usage: {
      cpuSeconds: (user + system) / 1e6,
      activeSeconds: active / 1_000,
      idleSeconds: idle / 1_000,
      residentBytes: rss,
      heapUsedBytes: heapUsed,
    },
  })
}

function handle(message: ToChild): void {
  switch (message.type) {
    case 'configure':
      return configure(message.config)
    case 'offer':
      return offerSoon(message.connection, message.extraAddresses)
    case 'answer':
      return answer(message.connection, message.sdp)
    case 'close':
      return closeLater(message.connection, message.lingerMs)
    case 'batch':
      return send(message.bytes)
    case 'stop':
      return stop()
  }
}

process.on('message', (message) => contain('message of the main process', report, () => handle(message as ToChild)))
// The main process is gone, so the child has no task left.
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole process group; the main process decides when the child ends.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('uncaughtException', (error) => report('uncaught', error))
process.on('unhandledRejection', (error) => report('unhandled rejection', error))
