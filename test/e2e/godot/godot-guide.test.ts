/** godot-bridge/docs/five-minutes.md, followed literally: a new folder, the files of the page, a stock Godot. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { cleanup, joined, serveHere, temporaryDirectory, until } from '../../harness/server-harness.ts'
import { runGodot } from './godot.ts'
import { addAddon, fileIn, filesOf } from './page-files.ts'

// The teacup goes through the ingest, which runs at the lowest priority of a busy machine.
vi.setConfig({ testTimeout: 300_000 })

const clean = cleanup()
afterEach(() => clean.all())

test('following the keyboard route of the guide puts you and the teacup into the realm', async () => {
  const { url } = await serveHere(clean)
  const project = temporaryDirectory(clean)
  addAddon(project)
  const files = filesOf('five-minutes.md', url)
  for (const name of ['project.godot', 'main.gd']) writeFileSync(join(project, name), fileIn(files, name))
  const scene = fileIn(files, 'main.tscn')
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
