/**
 * A proxy before a server that sees each request of a client. The first part of the URL's path selects what happens to
 * requests on the way: http://127.0.0.1:PORT/plain is the server itself.
 */
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { setImmediate as afterAll } from 'node:timers/promises'
import { startListening } from '../../harness/listen.ts'

/** Lines of an SDP that name ICE candidates. */
export const CANDIDATE_LINES = /^a=candidate:.*\r\n/gm

/** One request as the server sees it, and its response; null until it responds. */
export interface Exchange {
  readonly way: string
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  answer: { readonly status: number; readonly body: string } | null
}

interface Answer {
  readonly status: number
  readonly body: string
}

/**
 * Changes on the way. `answer`: responds in the server's place. `changeRequest`, `changeResponse`: change the bodies.
 */
export interface Way {
  readonly answer?: (method: string, path: string) => Answer | null
  /** A request that is sent to the server first, as if by another client. */
  readonly before?: (path: string) => string | null
  readonly changeRequest?: (body: string, path: string) => string
  readonly changeResponse?: (body: string, path: string) => string
}

const refusal = (status: number, reason: string, message: string): Answer => ({
  status,
  body: JSON.stringify({ reason, message }),
})
const begins = (method: string, path: string): boolean => method === 'POST' && path.endsWith('/connections')

/** Removes the server's candidates from its responses. */
const withoutTheirs = (body: string, path: string): string =>
  path.endsWith('/remote-description')
    ? '{"candidates":[]}'
    : path.endsWith('/additional-candidates') && body.startsWith('[')
      ? '[]'
      : body

/** Removes the client's candidates from its answer. */
const withoutOurs = (body: string, path: string): string => {
  if (!path.endsWith('/remote-description')) return body
  const { type, sdp } = JSON.parse(body) as { type: string; sdp: string }
  return JSON.stringify({ type, sdp: sdp.replace(CANDIDATE_LINES, '') })
}

export const WAYS: Readonly<Record<string, Way>> = {
  plain: {},
  /** The response to a crowd behind one address. */
  crowded: {
    answer: (method, path) =>
      begins(method, path)
        ? refusal(429, 'address-busy', 'Too many connections of this address are being made. Try again in a second.')
        : null,
  },
  busy: {
    answer: (method, path) =>
      begins(method, path) ? refusal(503, 'busy', 'The server lets others in first. Try again in a second.') : null,
  },
  /** The attempt has expired by the time of the answer. */
  expired: {
    before: (path) => (path.endsWith('/remote-description') ? path.replace('remote-description', 'close') : null),
  },
  /** Some other program responds. */
  stranger: { answer: () => ({ status: 200, body: '<!doctype html><title>Printer</title>' }) },
  'no-candidates': { changeResponse: withoutTheirs },
  /** The client can reach the server but not the reverse, as behind a router. */
  routed: { changeRequest: withoutOurs },
  /** Neither side learns an address, so that no UDP packet is sent. */
  'no-udp': { changeResponse: withoutTheirs, changeRequest: withoutOurs },
}

export interface Proxy {
  readonly url: string
  readonly exchanges: readonly Exchange[]
  stop(): Promise<void>
}

/** `seen` is called with each request before it is forwarded. */
export async function signallingProxy(serverUrl: string, seen: (exchange: Exchange) => void): Promise<Proxy> {
  const target = new URL(serverUrl)
  const exchanges: Exchange[] = []
  const sockets = new Set<Socket>()
  const server = createServer((request, response) => {
    // The client may be gone, or the server
    pass(request, response).catch(() => response.destroy())
  })
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { name, path } = split(request)
    const way = WAYS[name] ?? {}
    const exchange: Exchange = {
      way: name,
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: await read(request),
      answer: null,
    }
    // Events of the client on another connection before this request have arrived by then, because both were sent at
    // once.
    await afterAll()
    await afterAll()
    exchanges.push(exchange)
    seen(exchange)
    const before = way.before?.(path)
    if (before) await forward(target, { ...exchange, path: before, body: '' }, {})
    exchange.answer = way.answer?.(exchange.method, path) ?? (await forward(target, exchange, way))
    response
      .writeHead(exchange.answer.status, {
        'content-type': exchange.answer.body.startsWith('<') ? 'text/html' : 'application/json',
      })
      .end(exchange.answer.body)
  }
  server.on('upgrade', (request, socket: Socket, head) => {
    const { path } = split(request)
    const onward = connect(Number(target.port), target.hostname, () => {
      const headers = request.rawHeaders.reduce(
        (text, part, i) => text + (i % 2 === 0 ? `${part}: ` : `${part}\r\n`),
        '',
      )
      onward.write(`GET ${path} HTTP/1.1\r\n${headers}\r\n`)
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    for (const end of [onward, socket])
      end.on('error', () => {
        onward.destroy()
        socket.destroy()
      })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  const url = await startListening(server)
  return {
    url,
    exchanges,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function split({ url = '/' }: IncomingMessage): { readonly name: string; readonly path: string } {
  const [, name = '', path = '/'] = /^\/([^/]*)(\/.*)?$/.exec(url) ?? []
  return { name, path }
}

async function read(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function forward(target: URL, { method, path, headers, body }: Exchange, way: Way): Promise<Answer> {
  const sent = way.changeRequest?.(body, path) ?? body
  return new Promise((resolve, reject) => {
    const onward = send(
      {
        host: target.hostname,
        port: target.port,
        method,
        path,
        headers: { ...headers, 'content-length': Buffer.byteLength(sent) },
      },
      (answer) => {
        read(answer).then(
          (text) => resolve({ status: answer.statusCode ?? 0, body: way.changeResponse?.(text, path) ?? text }),
          reject,
        )
      },
    )
    onward.once('error', reject)
    onward.end(sent)
  })
}
