/** The demo project in a headless Godot, from its menu into a realm of a real server and back. */
import { afterEach, test } from 'vitest'
import { cleanup, serveHere } from '../../harness/server-harness.ts'
import { expectGodotTests } from './godot.ts'

const clean = cleanup()
afterEach(() => clean.all())

test('the demo goes from the menu into the realm and back, with keys and error messages', async () => {
  const { url } = await serveHere(clean)
  await expectGodotTests('system/demo_test.gd', { env: { OTHERWORLD_URL: url } })
}, 240_000)
