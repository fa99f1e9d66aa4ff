/** The headset player in a realm of a real server: simulated trackers, seen by a second client. */
import { afterEach, test } from 'vitest'
import { cleanup, serveHere } from '../../harness/server-harness.ts'
import { expectGodotTests } from './godot.ts'

const clean = cleanup()
afterEach(() => clean.all())

test('the server and others see head, hands, sticks and both hands on a box', async () => {
  const { url } = await serveHere(clean)
  await expectGodotTests('system/xr_test.gd', { env: { OTHERWORLD_URL: url } })
}, 240_000)
