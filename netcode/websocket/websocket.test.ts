import { spawn } from 'node:child_process'
import { createServer, type Server } from 'node:http'
import { createConnection } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { WebSocket, type ClientOptions } from 'ws'
import { closeServer, startListening } from '../../test/harness/listen.ts'
import { sleep, until } from '../../test/harness/wait.ts'
import { transportSuite } from '../transport.suite.ts'
import type { KillClient, MakeSuiteServer } from '../transport-world.fixture.ts'
import { CLOSE_REASON, MESSAGE_BYTES_MAX, type ServerEvents } from '../transport.ts'
import { connectWebSocket } from './client-node.ts'
import { FRAGMENTS_MAX, RECEIVED_FRAMES_BURST_MAX } from '../limits.ts'
import { WebSocketTransport, type WebSocketOptions } from './server.ts'
import { offeredProtocols } from './token-subprotocol.ts'

const silent = { received: () => {}, closed: () => {} }

async function listen(
  options: WebSocketOptions,
): Promise<{ transport: WebSocketTransport; http: Server; url: string }> {
  const transport = new WebSocketTransport(options)
  const http = createServer((request, response) => {
    if (!transport.handleHttp(request, response)) response.writeHead(404).end()
  })
  transport.attach(http)
  const url = await startListening(http)
  return { transport, http, url }
}

const make: MakeSuiteServer = async (events, admission) => {
  const { transport, http, url } = await listen({ events, admission })
  return {
    transport,
    url,
    connect: connectWebSocket,
    stop: async () => {
      await transport.stop()
      await closeServer(http)
    },
  }
}

/** A separate process that connects, reports it, and disappears. */
const kill: KillClient = async ({ url }, token) => {
  const script = `import('ws').then(({ WebSocket }) => new WebSocket(process.argv[1], process.argv.slice(2)).on('open', () => console.log('open')))`
  const child = spawn(
    process.execPath,
    ['-e', script, `${url.replace('http', 'ws')}/v1/ws`, ...offeredProtocols(token)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise((resolve) => {
    child.stdout.once('data', resolve).once('close', resolve)
  })
  child.kill('SIGKILL')
}

transportSuite('WebSocket', make, kill)

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

interface ServedTransport {
  readonly url: string
  readonly transport: WebSocketTransport
  readonly opened: number[]
  readonly closed: string[]
}

async function serve(
  options: Partial<WebSocketOptions> = {},
  events: Partial<ServerEvents> = {},
): Promise<ServedTransport> {
  const opened: number[] = []
  const closed: string[] = []
  const { transport, http, url } = await listen({
    admission: (token) => Promise.resolve(token === 'good' ? { session: 'ada' } : null),
    events: {
      opened: (connection) => {
        opened.push(connection)
      },
      received: () => {},
      closed: (_, reason) => {
        closed.push(reason)
      },
      ...events,
    },
    ...options,
  })
  stops.push(async () => {
    await transport.stop()
    await closeServer(http)
  })
  return { url, transport, opened, closed }
}

/** A raw peer. The server may cut it off while it sends, so errors are ignored. */
function raw(url: string, options: ClientOptions = {}): WebSocket {
  return new WebSocket(`${url.replace('http', 'ws')}/v1/ws`, offeredProtocols('good'), options).on('error', () => {})
}

/** A raw peer that is open on its own side too: before that it can neither ping nor pause. */
async function openRaw(url: string, options: ClientOptions = {}): Promise<WebSocket> {
  const socket = raw(url, options)
  await until('the peer is open', () => socket.readyState === WebSocket.OPEN)
  return socket
}

/** Resolves with code and reason. */
const closeOf = (socket: WebSocket): Promise<readonly [number, string]> =>
  new Promise((resolve) => {
    socket.once('close', (code, reason) => resolve([code, String(reason)]))
  })

test('compression is not negotiated, because the unpacked size is unknown', async () => {
  const { url } = await serve()
  const offering = await openRaw(url, { perMessageDeflate: true })
  expect(offering.extensions).toBe('')
  offering.terminate()
})

test('WSK-1: the token is offered as a subprotocol, and the server selects the other one, so that no answer repeats the token', async () => {
  const { url, opened } = await serve()
  const socket = raw(url)
  const answer = await new Promise<string>((resolve) => {
    socket.once('upgrade', (response) => resolve(JSON.stringify(response.rawHeaders)))
  })
  await until('it is open', () => opened.length === 1)
  expect(socket.protocol).toBe('otherworld')
  expect(answer).not.toContain('good')
  socket.terminate()
})

test('WSK-1: a good token in the URL is refused with a message', async () => {
  const { url, opened, transport } = await serve()
  const said = await fetch(`${url}/v1/ws?token=good`, { headers: { authorization: 'Bearer good' } })
  expect([said.status, await said.json()]).toEqual([
    400,
    {
      reason: 'token-in-url',
      message: expect.stringContaining('in the URL'),
      where: 'token',
      fix: expect.stringContaining('Sec-WebSocket-Protocol'),
    },
  ])
  const old = new WebSocket(`${url.replace('http', 'ws')}/v1/ws?token=good`, offeredProtocols('good'))
  old.on('error', () => {})
  expect(
    await new Promise((resolve) => {
      old.on('unexpected-response', (_, response) => resolve(response.statusCode))
    }),
  ).toBe(400)
  expect([opened, transport.stats.connections]).toEqual([[], 0])
})

test.each([
  ['no subprotocol', []],
  ['only the one with the token', ['token.good']],
  ['another one', ['chat', 'token.good']],
])('WSK-1: an upgrade that offers %s is refused', async (_, offered) => {
  const { url, opened, transport } = await serve()
  const headers = { authorization: 'Bearer good' }
  const socket = new WebSocket(`${url.replace('http', 'ws')}/v1/ws`, offered, { headers }).on('error', () => {})
  const status = await new Promise((resolve) => {
    socket.on('unexpected-response', (__, response) => resolve(response.statusCode))
  })
  expect([status, opened, transport.stats.connections]).toEqual([400, [], 0])
})

test('WSK-2: an address for WebSockets has no other method than GET', async () => {
  const { url } = await serve()
  const response = await fetch(`${url}/v1/ws`, { method: 'PUT', headers: { authorization: 'Bearer good' } })
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('LOG-2: a token that no server issues is not sent', async () => {
  for (const token of ['', 'two words', 'a,b', 'a\r\nx: y', 'x'.repeat(1_025)])
    await expect(connectWebSocket('http://127.0.0.1:1', token, silent)).rejects.toMatchObject({ reason: 'refused' })
})

test('WSK-1: a peer that sends text or an oversize message is closed with that reason', async () => {
  const { url, closed } = await serve()
  const text = raw(url)
  text.on('open', () => text.send('hello'))
  expect((await closeOf(text))[0]).toBe(1003)
  const large = raw(url)
  large.on('open', () => large.send(new Uint8Array(MESSAGE_BYTES_MAX + 1)))
  await closeOf(large)
  await until('both are closed', () => closed.length === 2)
  expect(closed).toEqual([CLOSE_REASON.text, CLOSE_REASON.oversize])
})

test('a peer that floods with messages or pings is closed with that reason', async () => {
  const { url, closed } = await serve()
  const floods: ((socket: WebSocket) => void)[] = [
    (socket) => socket.send(Uint8Array.of(1)),
    (socket) => socket.send(new Uint8Array(0)),
    (socket) => socket.ping(),
    (socket) => socket.pong(),
  ]
  const calm = await openRaw(url)
  const ponged = new Promise((resolve) => {
    calm.once('pong', resolve)
  })
  calm.ping('are you there')
  expect(String(await ponged)).toBe('are you there')
  const codes = await Promise.all(
    floods.map((flood) => {
      const socket = raw(url)
      // On a busy machine the peer's allowance may grow again while the first burst is handled
      const burst = (): void => {
        if (socket.bufferedAmount > 0) return
        for (let i = 0; i < RECEIVED_FRAMES_BURST_MAX + 200; i++) flood(socket)
      }
      let timer: NodeJS.Timeout | undefined
      socket.on('open', () => {
        burst()
        timer = setInterval(burst, 5)
      })
      return closeOf(socket).finally(() => clearInterval(timer))
    }),
  )
  expect(codes).toEqual(floods.map(() => [1008, CLOSE_REASON.flood]))
  await until('all are closed', () => closed.length === 4)
  expect(calm.readyState).toBe(WebSocket.OPEN)
  calm.terminate()
})

test('a message in too many fragments is refused', async () => {
  const { url, closed } = await serve()
  const socket = raw(url)
  socket.on('open', () => {
    for (let i = 0; i < FRAGMENTS_MAX + 2; i++) socket.send(Uint8Array.of(1), { fin: false })
  })
  await until('it is closed', () => closed.length === 1)
})

test('WSK-3: a peer that does not read is closed before its buffer exceeds the limit, and others continue', async () => {
  const { url, transport, opened, closed } = await serve({ bufferedBytesMax: 1_000_000 })
  const slow = await openRaw(url)
  slow.pause()
  const fast = await openRaw(url)
  let heard = 0
  fast.on('message', () => {
    heard += 1
  })
  await until('the server has both', () => opened.length === 2)
  const [slowId = 0, fastId = 0] = opened
  let bufferedMax = 0
  for (let i = 0; i < 300 && closed.length === 0; i++) {
    transport.send(slowId, new Uint8Array(100_000))
    if (i < 20) transport.send(fastId, new Uint8Array(1_000))
    transport.flush()
    bufferedMax = Math.max(bufferedMax, transport.stats.bufferedBytes)
    await sleep(2)
  }
  expect(closed).toEqual([CLOSE_REASON.slow])
  expect(bufferedMax).toBeLessThanOrEqual(1_100_000)
  await until('the fast one has all', () => heard === 20)
  slow.terminate()
})

test('if all readers together buffer too much, the largest is closed', async () => {
  const { url, transport, opened, closed } = await serve({ bufferedBytesTotalMax: 3_000_000 })
  const [first, second] = [await openRaw(url), await openRaw(url)]
  await until('the server has both', () => opened.length === 2)
  first.pause()
  second.pause()
  const [a = 0, b = 0] = opened
  for (let i = 0; i < 200 && closed.length === 0; i++) {
    transport.send(a, new Uint8Array(100_000))
    transport.send(b, new Uint8Array(20_000))
    transport.flush()
    await sleep(2)
  }
  expect(closed).toEqual([CLOSE_REASON.slow])
  expect(transport.stats.connections).toBe(1)
  first.terminate()
  second.terminate()
})

test('an address gets only as many connections as its limit, and a close frees a place', async () => {
  const { url, transport } = await serve({ limits: { connectionsPerAddressMax: 2, ownMachineLimited: true } })
  const [first] = await Promise.all([connectWebSocket(url, 'good', silent), connectWebSocket(url, 'good', silent)])
  const error = await connectWebSocket(url, 'good', silent).then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(error).toMatchObject({ reason: 'busy', message: expect.stringMatching(/2 connections, which is the limit/) })
  first.close('enough')
  await until('one is left', () => transport.stats.connections === 1)
  await connectWebSocket(url, 'good', silent)
})

test('pages of other origins connect only if the operator allows them', async () => {
  const { url } = await serve({ allowedOrigins: ['https://friend.example'] })
  const status = (origin: string) =>
    new Promise((resolve) => {
      const socket = raw(url, { origin })
      socket.on('open', () => {
        resolve('open')
        socket.close()
      })
      socket.on('unexpected-response', (_, response) => {
        resolve(response.statusCode)
        response.destroy()
      })
    })
  expect(await status('https://friend.example')).toBe('open')
  expect(await status(url)).toBe('open')
  expect(await status('https://stranger.example')).toBe(403)
})

test('WSK-2: broken and interrupted upgrades take no place', async () => {
  const { url, transport, opened } = await serve({
    admission: () =>
      new Promise((resolve) => {
        setTimeout(() => resolve({ session: 'ada' }), 30)
      }),
  })
  const port = Number(new URL(url).port)
  const requests = [
    'GET /v1/ws HTTP/1.1\r\nSec-WebSocket-Protocol: otherworld, token.good\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'GET /v1/ws HTTP/1.1\r\nSec-WebSocket-Protocol: otherworld, token.good\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: x\r\n\r\n',
    'GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: nonsense\r\n\r\n',
  ]
  const hungUp: Promise<void>[] = []
  for (let i = 0; i < 30; i++) {
    const socket = createConnection(port, '127.0.0.1', () => socket.write(requests[i % 3] ?? ''))
    socket.on('error', () => {})
    hungUp.push(
      new Promise((resolve) => {
        socket.once('close', () => resolve())
      }),
    )
    setTimeout(() => socket.destroy(), (i * 7) % 60)
  }
  await Promise.all(hungUp)
  // Accepted after all of them, because the server handles upgrades in order.
  await connectWebSocket(url, 'good', silent)
  await until('no place is taken but its own', () => transport.stats.connections === 1)
  expect(opened).toHaveLength(1)
})
