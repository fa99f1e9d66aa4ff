import { describe, expect, test } from 'vitest'
import { ConnectError } from '../transport.ts'
import { login } from './login.ts'

const answer =
  (status: number, body: unknown): typeof fetch =>
  () =>
    Promise.resolve(new Response(JSON.stringify(body), { status }))

const REPLY = { token: 't', session: 's', realm: 'yard', identity: 'i', user: { uid: 'u', number: 7 } }

describe('the login', () => {
  test('sends the name in its normal form and returns the token', async () => {
    const asked: string[] = []
    const request: typeof fetch = (input, init) => {
      asked.push(
        `${init?.method} ${input instanceof URL ? input.href : ''} ${typeof init?.body === 'string' ? init.body : ''}`,
      )
      return Promise.resolve(new Response(JSON.stringify(REPLY)))
    }
    expect(await login('http://host:8080', '  Zoe\u0308 ', { role: 'observer', fetch: request })).toEqual(REPLY)
    await login('http://host:8080', 'Zoe', { identity: 'i', fetch: request })
    expect(asked).toEqual([
      'POST http://host:8080/v1/login {"name":"Zoë","role":"observer"}',
      'POST http://host:8080/v1/login {"name":"Zoe","role":"player","identity":"i"}',
    ])
  })

  test.each([
    ['an invisible name', '\u3164\u2800', answer(200, {}), /has no character that can be seen/],
    [
      'a server that refuses',
      'Ada',
      answer(503, { reason: 'full', message: 'The realm is full.' }),
      /The realm is full/,
    ],
    ['a server of another kind', 'Ada', answer(200, { hello: 1 }), /without a token/],
    [
      'an identity of another server',
      'Ada',
      answer(400, { reason: 'bad-identity', message: 'the identity is not one of this server' }),
      /does not know this identity/,
    ],
    ['a server that is not there', 'Ada', () => Promise.reject(new TypeError('fetch failed')), /does not answer/],
  ] satisfies [string, string, typeof fetch, RegExp][])(
    'rejects with a message for %s',
    async (_, name, request, words) => {
      const failure = await login('http://host:8080', name, { fetch: request }).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(ConnectError)
      expect((failure as ConnectError).message).toMatch(words)
    },
  )
})
