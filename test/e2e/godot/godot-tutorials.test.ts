/** The tutorials of godot-bridge/docs, followed literally: the files of each page in a new project, in a stock Godot. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { cleanup, joined, serveHere, until } from '../../harness/server-harness.ts'
import { runGodot } from './godot.ts'
import { filesOf, ROOT } from './page-files.ts'
import { projectOf, uploadFigure } from './tutorial-project.ts'

// Godot's editor imports each project on a busy machine.
vi.setConfig({ testTimeout: 600_000 })

const clean = cleanup()
afterEach(() => clean.all())

/** Runs the project until it shows `text`. Fails on errors of the engine and of scripts. */
async function shows(project: string, text: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { status, output } = await runGodot([], { project, env, endsAt: text, secondsMax: 500 })
  expect(output).not.toMatch(/^(SCRIPT )?ERROR/m)
  expect(status, output).toBe(0)
  return output
}

test('the head-up display lists people, and reports who holds what, joins and leaves', async () => {
  const { url } = await serveHere(clean)
  const project = projectOf(clean, 'tutorials/hud.md', 'hud.tscn', url)
  const bob = await joined(clean, url, 'Bob')
  const game = shows(project, 'shown: News: Carol left.')
  await until('Bob sees Ada', () => bob.sample().avatars.some(({ name }) => name === 'Ada'), 400_000)
  const carol = await joined(clean, url, 'Carol')
  await until('Ada sees Carol', () => bob.sample().avatars.some(({ name }) => name === 'Carol'), 60_000)
  await carol.close('went home')
  const output = await game
  for (const text of ['News: Welcome, Ada.', 'People: Here: Ada, Bob, Carol', 'News: Carol joined.'])
    expect(output).toContain(`shown: ${text}`)
  expect(output).not.toContain('News: Bob joined.')
})

test('the lobby shows the realm and avatars with size and rank, and joins as the chosen avatar', async () => {
  const { url } = await serveHere(clean)
  const hash = await uploadFigure(url)
  const bob = await joined(clean, url, 'Bob')
  const project = projectOf(clean, 'tutorials/lobby.md', 'lobby.tscn', url)
  const game = shows(project, 'hidden: Lobby', { OTHERWORLD_PRESS: 'Enter' })
  await until(
    'Ada is in the realm as the robot',
    () => bob.sample().avatars.some(({ name, package: worn }) => name === 'Ada' && worn === hash),
    500_000,
  )
  const output = await game
  expect(output).toMatch(/shown: Realm: \w+ \(players: 1\)/)
  expect(output).toContain('shown: Avatars item: Robot')
  expect(output).toMatch(/shown: Details: Robot: \d\.\d\d m high, \w+/)
})

test('a hat is on the head of everyone else, also when they change their model', async () => {
  const { url } = await serveHere(clean)
  const hash = await uploadFigure(url)
  const project = projectOf(clean, 'tutorials/hat.md', 'hats.tscn', url)
  const bob = await joined(clean, url, 'Bob')
  const game = shows(project, 'shown: Bone_head of Bob at level 0: Hat')
  await until('Bob sees Ada', () => bob.sample().avatars.some(({ name }) => name === 'Ada'), 400_000)
  await bob.wear(hash)
  const output = await game
  expect(output).toContain('shown: Bone_head of Bob at level -1: Hat')
  expect(output).not.toContain('of Ada')
})

test('a list or a button beside the player does not keep the keyboard', () => {
  const scenes = readdirSync(join(ROOT, 'godot-bridge/docs/tutorials'))
    .flatMap((page) => [...filesOf(`tutorials/${page}`, 'http://127.0.0.1:1').values()])
    .filter((code) => code.includes('otherworld_client.gd') && code.includes('[node'))
  const clickable = scenes
    .flatMap((scene) => scene.split('\n\n'))
    .filter((node) => /type="(?:Button|CheckButton|ItemList)"/.test(node))
  expect(clickable.length).toBeGreaterThan(3)
  expect(clickable.filter((node) => !node.includes('focus_mode = 0'))).toEqual([])
})

test('the pages name only files that they show', () => {
  for (const page of readdirSync(join(ROOT, 'godot-bridge/docs/tutorials'))) {
    const files = filesOf(`tutorials/${page}`, 'http://127.0.0.1:1')
    const text = readFileSync(join(ROOT, 'godot-bridge/docs/tutorials', page), 'utf8')
    const named = [...text.matchAll(/res:\/\/(\w+\.\w+)/g)].map(([, name = '']) => name)
    const run = [...text.matchAll(/Run `(\w+\.tscn)`/g)].map(([, name = '']) => name)
    expect(run, page).not.toEqual([])
    expect([...named, ...run].filter((name) => !files.has(name))).toEqual([])
  }
})
