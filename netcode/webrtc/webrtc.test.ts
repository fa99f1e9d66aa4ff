import { beforeAll, afterEach, expect, test } from 'vitest'
import { PeerConnection, type DataChannel } from 'node-datachannel'
import { transportContract, type MakeContractServer } from '../transport-contract.ts'
import { CLOSE_REASON } from '../transport.ts'
import { buildChild } from './build-child.ts'
import { nodeWebRtcConnect } from './client-node.ts'
import type { WebRtcOptions } from './host.ts'
import { serveWebRtc, until, type TestServer } from './test-server.ts'

const connectWebRtc = nodeWebRtcConnect({ bindAddress: '127.0.0.1' })
const silent = { received: () => {}, closed: () => {} }
let childPath = ''
beforeAll(async () => { childPath = await buildChild() })

const make = (options: Partial<WebRtcOptions>): MakeContractServer => async (events, admission) => {
  const { transport, url, stop } = await serveWebRtc({ events, admission, childPath, ...options })
  return { transport, url, connect: connectWebRtc, stop }
}

transportContract('WebRTC', make({}))
transportContract('WebRTC on one UDP port', make({ udpPort: 42_719 }))

const servers: TestServer[] = []
afterEach(async () => { for (const server of servers.splice(0)) await server.stop() })

async function serve(options: Partial<WebRtcOptions> = {}): Promise<TestServer> {
  const server = await serveWebRtc({ childPath, ...options })
  servers.push(server)
  return server
}

const headers = { authorization: 'good' }
const open = (url: string) => fetch(`${url}/.wrtc/v2/connections`, { method: 'POST', headers })
const answer = (url: string, id: string, body: string) => fetch(`${url}/.wrtc/v2/connections/${id}/remote-description`, { method: 'POST', body })

test('twenty clients that connect at once all get in', async () => {
  const { url, transport } = await serve()
  const connections = await Promise.all(Array.from({ length: 20 }, () => connectWebRtc(url, 'good', silent)))
  await until('all open', () => transport.stats.halfOpen === 0)
  expect(transport.stats.connections).toBe(20)
  for (const connection of connections) connection.close('done')
  await until('all closed', () => transport.stats.connections === 0)
})

test('CHN-3: a message larger than the buffers is not queued behind stale ones: datagrams are dropped and counted', async () => {
  const { url, transport, opened } = await serve()
  let heard = 0
  await connectWebRtc(url, 'good', { received: () => { heard += 1 }, closed: () => {} })
  await until('opened', () => opened.length === 1)
  for (let i = 0; i < 400; i++) transport.send(opened[0] ?? 0, new Uint8Array(16_000))
  transport.flush()
  await until('drops counted', () => transport.stats.droppedSends > 0)
  await until('some arrived', () => heard > 0)
  expect(transport.stats.droppedSends + heard).toBeLessThanOrEqual(400)
})

test('a peer that floods is heard at the limit only, and others are heard as ever', async () => {
  const { url, transport, received, opened } = await serve({ receivedMessagesPerSecondMax: 100 })
  const flooder = await connectWebRtc(url, 'good', silent)
  const other = await connectWebRtc(url, 'good', silent)
  await until('both open', () => opened.length === 2)
  for (let i = 0; i < 500; i++) flooder.send(Uint8Array.of(1))
  await new Promise((resolve) => { setTimeout(resolve, 300) })
  other.send(Uint8Array.of(2))
  await until('the other is heard', () => received.some(({ bytes }) => bytes[0] === 2))
  expect(received.filter(({ bytes }) => bytes[0] === 1).length).toBeLessThan(200)
  expect(transport.stats.droppedReceived).toBeGreaterThan(200)
})

test('SIG-8: a peer that goes on flooding is ended alone, and its ID is told why', async () => {
  const { url, closed, opened, received } = await serve({ receivedMessagesPerSecondMax: 50, receivedExcessMax: 300 })
  const other = await connectWebRtc(url, 'good', silent)
  await until('the other is open', () => opened.length === 1)
  const ids: string[] = []
  const fetching = globalThis.fetch
  globalThis.fetch = async (...args) => {
    const response = await fetching(...args)
    if (typeof args[0] === 'string' && args[0].endsWith('/connections')) ids.push((await response.clone().json() as { id: string }).id)
    return response
  }
  const flooder = await connectWebRtc(url, 'good', silent).finally(() => { globalThis.fetch = fetching })
  for (let i = 0; i < 40 && closed.length === 0; i++) {
    for (let j = 0; j < 50; j++) flooder.send(Uint8Array.of(1))
    await new Promise((resolve) => { setTimeout(resolve, 20) })
  }
  await until('the flooder is ended', () => closed.length === 1)
  expect(closed).toMatchObject([{ connection: opened[1], reason: CLOSE_REASON.flood }])
  const told = await fetch(`${url}/.wrtc/v2/connections/${ids[0]}/additional-candidates`)
  expect(told.status).toBe(404)
  expect(await told.json()).toMatchObject({ reason: 'closed', message: expect.stringContaining(CLOSE_REASON.flood) })
  other.send(Uint8Array.of(2))
  await until('the other is heard', () => received.some(({ bytes }) => bytes[0] === 2))
})

test('SIG-1, SIG-2, SIG-5: broken requests of signalling are answered with a status and a reason, and nothing stays behind', async () => {
  const { url, transport } = await serve()
  const { id } = await (await open(url)).json() as { id: string }
  const statuses = async (bodies: string[]) => await Promise.all(bodies.map(async (body) => (await answer(url, id, body)).status))
  expect(await statuses(['{}', '', 'null', '[]', '{"type":"answer"}', '{"type":"offer","sdp":"v=0"}', '{"type":"answer","sdp":7}'])).toEqual(Array.from({ length: 7 }, () => 400))
  expect((await answer(url, id, JSON.stringify({ type: 'answer', sdp: `v=0${'x'.repeat(70_000)}` })).catch(() => ({ status: 413 }))).status).toBe(413)
  expect((await answer(url, id, JSON.stringify({ type: 'answer', sdp: `v=0${'x'.repeat(20_000)}` }))).status).toBe(400)
  expect((await answer(url, 'no-such-id', '{"type":"answer","sdp":"v=0"}')).status).toBe(404)
  expect((await fetch(`${url}/.wrtc/v2/connections/no-such-id/additional-candidates`)).status).toBe(404)
  expect((await fetch(`${url}/.wrtc/v2/nothing`)).status).toBe(404)
  const garbage = await answer(url, id, JSON.stringify({ type: 'answer', sdp: 'v=0\r\ngarbage' }))
  expect(garbage.status).toBe(400)
  expect(await garbage.json()).toMatchObject({ reason: 'bad-answer', message: expect.stringMatching(/answer cannot be used/) })
  await until('nothing left', () => transport.stats.connections === 0)
})

test('SIG-4: connections that are never answered are forgotten, and limits hold meanwhile', async () => {
  const { url, transport } = await serve({ halfOpenMsMax: 1_000, limits: { halfOpenPerAddressMax: 3, ownMachineLimited: true } })
  const responses = await Promise.all(Array.from({ length: 5 }, () => open(url)))
  expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 429, 429])
  expect(transport.stats.halfOpen).toBe(3)
  await until('expired', () => transport.stats.connections === 0)
  expect((await open(url)).status).toBe(200)
})

test('SIG-7: pages of other origins connect only where the operator allows them, with CORS headers', async () => {
  const { url } = await serve({ allowedOrigins: ['https://friend.example'] })
  const preflight = (origin: string) => fetch(`${url}/.wrtc/v2/connections`, { method: 'OPTIONS', headers: { origin } })
  const friend = await preflight('https://friend.example')
  expect(friend.status).toBe(204)
  expect(friend.headers.get('access-control-allow-origin')).toBe('https://friend.example')
  expect(friend.headers.get('access-control-allow-headers')).toMatch(/Authorization/)
  expect((await preflight('https://stranger.example')).status).toBe(403)
})

test('SIG-3, SIG-5: a client whose attempt the server has given up is told at once', async () => {
  const { url } = await serve({ halfOpenMsMax: 100 })
  const startMs = performance.now()
  const error = await withoutUdp(() => connectWebRtc(url, 'good', silent)).then(() => null, (reason: unknown) => reason)
  expect(error).toMatchObject({ reason: 'timed-out', message: expect.stringMatching(/not opened in time/) })
  expect(performance.now() - startMs).toBeLessThan(5_000)
})

test('a server that does not hear the UDP packets is reported as udp-blocked', async () => {
  const { url } = await serve()
  const blocked = nodeWebRtcConnect({ bindAddress: '127.0.0.1', connectMsMax: 1_500 })
  const error = await withoutUdp(() => blocked(url, 'good', silent)).then(() => null, (reason: unknown) => reason)
  expect(error).toMatchObject({ reason: 'udp-blocked', message: expect.stringMatching(/WebSocket/) })
})

/** Runs with candidates whose packets go nowhere, both ways: what a firewall makes of them. */
async function withoutUdp<T>(run: () => Promise<T>): Promise<T> {
  const fetchReal = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const body = typeof init?.body === 'string' ? { body: init.body.replaceAll(/a=candidate:.*?\\r\\n/g, '') } : {}
    const response = await fetchReal(input, { ...init, ...body })
    return new Response((await response.text()).replaceAll(/"candidate":"[^"]*"/g, '"candidate":"candidate:1 1 UDP 2114977791 127.0.0.1 9 typ host"'), response)
  }
  try {
    return await run()
  } finally {
    globalThis.fetch = fetchReal
  }
}

test('CHN-1, CHN-2: a second channel and a text message end the connection that they came on', async () => {
  const server = await serve()
  const { closed } = server
  for (const misbehave of [secondChannel, textMessage]) await connectRaw(server, misbehave)
  await until('both closed', () => closed.length === 2)
  expect(closed.map(({ reason }) => reason)).toEqual([CLOSE_REASON.channel, CLOSE_REASON.text])
})

test('CHN-2: an oversize message ends the connection that it came on, unheard, and no other', async () => {
  const server = await serve()
  const { url, received, opened, closed } = server
  const other = await connectWebRtc(url, 'good', silent)
  await until('the other is open', () => opened.length === 1)
  await connectRaw(server, ({ channel }) => {
    expect(channel.maxMessageSize()).toBeGreaterThan(200_000)
    for (let i = 0; i < 10; i++) channel.sendMessageBinary(new Uint8Array(100_000))
  }, (sdp) => sdp.replace(/a=max-message-size:\d+/, 'a=max-message-size:262144'))
  await until('closed', () => opened.length === 2 && closed.length === 1)
  expect(closed[0]?.reason).toBe(CLOSE_REASON.oversize)
  other.send(Uint8Array.of(1))
  await until('the other is heard', () => received.length > 0)
  expect(received.map(({ bytes }) => bytes.length)).toEqual([1])
})

test('a port that is taken is said at the start', async () => {
  await serve({ udpPort: 42_720 })
  await expect(serve({ udpPort: 42_720 })).rejects.toThrow(/UDP port 42720 cannot be opened/)
})

test('a killed child is reported on every connection, starts again, and takes new connections', async () => {
  const { url, transport, closed, opened, faults } = await serve({ udpPort: 42_721 })
  await Promise.all(Array.from({ length: 3 }, () => connectWebRtc(url, 'good', silent)))
  await until('open', () => opened.length === 3)
  const before = transport.stats.pid ?? 0
  process.kill(before, 'SIGKILL')
  await until('closed', () => closed.length === 3)
  expect(closed.every(({ reason }) => reason === CLOSE_REASON.restarted)).toBe(true)
  expect(transport.stats.connections).toBe(0)
  expect((await open(url)).status).toBe(503)
  const startMs = performance.now()
  await until('restarted', () => transport.stats.pid !== null && transport.stats.pid !== before)
  let connection = null
  while (!connection && performance.now() - startMs < 5_000) connection = await connectWebRtc(url, 'good', silent).catch(() => null)
  expect(connection).not.toBeNull()
  expect(transport.stats.restarts).toBe(1)
  expect(faults.join()).toMatch(/SIGKILL/)
})

interface RawPeer { readonly pc: PeerConnection, readonly channel: DataChannel }

function secondChannel({ pc }: RawPeer): void { pc.createDataChannel('mine') }
function textMessage({ channel }: RawPeer): void { channel.sendMessage('{"disconnect":{}}') }

/** Connects without our client, does `then` when the channel is open on both sides, and resolves when it is over. */
async function connectRaw({ url, opened }: TestServer, then: (peer: RawPeer) => void, edit = (sdp: string) => sdp): Promise<void> {
  const openedBefore = opened.length
  const { id, localDescription } = await (await open(url)).json() as { id: string, localDescription: { sdp: string } }
  const pc = new PeerConnection('raw', { iceServers: [], bindAddress: '127.0.0.1' })
  const gathered = new Promise<void>((resolve) => { pc.onGatheringStateChange((state) => { if (state === 'complete') resolve() }) })
  const ended = new Promise<void>((resolve) => { pc.onStateChange((state) => { if (state === 'closed' || state === 'disconnected') resolve() }) })
  const channel = new Promise<DataChannel>((resolve) => { pc.onDataChannel((dataChannel) => dataChannel.onOpen(() => resolve(dataChannel))) })
  pc.setRemoteDescription(edit(localDescription.sdp), 'offer')
  await gathered
  const answered = await (await answer(url, id, JSON.stringify({ type: 'answer', sdp: pc.localDescription()?.sdp }))).json() as { candidates: { candidate: string, sdpMid: string }[] }
  for (const { candidate, sdpMid } of answered.candidates) pc.addRemoteCandidate(candidate, sdpMid)
  await until('the server has it open', () => opened.length > openedBefore)
  then({ pc, channel: await channel })
  await ended
  pc.close()
}
