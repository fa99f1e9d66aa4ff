import { beforeAll, afterEach, expect, test } from 'vitest'
import { freePort } from '../../test/environments/ports.ts'
import { sendUntil, until } from '../../test/harness/wait.ts'
import { transportSuite } from '../transport.suite.ts'
import type { MakeSuiteServer } from '../transport-world.fixture.ts'
import { CLOSE_REASON, ConnectError } from '../transport.ts'
import { buildChild } from './child-process/build-child.fixture.ts'
import { nodeWebRtcConnect } from './client-node.ts'
import type { WebRtcOptions } from './main-process/transport.ts'
import { withRawPeer, type RawPeer } from './raw-peer.fixture.ts'
import { serveWebRtc, type WebRtcTestServer } from './webrtc-server.fixture.ts'

const connectWebRtc = nodeWebRtcConnect({ bindAddress: '127.0.0.1' })
const silent = { received: () => {}, closed: () => {} }
let childPath = ''
beforeAll(async () => {
  childPath = await buildChild()
})

const make =
  (options: () => Promise<Partial<WebRtcOptions>>): MakeSuiteServer =>
  async (events, admission) => {
    const { transport, url, stop } = await serveWebRtc({ events, admission, childPath, ...(await options()) })
    return { transport, url, connect: connectWebRtc, stop }
  }

transportSuite(
  'WebRTC',
  make(() => Promise.resolve({})),
)
transportSuite(
  'WebRTC on one UDP port',
  make(async () => ({ udpPort: await freePort('udp') })),
)

const servers: WebRtcTestServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop()
})

async function serve(options: Partial<WebRtcOptions> = {}): Promise<WebRtcTestServer> {
  const server = await serveWebRtc({ childPath, ...options })
  servers.push(server)
  return server
}

const headers = { authorization: 'good' }
const open = (url: string) => fetch(`${url}/.wrtc/v2/connections`, { method: 'POST', headers })
const answer = (url: string, id: string, body: string) =>
  fetch(`${url}/.wrtc/v2/connections/${id}/remote-description`, { method: 'POST', body })

test('twenty clients can connect at once', async () => {
  const { url, transport } = await serve()
  const connections = await Promise.all(Array.from({ length: 20 }, () => connectWebRtc(url, 'good', silent)))
  await until('all open', () => transport.stats.halfOpen === 0)
  expect(transport.stats.connections).toBe(20)
  for (const connection of connections) connection.close('done')
  await until('all closed', () => transport.stats.connections === 0)
})

test('CHN-3: datagrams are dropped and counted when the buffers are full', async () => {
  const { url, transport, opened } = await serve()
  let heard = 0
  await connectWebRtc(url, 'good', {
    received: () => {
      heard += 1
    },
    closed: () => {},
  })
  await until('opened', () => opened.length === 1)
  for (let i = 0; i < 400; i++) transport.send(opened[0] ?? 0, new Uint8Array(16_000))
  transport.flush()
  await until('drops counted', () => transport.stats.droppedSends > 0)
  await until('some arrived', () => heard > 0)
  expect(transport.stats.droppedSends + heard).toBeLessThanOrEqual(400)
})

test('a flooding peer gets only its rate through, and others are not affected', async () => {
  const perSecond = 100
  const { url, transport, received, opened } = await serve({ receivedMessagesPerSecondMax: perSecond })
  const flooder = await connectWebRtc(url, 'good', silent)
  const other = await connectWebRtc(url, 'good', silent)
  await until('both open', () => opened.length === 2)
  const startMs = performance.now()
  const flood = (): void => {
    for (let i = 0; i < 500; i++) flooder.send(Uint8Array.of(1))
  }
  await sendUntil('messages beyond the limit are dropped', flood, () => transport.stats.droppedReceived > 200)
  await sendUntil(
    'the other is heard',
    () => other.send(Uint8Array.of(2)),
    () => received.some(({ bytes }) => bytes[0] === 2),
  )
  const seconds = (performance.now() - startMs) / 1_000
  expect(received.filter(({ bytes }) => bytes[0] === 1).length).toBeLessThanOrEqual(perSecond * (1 + seconds))
})

test('SIG-8: a peer that keeps flooding is disconnected, and its ID returns the reason', async () => {
  const { url, closed, opened, received } = await serve({ receivedMessagesPerSecondMax: 50, receivedExcessMax: 300 })
  const other = await connectWebRtc(url, 'good', silent)
  await until('the other is open', () => opened.length === 1)
  const ids: string[] = []
  const fetching = globalThis.fetch
  globalThis.fetch = async (...args) => {
    const response = await fetching(...args)
    if (typeof args[0] === 'string' && args[0].endsWith('/connections'))
      ids.push(((await response.clone().json()) as { id: string }).id)
    return response
  }
  const flooder = await connectWebRtc(url, 'good', silent).finally(() => {
    globalThis.fetch = fetching
  })
  await until('the flooder is ended', () => {
    for (let i = 0; i < 50; i++) flooder.send(Uint8Array.of(1))
    return closed.length === 1
  })
  expect(closed).toMatchObject([{ connection: opened[1], reason: CLOSE_REASON.flood }])
  const told = await fetch(`${url}/.wrtc/v2/connections/${ids[0]}/additional-candidates`)
  expect(told.status).toBe(404)
  expect(await told.json()).toMatchObject({ reason: 'closed', message: expect.stringContaining(CLOSE_REASON.flood) })
  await sendUntil(
    'the other is heard',
    () => other.send(Uint8Array.of(2)),
    () => received.some(({ bytes }) => bytes[0] === 2),
  )
})

test('SIG-1, SIG-2, SIG-5: broken signalling requests get a status and a reason, and leave nothing behind', async () => {
  const { url, transport } = await serve()
  const { id } = (await (await open(url)).json()) as { id: string }
  const statuses = async (bodies: string[]) =>
    await Promise.all(bodies.map(async (body) => (await answer(url, id, body)).status))
  expect(
    await statuses([
      '{}',
      '',
      'null',
      '[]',
      '{"type":"answer"}',
      '{"type":"offer","sdp":"v=0"}',
      '{"type":"answer","sdp":7}',
    ]),
  ).toEqual(Array.from({ length: 7 }, () => 400))
  expect(
    (
      await answer(url, id, JSON.stringify({ type: 'answer', sdp: `v=0${'x'.repeat(70_000)}` })).catch(() => ({
        status: 413,
      }))
    ).status,
  ).toBe(413)
  expect((await answer(url, id, JSON.stringify({ type: 'answer', sdp: `v=0${'x'.repeat(20_000)}` }))).status).toBe(400)
  expect((await answer(url, 'no-such-id', '{"type":"answer","sdp":"v=0"}')).status).toBe(404)
  expect((await fetch(`${url}/.wrtc/v2/connections/no-such-id/additional-candidates`)).status).toBe(404)
  expect((await fetch(`${url}/.wrtc/v2/nothing`)).status).toBe(404)
  const put = await fetch(`${url}/.wrtc/v2/connections`, { method: 'PUT' })
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'POST'])
  const get = await fetch(`${url}/.wrtc/v2/connections/${id}/close`)
  expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  const garbage = await answer(url, id, JSON.stringify({ type: 'answer', sdp: 'v=0\r\ngarbage' }))
  expect(garbage.status).toBe(400)
  expect(await garbage.json()).toMatchObject({
    reason: 'bad-answer',
    message: expect.stringMatching(/answer cannot be used/),
  })
  await until('nothing left', () => transport.stats.connections === 0)
})

test('SIG-4: only so many connections may wait for an answer', async () => {
  const { url, transport } = await serve({ limits: { halfOpenPerAddressMax: 3, ownMachineLimited: true } })
  const responses = await Promise.all(Array.from({ length: 5 }, () => open(url)))
  expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 429, 429])
  expect(transport.stats.halfOpen).toBe(3)
})

test('SIG-4: a connection without an answer is dropped, and its place is freed', async () => {
  const { url, transport } = await serve({
    halfOpenMsMax: 300,
    limits: { halfOpenPerAddressMax: 1, ownMachineLimited: true },
  })
  await open(url)
  await until('it has expired', () => transport.stats.connections === 0)
  expect((await open(url)).status).not.toBe(429)
})

test('SIG-7: pages of other origins connect only if the operator allows them, with CORS headers', async () => {
  const { url } = await serve({ allowedOrigins: ['https://friend.example'] })
  const preflight = (origin: string) => fetch(`${url}/.wrtc/v2/connections`, { method: 'OPTIONS', headers: { origin } })
  const friend = await preflight('https://friend.example')
  expect(friend.status).toBe(204)
  expect(friend.headers.get('access-control-allow-origin')).toBe('https://friend.example')
  expect(friend.headers.get('access-control-allow-headers')).toMatch(/Authorization/)
  expect((await preflight('https://stranger.example')).status).toBe(403)
})

test('SIG-3, SIG-5: a client learns at once that the server gave up its attempt', async () => {
  const { url } = await serve({ halfOpenMsMax: 100 })
  const patient = nodeWebRtcConnect({ bindAddress: '127.0.0.1', connectMsMax: 50_000 })
  const error = await withoutUdp(() => patient(url, 'good', silent)).then(
    () => null,
    (reason: unknown) => reason,
  )
  // The server's message, not that of the client's own deadline, which is far off.
  expect(error).toMatchObject({ reason: 'timed-out', message: expect.stringMatching(/not opened in time/) })
})

test('a server that gets no UDP packets is reported as udp-blocked', async () => {
  const { url } = await serve()
  let error: unknown
  // On a busy machine a short deadline may expire before the server has answered at all.
  for (const connectMsMax of [1_500, 6_000, 30_000]) {
    const blocked = nodeWebRtcConnect({ bindAddress: '127.0.0.1', connectMsMax })
    error = await withoutUdp(() => blocked(url, 'good', silent)).then(
      () => null,
      (reason: unknown) => reason,
    )
    if (!(error instanceof ConnectError && error.reason === 'timed-out')) break
  }
  expect(error).toMatchObject({ reason: 'udp-blocked', message: expect.stringMatching(/WebSocket/) })
})

/** Runs with candidates whose packets go nowhere, in both directions, as behind a firewall. */
async function withoutUdp<T>(run: () => Promise<T>): Promise<T> {
  const fetchReal = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const body = typeof init?.body === 'string' ? { body: init.body.replaceAll(/a=candidate:.*?\\r\\n/g, '') } : {}
    const response = await fetchReal(input, { ...init, ...body })
    return new Response(
      (await response.text()).replaceAll(
        /"candidate":"[^"]*"/g,
        '"candidate":"candidate:1 1 UDP 2114977791 127.0.0.1 9 typ host"',
      ),
      response,
    )
  }
  try {
    return await run()
  } finally {
    globalThis.fetch = fetchReal
  }
}

/** A raw peer that runs `then` when both sides have the channel open. */
async function connectRaw(
  { url, opened }: WebRtcTestServer,
  then: (peer: RawPeer) => void,
  edit?: (sdp: string) => string,
): Promise<void> {
  const openedBefore = opened.length
  await withRawPeer(url, () => until('the server has it open', () => opened.length > openedBefore), then, edit)
}

test('CHN-1: a second channel ends its connection', async () => {
  const server = await serve()
  await connectRaw(server, (peer) => peer.openChannel('mine'))
  await until('closed', () => server.closed.length === 1)
  expect(server.closed.map(({ reason }) => reason)).toEqual([CLOSE_REASON.channel])
})

test('CHN-2: a text message ends its connection', async () => {
  const server = await serve()
  await connectRaw(server, (peer) => {
    peer.send('{"disconnect":{}}')
  })
  await until('closed', () => server.closed.length === 1)
  expect(server.closed.map(({ reason }) => reason)).toEqual([CLOSE_REASON.text])
})

test('CHN-2: an oversize message ends only its connection, and is not delivered', async () => {
  const server = await serve()
  const { url, received, opened, closed } = server
  const other = await connectWebRtc(url, 'good', silent)
  await until('the other is open', () => opened.length === 1)
  await connectRaw(
    server,
    (peer) => {
      expect(peer.messageBytesMax).toBeGreaterThan(200_000)
      // Until the server has closed the channel, which may be after the first message.
      for (let i = 0; i < 10 && peer.send(new Uint8Array(100_000)); i++);
    },
    (sdp) => sdp.replace(/a=max-message-size:\d+/, 'a=max-message-size:262144'),
  )
  await until('closed', () => opened.length === 2 && closed.length === 1)
  expect(closed[0]?.reason).toBe(CLOSE_REASON.oversize)
  await sendUntil(
    'the other is heard',
    () => other.send(Uint8Array.of(1)),
    () => received.length > 0,
  )
  expect(new Set(received.map(({ bytes }) => bytes.length))).toEqual(new Set([1]))
})

test('a taken port is reported at the start', async () => {
  const udpPort = await freePort('udp')
  await serve({ udpPort })
  const reports: string[] = []
  const second = serve({ udpPort, report: (where) => void reports.push(where) })
  await expect(second).rejects.toThrow(`UDP port ${udpPort} cannot be opened`)
  expect(reports).toEqual([])
})

test('a killed child is reported on every connection, restarts, and accepts new connections', async () => {
  const { url, transport, closed, opened, faults } = await serve({ udpPort: await freePort('udp') })
  await Promise.all(Array.from({ length: 3 }, () => connectWebRtc(url, 'good', silent)))
  await until('open', () => opened.length === 3)
  const before = transport.stats.pid ?? 0
  process.kill(before, 'SIGKILL')
  await until('closed', () => closed.length === 3)
  expect(closed.every(({ reason }) => reason === CLOSE_REASON.restarted)).toBe(true)
  expect(transport.stats.connections).toBe(0)
  expect((await open(url)).status).toBe(503)
  await until('restarted', () => transport.stats.pid !== null && transport.stats.pid !== before)
  await until('a new connection is taken', () => connectWebRtc(url, 'good', silent).catch(() => null))
  expect(transport.stats.restarts).toBe(1)
  expect(faults.join()).toMatch(/SIGKILL/)
})
