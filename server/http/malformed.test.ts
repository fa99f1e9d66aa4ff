import { createServer, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { HEADER_BYTES_MAX } from '../limits.ts'
import { MalformedRequests } from './malformed.ts'

let server: Server | undefined
afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

/** Sends `text` to a server that answers "served", and returns all that comes back until the connection ends. */
async function answerTo(text: string): Promise<string> {
  const malformed = new MalformedRequests()
  const running = createServer(
    {
      requireHostHeader: false,
      maxHeaderSize: HEADER_BYTES_MAX,
      headersTimeout: 200,
      requestTimeout: 0,
      connectionsCheckingInterval: 50,
    },
    (request, response) => {
      if (!malformed.refuse(request, response)) response.end('served')
    },
  )
  server = running
  malformed.watch(running)
  await new Promise<void>((resolve) => {
    running.listen(0, '127.0.0.1', resolve)
  })
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect((running.address() as AddressInfo).port, '127.0.0.1', () => socket.write(text))
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk
    })
    socket.on('error', () => undefined)
    socket.once('close', () => resolve(answer))
  })
}

test.each([
  ['no HTTP', 'GARBAGE\r\n\r\n', 400, 'bad-request'],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01', 400, 'bad-request'],
  ['a request without a host', 'GET / HTTP/1.1\r\n\r\n', 400, 'bad-request'],
  ['a request with two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n', 400, 'bad-request'],
  ['a request that asks for a proxy', 'CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n', 405, 'method-not-allowed'],
  [
    'a header that is too large',
    `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(HEADER_BYTES_MAX)}\r\n\r\n`,
    431,
    'header-too-large',
  ],
  ['a header without an end', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ', 408, 'slow-header'],
  ['a second request that is no HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\nGARBAGE\r\n\r\n', 400, 'bad-request'],
])('%s is answered with what is wrong, where, and what to do', async (_, text, status, reason) => {
  const answer = await answerTo(text)
  expect(answer).toMatch(new RegExp(`HTTP/1\\.1 ${status} .*Content-Type: application/json`, 'is'))
  expect(JSON.parse(answer.slice(answer.lastIndexOf('\r\n\r\n') + 4))).toEqual({
    reason,
    message: expect.stringMatching(/./),
    where: expect.stringMatching(/./),
    fix: expect.stringMatching(/./),
  })
})
