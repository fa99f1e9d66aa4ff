import { expect, test } from 'vitest'
import { FOLLOWERS_PER_UPLOAD_MAX } from '../limits.ts'
import { sha256Of } from '../uploads/uploads.fake.ts'
import { useSites, CUP, OPERATOR, Site, Guest } from './api.fixture.ts'

useSites()

test('an upload becomes a package, and its event stream reports each stage and ends', async () => {
  const site = await new Site().start()
  const ada = await site.guest('Ada')
  const declared = await ada.ask('POST', 'uploads', {
    name: 'cup',
    bytes: CUP.length,
    sha256: sha256Of(CUP),
    fileName: 'cup.glb',
  })
  expect(declared).toMatchObject({
    status: 201,
    body: {
      schema: 'otherworld/upload/1',
      stage: 'waiting',
      progress: 0,
      put: { method: 'PUT', url: expect.stringContaining('/v1/assets/incoming/') },
    },
  })
  const id = String(declared.body['id'])
  expect(await ada.ask('POST', `uploads/${id}/complete`)).toMatchObject({
    status: 409,
    body: { reason: 'not-uploaded', fix: expect.any(String) },
  })
  site.assets.files.set(`incoming/${id}`, CUP)
  let open = (): void => undefined
  site.gate = new Promise((resolve) => {
    open = resolve
  })
  expect((await ada.ask('POST', `uploads/${id}/complete`)).status).toBe(202)
  const events = await ada.fetch('GET', `uploads/${id}/events`)
  expect(events.headers.get('content-type')).toBe('text/event-stream')
  open()
  const stages = (await events.text())
    .split('\n\n')
    .filter((each) => each.startsWith('data: '))
    .map((each) => (JSON.parse(each.slice(6)) as { readonly stage: string }).stage)
  expect(stages.at(-1)).toBe('done')
  expect(stages).toContain('storing')
  expect(await (await ada.fetch('GET', `uploads/${id}/events`)).text()).toMatch(
    /^retry: \d+\n\ndata: .*"stage":"done".*\n\n$/,
  )
  expect(await ada.ask('GET', `uploads/${id}`)).toMatchObject({
    status: 200,
    body: { stage: 'done', package: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
})

test('without a token of this server, requests are refused', async () => {
  const site = await new Site().start()
  for (const token of ['', 'nonsense', OPERATOR]) {
    const nobody = new Guest(site, token, '')
    for (const [method, path] of [
      ['POST', 'uploads'],
      ['GET', 'uploads/x'],
      ['GET', 'uploads/x/events'],
      ['POST', 'uploads/x/complete'],
      ['DELETE', 'uploads/x'],
      ['GET', 'packages'],
      ['GET', `packages/${'a'.repeat(64)}`],
      ['DELETE', `packages/${'a'.repeat(64)}`],
    ] as const)
      expect(await nobody.ask(method, path, method === 'POST' ? {} : undefined)).toMatchObject({
        status: 401,
        body: { reason: 'token', fix: expect.stringContaining('log in again') },
      })
  }
})

test('an unknown path or method is refused with a message', async () => {
  const ada = await (await new Site().start()).guest('Ada')
  for (const [method, path, status] of [
    ['GET', 'uploads', 405],
    ['PUT', 'uploads/x', 405],
    ['GET', 'uploads/x/complete', 405],
    ['GET', 'uploads/x/more', 404],
    ['GET', 'uploads/x/events/y', 404],
    ['POST', 'packages', 405],
    ['GET', 'packages/x/y', 404],
    ['GET', 'packages/..%2f..', 404],
    ['GET', 'realms/yard', 404],
  ] as const)
    expect(await ada.ask(method, path)).toMatchObject({
      status,
      body: { message: expect.any(String), fix: expect.any(String) },
    })
})

test('a user that opens too many event streams is refused, and served again after closing them', async () => {
  const site = await new Site().start()
  const ada = await site.guest('Ada')
  const id = await ada.declare()
  const listeners = await Promise.all(
    Array.from({ length: FOLLOWERS_PER_UPLOAD_MAX + 6 }, () => ada.fetch('GET', `uploads/${id}/events`)),
  )
  expect(listeners.filter(({ status }) => status === 200)).toHaveLength(FOLLOWERS_PER_UPLOAD_MAX)
  expect(listeners.filter(({ status }) => status === 429)).toHaveLength(6)
  for (const each of listeners) await each.body?.cancel()
  await expect
    .poll(async () => {
      const again = await ada.fetch('GET', `uploads/${id}/events`)
      await again.body?.cancel()
      return again.status
    })
    .toBe(200)
  expect((await ada.ask('DELETE', `uploads/${id}`)).status).toBe(204)
  expect(await ada.ask('GET', `uploads/${id}`)).toMatchObject({
    body: { stage: 'failed', message: expect.stringContaining('given up') },
  })
})

test('a page of an allowed origin may use all methods', async () => {
  const site = await new Site().start()
  const preflight = await fetch(`${site.base}/v1/packages/x`, {
    method: 'OPTIONS',
    headers: { origin: 'https://friend.example' },
  })
  expect(preflight.headers.get('access-control-allow-methods')).toMatch(/PATCH.*DELETE/)
})
