import { expect, test } from 'vitest'
import { Api, ApiError } from './api.ts'
import { eventsOf } from '../../http-contract/server-events.ts'

const HASH = 'ab'.repeat(32)
const signal = new AbortController().signal
const json = (value: unknown, status = 200): Response => new Response(JSON.stringify(value), { status })
const stream = (...chunks: readonly string[]): Response =>
  new Response(
    new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk))
        controller.close()
      },
    }),
  )

const status = (stage: string): object => ({
  schema: 'otherworld/upload/1',
  id: 'u',
  name: 'Cup',
  bytes: 4,
  stage,
  progress: 0.5,
})

interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: Headers
  readonly body: unknown
}

function apiThat(...answers: readonly ((asked: Asked) => Response)[]): { readonly api: Api; readonly asked: Asked[] } {
  const asked: Asked[] = []
  const api = new Api({
    url: 'http://host/',
    token: () => 'secret',
    sleep: () => Promise.resolve(),
    fetch: (input, init) => {
      const request = {
        method: init?.method ?? 'GET',
        path: new URL(String(input instanceof Request ? input.url : input)).pathname,
        headers: new Headers(init?.headers),
        body: typeof init?.body === 'string' ? (JSON.parse(init.body) as unknown) : null,
      }
      asked.push(request)
      const answer = answers[asked.length - 1]
      return answer ? Promise.resolve(answer(request)) : Promise.reject(new TypeError('fetch failed'))
    },
  })
  return { api, asked }
}

test("an upload is declared with the user's token, and without a kind if the file shows it", async () => {
  const { api, asked } = apiThat(() =>
    json(
      {
        ...status('waiting'),
        put: { method: 'PUT', url: '/p', headers: { 'content-type': 'x' }, expiresAtMs: 5 },
      },
      201,
    ),
  )
  const declared = await api.declare(
    {
      name: 'Cup',
      bytes: 4,
      sha256: HASH,
      fileName: 'cup.glb',
      kind: null,
      humanoid: { hips: 'Hips' },
      sharing: 'owner',
      fit: true,
    },
    signal,
  )
  expect(declared.put).toEqual({ method: 'PUT', url: '/p', headers: { 'content-type': 'x' }, expiresAtMs: 5 })
  expect(asked[0]).toMatchObject({
    method: 'POST',
    path: '/v1/uploads',
    body: {
      name: 'Cup',
      bytes: 4,
      sha256: HASH,
      fileName: 'cup.glb',
      humanoid: { hips: 'Hips' },
      sharing: 'owner',
      fit: true,
    },
  })
  expect(asked[0]?.headers.get('authorization')).toBe('Bearer secret')
})

test('a refusal shows the server’s message and fix', async () => {
  const { api } = apiThat(() =>
    json(
      { reason: 'quota', message: 'you have used 200 of 200 MB', where: 'bytes', fix: 'delete a package first' },
      403,
    ),
  )
  const error: unknown = await api.packages(signal).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({
    reason: 'quota',
    message: 'You have used 200 of 200 MB. Delete a package first.',
    isRetryable: false,
  })
})

test('a server that does not answer may answer later', async () => {
  const error: unknown = await apiThat()
    .api.packages(signal)
    .catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ isRetryable: true })
})

test('interrupted events are resumed until the upload is settled', async () => {
  const event = (stage: string, more: object = {}): string =>
    `data: ${JSON.stringify({ ...status(stage), ...more })}\n\n`
  const { api, asked } = apiThat(
    () => stream(event('checking'), event('validating').slice(0, 20)),
    () => json({ ...status('validating'), progress: 0.4 }),
    () => json({ reason: 'busy', message: 'x' }, 503),
    () => stream(': still there\n\n', event('done', { package: HASH, kind: 'object', rejections: [] })),
  )
  const seen: string[] = []
  expect((await api.follow('u', signal, ({ stage }) => seen.push(stage))).package).toBe(HASH)
  expect(seen).toEqual(['checking', 'validating', 'done'])
  expect(asked.map(({ path }) => path)).toEqual([
    '/v1/uploads/u/events',
    '/v1/uploads/u',
    '/v1/uploads/u/events',
    '/v1/uploads/u/events',
  ])
})

test('a malformed answer is an error that names the place', async () => {
  const { api } = apiThat(() =>
    json({ schema: 'otherworld/packages/1', packages: [{ hash: 'short', name: 'Cup', kind: 'object' }] }),
  )
  await expect(api.packages(signal)).rejects.toThrow('packages/0/hash')
})

test('events are parsed whole however the stream is split, with any line ending', async () => {
  const got: string[] = []
  for await (const data of eventsOf(
    stream('da', 'ta: one\r\n\r', '\ndata:two\ndata: more\n\n', 'event: x\ndata: 3\n\ndata: lost'),
  ))
    got.push(data)
  expect(got).toEqual(['one', 'two\nmore', '3'])
})
