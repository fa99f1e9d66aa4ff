/**
 * A proxy before a server. It records what a proxy's log would: the first line of each request, and separately the
 * tokens that passed.
 */
import { connect, createServer } from 'node:net'
import { startListening } from './listen.ts'
import type { Cleanup } from './server-harness.ts'

export interface HttpTap {
  readonly url: string
  /** "GET /v1/ws HTTP/1.1" */
  readonly requestLines: readonly string[]
  /** Session tokens in the headers and responses that passed. */
  readonly tokens: ReadonlySet<string>
  /** The request lines that contain one of the tokens. */
  leaks(): readonly string[]
}

const REQUEST_LINE = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+ HTTP\/1\.[01](?=\r$)/gm
const TOKEN_IN_HEADER = /^(?:authorization: (?:Bearer )?|sec-websocket-protocol: [^\r]*\btoken\.)([\w.-]{20,})/gim
const TOKEN_IN_ANSWER = /"token":"([^"]{20,})"/g

export async function tapHttp(clean: Cleanup, server: string): Promise<HttpTap> {
  const requestLines: string[] = []
  const tokens = new Set<string>()
  const target = new URL(server)
  const note = (text: string, pattern: RegExp): void => {
    for (const [, token = ''] of text.matchAll(pattern)) tokens.add(token)
  }
  const proxy = createServer((from) => {
    const to = connect(Number(target.port), target.hostname)
    from.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1')
      requestLines.push(...(text.match(REQUEST_LINE) ?? []))
      note(text, TOKEN_IN_HEADER)
    })
    to.on('data', (chunk: Buffer) => note(chunk.toString('latin1'), TOKEN_IN_ANSWER))
    for (const [one, other] of [
      [from, to],
      [to, from],
    ] as const) {
      one.pipe(other)
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
    }
    clean.add(() => from.destroy())
  })
  const url = `${await startListening(proxy)}/`
  clean.add(() => proxy.close())
  return {
    url,
    requestLines,
    tokens,
    leaks: () => requestLines.filter((line) => [...tokens].some((token) => line.includes(token))),
  }
}
