/** A WebRTC server for tests: transport, HTTP server, and a record of what it received. Everything on 127.0.0.1. */
import { createServer } from 'node:http'
import { closeServer, startListening } from '../../test/harness/listen.ts'
import { WebRtcTransport, type WebRtcOptions } from './main-process/transport.ts'
import { buildChild } from './child-process/build-child.fixture.ts'
import type { ConnectionId } from '../transport.ts'

export interface WebRtcTestServer {
  readonly transport: WebRtcTransport
  readonly url: string
  readonly opened: ConnectionId[]
  readonly received: { readonly connection: ConnectionId; readonly bytes: Uint8Array }[]
  readonly closed: { readonly connection: ConnectionId; readonly reason: string }[]
  /** Contained faults that the transport reported. */
  readonly faults: string[]
  stop(): Promise<void>
}

/** Admits the token 'good'. `options` override any of this. */
export async function serveWebRtc(options: Partial<WebRtcOptions> = {}): Promise<WebRtcTestServer> {
  const opened: WebRtcTestServer['opened'] = []
  const received: { connection: ConnectionId; bytes: Uint8Array }[] = []
  const closed: { connection: ConnectionId; reason: string }[] = []
  const faults: string[] = []
  const transport = new WebRtcTransport({
    admission: (token) => Promise.resolve(token === 'good' ? { session: 'ada' } : null),
    events: {
      opened: (connection) => {
        opened.push(connection)
      },
      received: (connection, bytes) => {
        received.push({ connection, bytes })
      },
      closed: (connection, reason) => {
        closed.push({ connection, reason })
      },
    },
    bindAddress: '127.0.0.1',
    childPath: options.childPath ?? (await buildChild()),
    report: (where, error) => {
      faults.push(`${where}: ${error instanceof Error ? error.message : String(error)}`)
    },
    ...options,
  })
  const http = createServer((request, response) => {
    if (!transport.handleHttp(request, response)) response.writeHead(404).end()
  })
  const url = await startListening(http)
  const stop = async () => {
    await transport.stop()
    await closeServer(http)
  }
  await transport.ready.catch(async (error: unknown) => {
    await stop()
    throw error
  })
  return {
    transport,
    url,
    opened,
    received,
    closed,
    faults,
    stop,
  }
}
