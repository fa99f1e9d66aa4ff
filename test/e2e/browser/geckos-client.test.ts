import { createServer, type Server } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { closeServer, startListening } from '../../harness/listen.ts'
import { buildChild } from '../../../netcode/webrtc/child-process/build-child.fixture.ts'
import { WebRtcTransport } from '../../../netcode/webrtc/main-process/transport.ts'
import { until } from '../../harness/wait.ts'
import { WebSocketTransport } from '../../../netcode/websocket/server.ts'
import type { ConnectionId, Peer, ServerTransport } from '../../../netcode/transport.ts'
import { launchChromium } from './chromium.ts'

const ROUND_TRIPS = 20

/** Functions that the page's script puts on `window`. */
interface PageClients {
  /** Connects with the unmodified @geckos.io/client, sends raw messages and resolves with the answers. */
  geckos(url: string, token: string, count: number): Promise<{ id: string; answers: number[][] }>
  /** The same with our own clients. Resolves with the answers and the time to connect, ms. */
  ours(
    kind: 'webrtc' | 'websocket',
    url: string,
    token: string,
    count: number,
  ): Promise<{ answers: number[][]; connectMs: number }>
  /** Connects with a bad token; resolves with the ConnectError's reason and message. */
  refused(kind: 'webrtc' | 'websocket', url: string): Promise<{ reason: string; message: string }>
}
declare global {
  interface Window {
    clients: PageClients
  }
}

let http: Server
let webRtc: WebRtcTransport
let webSocket: WebSocketTransport
let browser: Browser
let page: Page
let script = ''
let url = ''
const opened: Peer[] = []
const closed: string[] = []
const errors: string[] = []

/** Echoes each message, with 100 added to the first byte. */
function echo(transport: () => ServerTransport) {
  return {
    opened: (_connection: ConnectionId, peer: Peer) => {
      opened.push(peer)
    },
    closed: (_connection: ConnectionId, reason: string) => {
      closed.push(reason)
    },
    received: (connection: ConnectionId, bytes: Uint8Array) => {
      transport().send(
        connection,
        bytes.map((value, i) => (i === 0 ? value + 100 : value)),
      )
      transport().flush()
    },
  }
}

async function pageScript(): Promise<string> {
  const built = await build({
    entryPoints: [fileURLToPath(new URL('geckos-page.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    platform: 'browser',
    write: false,
    logLevel: 'warning',
  })
  return built.outputFiles[0]?.text ?? ''
}

beforeAll(async () => {
  script = await pageScript()
  const admission = (token: string) => Promise.resolve(token === 'good' ? { session: 'ada' } : null)
  const report = (where: string, error: unknown) => {
    errors.push(`${where}: ${String(error)}`)
  }
  webRtc = new WebRtcTransport({ admission, report, childPath: await buildChild(), events: echo(() => webRtc) })
  webSocket = new WebSocketTransport({ admission, report, events: echo(() => webSocket) })
  http = createServer((request, response) => {
    if (webRtc.handleHttp(request, response) || webSocket.handleHttp(request, response)) return
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<!doctype html><title>test</title><script>${script.replaceAll('</script', '<\\/script')}</script>`)
  })
  webSocket.attach(http)
  url = await startListening(http)
  await webRtc.ready
  browser = await launchChromium()
  page = await browser.newPage()
  page.on('pageerror', (error) => {
    errors.push(error.message)
  })
  await page.goto(url)
})

afterAll(async () => {
  await browser.close()
  await Promise.all([webRtc.stop(), webSocket.stop()])
  await closeServer(http)
})

const expected = Array.from({ length: ROUND_TRIPS }, (_, i) => [i + 100, 7, 7])

test('an unmodified @geckos.io/client connects, and sends and receives raw messages', async () => {
  const { id, answers } = await page.evaluate(([server, count]) => window.clients.geckos(server, 'good', count), [
    url,
    ROUND_TRIPS,
  ] as const)
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect(answers).toEqual(expected)
  expect(opened.at(-1)).toMatchObject({ session: 'ada', kind: 'webrtc' })
  await until('its close is heard', () => closed.length === 1)
  expect(errors).toEqual([])
})

for (const kind of ['webrtc', 'websocket'] as const) {
  test(`our ${kind} client runs in the browser and gets the server's messages`, async () => {
    const { answers, connectMs } = await page.evaluate(
      ([of, server, count]) => window.clients.ours(of, server, 'good', count),
      [kind, url, ROUND_TRIPS] as const,
    )
    expect(answers).toEqual(expected)
    expect(connectMs).toBeLessThan(5_000)
    expect(opened.at(-1)).toMatchObject({ session: 'ada', kind })
    const refused = await page.evaluate(([of, server]) => window.clients.refused(of, server), [kind, url] as const)
    expect(refused).toMatchObject({ reason: 'refused', message: expect.stringMatching(/token is not valid/) })
    expect(errors).toEqual([])
  })
}

test('bundles for browsers contain nothing of the native library', () => {
  expect(script).not.toMatch(/node-datachannel|node:|createRequire/)
})
