/** Uploads from Godot to a real server, which stores the files itself or in a real S3. */
import { afterEach, test, vi } from 'vitest'
import { readStoreSettings } from '../../../server/main.ts'
import { startRadosgw } from '../../environments/radosgw.ts'
import { cleanup, serveHere } from '../../harness/server-harness.ts'
import { expectGodotTests } from './godot.ts'

// Real files go through the ingest, which runs at the lowest priority of a busy machine.
vi.setConfig({ testTimeout: 240_000 })

const clean = cleanup()
afterEach(() => clean.all())

test('files and scenes become packages, and refusals have a message', async () => {
  const { url } = await serveHere(clean)
  await expectGodotTests('system/upload_test.gd', { env: { OTHERWORLD_URL: url } })
})

test('a package is drawn as a picture', async () => {
  const { url } = await serveHere(clean)
  await expectGodotTests('system/picture_test.gd', { env: { OTHERWORLD_URL: url }, withWindow: true })
})

test('the same works with files that go directly to S3', async () => {
  const radosgw = await startRadosgw()
  clean.add(() => radosgw.stop())
  const environment = {
    OTHERWORLD_S3_ENDPOINT: radosgw.endpoint,
    OTHERWORLD_S3_BUCKET: 'godot',
    OTHERWORLD_S3_ACCESS_KEY: radosgw.accessKey,
    OTHERWORLD_S3_SECRET_KEY: radosgw.secretKey,
  }
  const { url } = await serveHere(
    clean,
    readStoreSettings(() => undefined, environment),
  )
  await expectGodotTests('system/upload_test.gd', { env: { OTHERWORLD_URL: url } })
})
