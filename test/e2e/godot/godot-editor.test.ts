/** The addon in a real editor: copied into a new project, with its dock against a real server. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { cleanup, serveHere, temporaryDirectory } from '../../harness/server-harness.ts'
import { GODOT_TESTS, runGodot } from './godot.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PROJECT = `config_version=5

[application]

config/name="A project of its own"

[editor_plugins]

enabled=PackedStringArray("res://addons/otherworld/plugin.cfg", "res://test/editor/plugin.cfg")

[rendering]

renderer/rendering_method="gl_compatibility"
`

const clean = cleanup()
afterEach(() => clean.all())

test('the dock lists, uploads, places and removes, and disappears without a trace', async () => {
  const project = temporaryDirectory(clean)
  cpSync(join(ROOT, 'godot-bridge/addons/otherworld'), join(project, 'addons/otherworld'), { recursive: true })
  mkdirSync(join(project, 'test'))
  for (const file of ['runner.gd', 'test_case.gd', 'error_log.gd', 'editor'])
    cpSync(join(GODOT_TESTS, file), join(project, 'test', file), { recursive: true })
  writeFileSync(join(project, 'project.godot'), PROJECT)
  const { url } = await serveHere(clean)
  const { status, output } = await runGodot(['--editor'], {
    project,
    env: { OTHERWORLD_URL: url, OTHERWORLD_ASSETS: join(ROOT, 'fixtures/assets') },
  })
  expect(status, output).toBe(0)
  expect(output).toMatch(/^[1-9]\d* passed, 0 failed$/m)
}, 240_000)
