/** Uploaded packages on a whole server with its own archive and disk: upload, display, storage, and permissions. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { RenderClient } from '../../../netcode/index.ts'
import { Access, ACTS, DEFAULT_DEFINITION, type Act } from '../../../sim/index.ts'
import { cleanup, serveHere, until } from '../../harness/server-harness.ts'
import {
  assetBytes,
  uploadsTheTeacup,
  BUILD,
  grantRole,
  UploadUser,
  ownPosition,
  spawnOf,
} from '../../harness/upload-user.ts'

// Several real files go through the ingest, which runs at the lowest priority of a busy machine.
vi.setConfig({ testTimeout: 240_000 })

const clean = cleanup()
afterEach(() => clean.all())

test('a teacup is uploaded over HTTP, spawned, downloaded by another user, and still there after a restart', async () => {
  const server = await uploadsTheTeacup(clean, {})
  for (const folder of ['uploads', 'assets/incoming', 'assets/unfinished'])
    expect(readdirSync(join(server.data, folder))).toEqual([])
  expect(await (await fetch(`${server.url}v1/status`)).json()).toMatchObject({
    archive: { kind: 'embedded', state: 'up' },
    assets: { kind: 'local', state: 'up' },
    uploads: { queue: 0, busy: 0 },
  })
})

/** Permissions by the access of an action: for an owner, for users with a role in the realm, and for everyone else. */
const CELLS: readonly (readonly [act: Act, access: number, owner: boolean, role: boolean, everyone: boolean])[] = [
  ['drag', Access.default, true, true, true],
  ['drag', Access.everyone, true, true, true],
  ['drag', Access.ownerAndManagers, true, true, false],
  ['drag', Access.owner, true, false, false],
  ['scale', Access.default, true, true, true],
  ['scale', Access.everyone, true, true, true],
  ['scale', Access.ownerAndManagers, true, true, false],
  ['scale', Access.owner, true, false, false],
  ['despawn', Access.default, true, true, false],
  ['despawn', Access.everyone, true, true, true],
  ['despawn', Access.ownerAndManagers, true, true, false],
  ['despawn', Access.owner, true, false, false],
]

async function tries(client: RenderClient, act: Act, element: number): Promise<boolean> {
  const outcome =
    act === 'drag'
      ? await client.grab(element, 2)
      : act === 'scale'
        ? await client.scale(element, 1.1)
        : await client.despawn(element)
  if (!outcome.ok) expect(outcome.reason).toBe('not-permitted')
  if (act === 'drag' && outcome.ok) await client.release(2)
  return outcome.ok
}

test('what the owner, a role and everyone may do with a prop follows its access, case by case', async () => {
  const server = await serveHere(clean, { definition: { ...DEFAULT_DEFINITION, props: [], permissions: BUILD } })
  const people = {
    owner: await UploadUser.at(server.url, 'Ada'),
    role: await UploadUser.at(server.url, 'Bob'),
    everyone: await UploadUser.at(server.url, 'Cleo'),
  }
  await grantRole(server, people.role.uid, 'builder')
  const hash = await people.owner.hashOf('objects/BoxTextured.glb')
  const clients = {
    owner: await people.owner.join(clean),
    role: await people.role.join(clean),
    everyone: await people.everyone.join(clean),
  }
  const seen: string[] = []
  const expected: string[] = []
  for (const [act, access, ...may] of CELLS) {
    for (const [i, who] of (['owner', 'role', 'everyone'] as const).entries()) {
      const element = await spawnOf(clients.owner, hash, access << (2 * ACTS.indexOf(act)))
      seen.push(`${act} ${access} ${who}: ${await tries(clients[who], act, element)}`)
      expected.push(`${act} ${access} ${who}: ${may[i]}`)
      await clients.owner.despawn(element)
    }
  }
  expect(seen).toEqual(expected)
})

test('a package may be spawned by its owner, a role, and everyone once it is shared; changes apply at once', async () => {
  const server = await serveHere(clean)
  const [ada, bob, cleo] = [
    await UploadUser.at(server.url, 'Ada'),
    await UploadUser.at(server.url, 'Bob'),
    await UploadUser.at(server.url, 'Cleo'),
  ]
  await grantRole(server, bob.uid, 'builder')
  const hash = await ada.hashOf('objects/BoxTextured.glb')
  const [atBob, atCleo] = [await bob.join(clean), await cleo.join(clean)]
  const { x, z } = await ownPosition(atBob)
  const spawns = (client: RenderClient): ReturnType<RenderClient['spawn']> =>
    client.spawn(hash, { position: { x, y: 1, z: z - 1 } })
  expect(await spawns(atCleo)).toMatchObject({ ok: false, reason: 'not-permitted' })
  expect(await spawns(atBob)).toMatchObject({ ok: true })
  expect(await atCleo.spawn('e'.repeat(64), { position: { x, y: 1, z } })).toMatchObject({
    ok: false,
    reason: 'unknown-package',
  })
  await ada.api.ask('PATCH', `v1/packages/${hash}`, { sharing: 'everyone' })
  expect(await spawns(atCleo)).toMatchObject({ ok: true })
  const mine = await spawnOf(atCleo, hash)
  await grantRole(server, bob.uid, null)
  expect(await atBob.despawn(mine)).toMatchObject({ ok: false, reason: 'not-permitted' })
  await grantRole(server, bob.uid, 'builder')
  expect(await atBob.despawn(mine)).toMatchObject({ ok: true })
})

const HOSTILE = readdirSync(new URL('../../../fixtures/assets/hostile', import.meta.url))

test('hostile files are rejected with their rule while the realm ticks, and leave nothing', async () => {
  const server = await serveHere(clean)
  const eve = await UploadUser.at(server.url, 'Eve')
  const ada = await (await UploadUser.at(server.url, 'Ada')).join(clean)
  for (const file of HOSTILE) {
    const status = await eve.upload(`hostile/${file}`)
    expect(status, file).toMatchObject({
      stage: 'rejected',
      rejections: [{ rule: expect.stringMatching(/^[A-Z][A-Z_]+$/), message: expect.any(String) }],
    })
  }
  expect(readdirSync(join(server.data, 'assets/sha256'))).toEqual([])
  expect(ada.state.type).toBe('joined')
  const { tick } = server.status()
  await until('the realm ticks on', () => server.status().tick > tick)
  expect(await (await fetch(`${server.url}metrics`)).text()).toContain(
    `otherworld_uploads_ended_total{ending="rejected"} ${HOSTILE.length}`,
  )
})

test("other bytes than declared are rejected, by the store's own check or the server's", async () => {
  const server = await serveHere(clean)
  const eve = await UploadUser.at(server.url, 'Eve')
  const bytes = assetBytes('objects/BoxTextured.glb')
  const declared = (await eve.api.ask('POST', 'v1/uploads', {
    name: 'box',
    bytes: bytes.length,
    sha256: 'a'.repeat(64),
  })) as { readonly id: string; readonly put: { readonly url: string; readonly headers: Record<string, string> } }
  const put = await fetch(new URL(declared.put.url, server.url), {
    method: 'PUT',
    headers: declared.put.headers,
    body: new Uint8Array(bytes),
  })
  expect([put.status, await put.json()]).toMatchObject([422, { where: `incoming/${declared.id}` }])
  await expect(eve.api.ask('POST', `v1/uploads/${declared.id}/complete`)).rejects.toMatchObject({
    status: 409,
    reason: 'not-uploaded',
  })
  await expect(
    (await UploadUser.at(server.url, 'Bob')).api.ask('GET', `v1/uploads/${declared.id}`),
  ).rejects.toMatchObject({
    status: 404,
  })
})

test('a server stopped during an upload leaves no files, and its next start reports the lost uploads', async () => {
  const server = await serveHere(clean)
  const ada = await UploadUser.at(server.url, 'Ada')
  const bytes = assetBytes('objects/teacup.glb')
  const { createHash } = await import('node:crypto')
  const declared = (await ada.api.ask('POST', 'v1/uploads', {
    name: 'cup',
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })) as { readonly id: string; readonly put: { readonly url: string; readonly headers: Record<string, string> } }
  await fetch(new URL(declared.put.url, server.url), {
    method: 'PUT',
    headers: declared.put.headers,
    body: new Uint8Array(bytes),
  })
  await ada.api.ask('POST', `v1/uploads/${declared.id}/complete`)
  await until('it is ingested', () => readdirSync(join(server.data, 'uploads')).length > 0)
  await server.stop()
  const again = await serveHere(clean, { dataDirectory: server.data })
  expect(readdirSync(join(again.data, 'uploads'))).toEqual([])
  await expect(
    (await UploadUser.at(again.url, 'Ada', ada.identity)).api.ask('GET', `v1/uploads/${declared.id}`),
  ).rejects.toMatchObject({ status: 404, message: expect.stringContaining('a restart of the server ends') })
})
