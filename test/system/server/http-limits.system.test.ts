/** The HTTP port against clients that occupy it: slow, silent, many, and endless ones. */
import { connect, type Socket } from 'node:net'
import { createServer } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { closeServer, startListening } from '../../harness/listen.ts'
import { isRefusal, ConnectionLimits, CONNECTION_LIMITS } from '../../../http/connection-limits.ts'
import { login } from '../../../netcode/index.ts'
import { HEADER_BYTES_MAX, REQUEST_CHECK_MS, REQUEST_MS_MAX } from '../../../server/limits.ts'
import { SocketLimits } from '../../../server/http/socket-limits.ts'
import { cleanup, serveHere, until } from '../../harness/server-harness.ts'

/** Additional time on a busy machine, ms. Without a limit the clients would stay for ever. */
const BUSY_MS = 20_000

const clean = cleanup()
afterEach(() => clean.all())

interface Peer {
  readonly socket: Socket
  readonly answer: () => string
  readonly closed: Promise<void>
}

function peer(url: string, says: string): Peer {
  let answer = ''
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname, () => socket.write(says))
  clean.add(() => socket.destroy())
  socket.on('error', () => undefined)
  socket.on('data', (chunk) => {
    answer += chunk.toString()
  })
  return {
    socket,
    answer: () => answer,
    closed: new Promise((resolve) => {
      socket.once('close', () => resolve())
    }),
  }
}

test('a silent or slow client is disconnected in time, with a response if it sent a request, and others are served', async () => {
  const { url } = await serveHere(clean)
  const silent = peer(url, '')
  const slowHead = peer(url, 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ')
  const slowBody = peer(
    url,
    'POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"name":',
  )
  // The response comes at once, while its body still arrives
  const endless = peer(url, 'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n')
  const unsigned = peer(url, 'PUT /v1/assets/incoming/a HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n')
  const drip = setInterval(() => {
    for (const { socket } of [slowHead, slowBody, endless, unsigned]) socket.write('a')
  }, 200)
  clean.add(() => clearInterval(drip))
  const startMs = performance.now()
  expect((await login(url, 'Ada')).token).not.toBe('')
  await Promise.all([silent, slowHead, slowBody, endless, unsigned].map(({ closed }) => closed))
  expect(performance.now() - startMs).toBeLessThan(REQUEST_MS_MAX + 4 * REQUEST_CHECK_MS + BUSY_MS)
  expect(slowHead.answer()).toContain('408')
  expect(slowBody.answer()).toContain('slow-body')
  expect((await login(url, 'Bob')).token).not.toBe('')
})

test('headers and bodies beyond their limits are refused with a fitting status', async () => {
  const { url } = await serveHere(clean)
  const headers = peer(url, `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(HEADER_BYTES_MAX)}\r\n\r\n`)
  await headers.closed
  expect(headers.answer()).toContain('431')
  const large = peer(url, `POST /v1/login HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n${'a'.repeat(150_000)}`)
  await until('the answer is there', () => large.answer().includes('body-too-large'))
  expect(large.answer()).toContain('413')
})

test('sockets of an address are limited: the next gets an error, and a close frees a place', async () => {
  const server = createServer((_, response) => response.end('served'))
  const limits = new SocketLimits(2, () => false)
  limits.watch(server)
  const url = await startListening(server)
  clean.add(() => closeServer(server))
  const [first, second] = [peer(url, ''), peer(url, '')]
  await until('both are counted', () => limits.addresses === 1)
  const third = peer(url, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await third.closed
  expect(third.answer()).toMatch(/^HTTP\/1.1 429 .*address-sockets/s)
  first.socket.destroy()
  await first.closed
  const fourth = peer(url, 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  await fourth.closed
  expect(fourth.answer()).toContain('served')
  second.socket.destroy()
  await until('nobody is counted any more', () => limits.addresses === 0)
})

test('three hundred connections of this machine are within its limits', () => {
  const limits = new ConnectionLimits(CONNECTION_LIMITS)
  for (let i = 0; i < 300; i++) {
    const place = limits.reserve('127.0.0.1', i)
    if (isRefusal(place)) throw new Error(place.message)
    place.opened()
  }
  expect(limits.connections).toBe(300)
})
