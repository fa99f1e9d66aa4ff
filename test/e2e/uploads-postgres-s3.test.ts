/** Uploads with a real PostgreSQL and a real S3 server. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { readStoreSettings } from '../../server/main.ts'
import { startPostgres, type TestPostgres } from '../environments/postgres.ts'
import { startRadosgw, type Radosgw } from '../environments/radosgw.ts'
import { cleanup, serveHere } from '../harness/server-harness.ts'
import { uploadsTheTeacup, UploadUser } from '../harness/upload-user.ts'

// Real files go through the ingest, which runs at the lowest priority of a busy machine.
vi.setConfig({ testTimeout: 240_000 })

let postgres: TestPostgres
let radosgw: Radosgw
beforeAll(async () => {
  ;[postgres, radosgw] = await Promise.all([startPostgres(), startRadosgw()])
}, 120_000)
afterAll(() => Promise.all([postgres.remove(), radosgw.stop()]))

const clean = cleanup()
afterEach(() => clean.all())

async function stores(name: string): Promise<ReturnType<typeof readStoreSettings>> {
  const environment = {
    OTHERWORLD_DATABASE_URL: await postgres.createDatabase(name),
    OTHERWORLD_S3_ENDPOINT: radosgw.endpoint,
    OTHERWORLD_S3_BUCKET: name.replaceAll('_', '-'),
    OTHERWORLD_S3_ACCESS_KEY: radosgw.accessKey,
    OTHERWORLD_S3_SECRET_KEY: radosgw.secretKey,
  }
  return readStoreSettings(() => undefined, environment)
}

test('a teacup is uploaded, spawned, downloaded by another user, and still there after a restart', async () => {
  const server = await uploadsTheTeacup(clean, await stores('brings_the_teacup'))
  expect(await (await fetch(`${server.url}v1/status`)).json()).toMatchObject({
    archive: { kind: 'sql', state: 'up' },
    assets: { kind: 's3', state: 'up' },
  })
  const policy = (await fetch(server.url)).headers.get('content-security-policy')
  expect(policy).toContain(radosgw.endpoint)
})

test('the server rejects hostile bytes that S3 accepted', async () => {
  const server = await serveHere(clean, await stores('lets_in_what_it_likes'))
  const status = await (await UploadUser.at(server.url, 'Eve')).upload('hostile/node_cycle.glb')
  expect(status).toMatchObject({ stage: 'rejected' })
})

test('with recordings the realm starts without its database; uploads are refused with a message until it is back', async () => {
  const settings = await stores('away_at_the_start')
  const first = await serveHere(clean, settings)
  await first.stop()
  await postgres.kill()
  const server = await serveHere(clean, { ...settings, dataDirectory: first.data })
  const ada = await UploadUser.at(server.url, 'Ada')
  await ada.join(clean)
  await expect(ada.api.ask('GET', 'v1/packages')).rejects.toMatchObject({ status: 503, reason: 'store-away' })
  await postgres.start()
  await expect
    .poll(
      () =>
        ada.api.ask('GET', 'v1/packages').then(
          () => 'up',
          () => 'away',
        ),
      { timeout: 60_000 },
    )
    .toBe('up')
  await ada.hashOf('objects/BoxTextured.glb')
})
