/** Uploads from Godot to a real server. */
import { afterEach, test } from 'vitest'
import { cleanup, serveHere } from '../server-harness.ts'
import { expectGodotTests } from './godot.ts'

const clean = cleanup()
afterEach(() => clean.all())

test('files and scenes become packages, and what is refused is said in words', async () => {
  const { url } = await serveHere(clean)
  await expectGodotTests('system/upload_test.gd', { env: { OTHERWORLD_URL: url } })
}, 240_000)
