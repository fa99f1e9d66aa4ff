import { expect, test } from 'vitest'
import { useSites, Site, Guest, run } from './api.fixture.ts'

useSites()

test('anyone who knows its hash gets a package; only owners of a record get the original upload', async () => {
  const site = await new Site().start()
  const [ada, bob] = [await site.guest('Ada'), await site.guest('Bob')]
  const hash = await ada.upload()
  expect(await ada.ask('GET', `packages/${hash}`)).toMatchObject({
    status: 200,
    body: {
      schema: 'otherworld/package/1',
      hash,
      manifest: { kind: 'object' },
      files: {
        runtime: { url: expect.stringContaining('/sha256/'), expiresAtMs: expect.any(Number) },
        original: { url: expect.any(String) },
        levels: [],
        textures: {},
      },
    },
  })
  expect(await bob.ask('GET', `packages/${hash}`)).toMatchObject({
    status: 200,
    body: { files: { runtime: { url: expect.any(String) }, original: null } },
  })
  expect(await bob.ask('GET', `packages/${'0'.repeat(64)}`)).toMatchObject({
    status: 404,
    body: { reason: 'not-found' },
  })
})

test("a user's list has own and shared packages, and only the owner shares and removes", async () => {
  const site = await new Site().start()
  const [ada, bob] = [await site.guest('Ada'), await site.guest('Bob')]
  const hash = await ada.upload()
  const list = async (guest: Guest): Promise<unknown> => (await guest.ask('GET', 'packages')).body['packages']
  expect(await list(ada)).toMatchObject([{ hash, name: 'cup', kind: 'object', sharing: 'owner', own: true }])
  expect(await list(bob)).toEqual([])
  expect(await bob.ask('PATCH', `packages/${hash}`, { sharing: 'everyone' })).toMatchObject({ status: 404 })
  expect(await ada.ask('PATCH', `packages/${hash}`, { sharing: 'friends' })).toMatchObject({
    status: 400,
    body: { where: 'sharing' },
  })
  expect(await ada.ask('PATCH', `packages/${hash}`, { sharing: 'everyone' })).toMatchObject({
    status: 200,
    body: { sharing: 'everyone' },
  })
  expect(await list(bob)).toMatchObject([{ hash, own: false, sharing: 'everyone' }])
  expect((await bob.ask('DELETE', `packages/${hash}`)).status).toBe(404)
  expect((await ada.ask('DELETE', `packages/${hash}`)).status).toBe(204)
  expect([await list(ada), await list(bob)]).toEqual([[], []])
  expect((await bob.ask('GET', `packages/${hash}`)).status).toBe(200)
})

test('its owner, everyone after it is shared, and users with a role may use a package; changes count immediately', async () => {
  const site = await new Site().start()
  const [ada, bob] = [await site.guest('Ada'), await site.guest('Bob')]
  const hash = await ada.upload()
  const may = async (guest: Guest): Promise<unknown> => {
    const answer = await run(site.packages.physicsFor(hash, guest.uid))
    return answer.ok ? answer.physics.kind : answer.reason
  }
  expect([await may(ada), await may(bob)]).toEqual(['object', 'not-permitted'])
  await ada.ask('PATCH', `packages/${hash}`, { sharing: 'everyone' })
  expect(await may(bob)).toBe('object')
  await ada.ask('PATCH', `packages/${hash}`, { sharing: 'owner' })
  expect(await may(bob)).toBe('not-permitted')
  await run(site.grants.put('yard', bob.uid, { role: 'builder' }, 'operator'))
  expect(await may(bob)).toBe('object')
  await ada.ask('DELETE', `packages/${hash}`)
  expect([await may(ada), await may(bob)]).toEqual(['not-permitted', 'object'])
  expect(await run(site.packages.physicsFor('f'.repeat(64), ada.uid))).toEqual({ ok: false, reason: 'unknown-package' })
  expect(await run(site.packages.physicsFor('../..', ada.uid))).toEqual({ ok: false, reason: 'unknown-package' })
})
