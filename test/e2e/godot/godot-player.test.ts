/** A desktop player in Godot against a real server: key and mouse events, and what another client sees. */
import { afterEach, test } from 'vitest'
import { cleanup, serveHere } from '../../harness/server-harness.ts'
import { expectGodotTests } from './godot.ts'

const clean = cleanup()
afterEach(() => clean.all())

test('keys walk, the mouse grabs, drags and throws props, and a gizmo moves, turns and scales them', async () => {
  const { url } = await serveHere(clean)
  await expectGodotTests('system/player_test.gd', { env: { OTHERWORLD_URL: url } })
}, 280_000)
