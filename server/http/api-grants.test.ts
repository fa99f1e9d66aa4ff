import { Effect } from 'effect'
import { expect, test } from 'vitest'
import { useSites, OPERATOR, Site, Guest, run } from './api.fixture.ts'

useSites()

test('the operator and owners of the realm assign roles; builders and guests may not', async () => {
  const site = await new Site().start()
  const [ada, bob] = [await site.guest('Ada'), await site.guest('Bob')]
  const operator = new Guest(site, OPERATOR, '')
  const at = (uid: string, realm = 'yard'): string => `realms/${realm}/grants/${uid}`
  expect(await ada.ask('PUT', at(ada.uid), { role: 'owner' })).toMatchObject({
    status: 403,
    body: { reason: 'not-permitted' },
  })
  expect(await operator.ask('PUT', at(ada.uid), { role: 'owner' })).toMatchObject({
    status: 200,
    body: { uid: ada.uid, role: 'owner' },
  })
  expect(await ada.ask('PUT', at(bob.uid), { role: 'builder' })).toMatchObject({ status: 200 })
  expect(await bob.ask('PUT', at(bob.uid), { role: 'owner' })).toMatchObject({ status: 403 })
  expect((await operator.ask('GET', 'realms/yard/grants')).body['grants']).toHaveLength(2)
  expect(site.changed).toEqual([ada.uid, bob.uid])
  expect(site.grants.permissionsOf(bob.uid)).toBeGreaterThan(0)
  expect((await ada.ask('DELETE', at(bob.uid))).status).toBe(204)
  expect((await ada.ask('DELETE', at(bob.uid))).status).toBe(404)
  expect(site.grants.permissionsOf(bob.uid)).toBe(0)
  expect(await operator.ask('PUT', at(bob.uid, 'elsewhere'), { role: 'builder' })).toMatchObject({ status: 404 })
  expect(await operator.ask('PUT', at('everybody'), { role: 'builder' })).toMatchObject({
    status: 400,
    body: { reason: 'bad-user' },
  })
  expect(await operator.ask('PUT', at(bob.uid), { role: 'king' })).toMatchObject({
    status: 400,
    body: { reason: 'bad-role' },
  })
  const nobody = '00000000-0000-4000-8000-000000000001'
  expect(await operator.ask('PUT', at(nobody), { role: 'builder' })).toMatchObject({
    status: 404,
    body: { reason: 'not-found', message: 'there is no user with this uid', where: nobody, fix: expect.any(String) },
  })
  site.newUsers.add(nobody)
  expect((await operator.ask('PUT', at(nobody), { role: 'builder' })).status).toBe(200)
  expect(await new Guest(site, 'p'.repeat(43), '').ask('GET', 'realms/yard/grants')).toMatchObject({ status: 401 })
})

test('a refresh that began before a role change does not undo it', async () => {
  const site = await new Site().start()
  const inner = { ...site.archive }
  let answer = (): void => undefined
  const held = new Promise<void>((resolve) => {
    answer = resolve
  })
  Object.assign(site.archive, {
    grants: (realm: string) => inner.grants(realm).pipe(Effect.tap(() => Effect.promise(() => held))),
  })
  const guest = await site.guest('Ada')
  const reading = run(site.grants.refresh)
  await run(site.grants.put('yard', guest.uid, { role: 'builder' }, 'operator'))
  answer()
  await reading
  expect(site.grants.roleOf(guest.uid)).toBe('builder')
  expect(site.changed).toEqual([guest.uid])
})
