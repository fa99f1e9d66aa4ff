/** godot-bridge/docs/five-minutes.md, followed literally: a new folder, the files of the page, a stock Godot. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { cleanup, joined, serveHere, temporaryDirectory, until } from '../../harness/server-harness.ts'
import { runGodot } from './godot.ts'

// The teacup goes through the ingest, which runs at the lowest priority of a busy machine.
vi.setConfig({ testTimeout: 300_000 })

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PAGE = readFileSync(join(ROOT, 'godot-bridge/docs/five-minutes.md'), 'utf8')

const clean = cleanup()
afterEach(() => clean.all())

/** The code block of the page after the file's name, with this machine's addresses. */
function fileOf(name: string, url: string): string {
  const code = new RegExp(`\`${name.replace('.', '\\.')}\`[^\`]*?:\\n\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(
    PAGE,
  )?.[1]
  if (code === undefined) throw new Error(`the page has no ${name}`)
  return code.replaceAll('http://127.0.0.1:7350', url.replace(/\/$/, '')).replaceAll('OTHERWORLD/', ROOT)
}

test('following the keyboard route of the guide puts you and the teacup into the realm', async () => {
  const { url } = await serveHere(clean)
  const project = temporaryDirectory(clean)
  cpSync(join(ROOT, 'godot-bridge/addons/otherworld'), join(project, 'addons/otherworld'), { recursive: true })
  writeFileSync(join(project, 'project.godot'), fileOf('project.godot', url))
  writeFileSync(join(project, 'main.gd'), fileOf('main.gd', url))
  const scene = fileOf('main.tscn', url)
  // The editor changes the scene like this when a script is added.
  writeFileSync(
    join(project, 'main.tscn'),
    scene
      .replace('id="1"]\n', 'id="1"]\n[ext_resource type="Script" path="res://main.gd" id="2"]\n')
      .replace('type="Node3D"]\n', 'type="Node3D"]\nscript = ExtResource("2")\n'),
  )
  const bob = await joined(clean, url, 'Bob')
  const game = runGodot([], { project, endsAt: 'The cup is in the realm.' })
  await until('Bob sees Ada', () => bob.sample().avatars.some(({ name }) => name === 'Ada'), 200_000)
  await until('Bob sees the cup', () => bob.sample().props.some(({ package: hash }) => hash !== ''), 200_000)
  const { status, output } = await game
  expect(output).not.toMatch(/^(SCRIPT )?ERROR/m)
  expect(status, output).toBe(0)
})
