/**
 * godot-bridge/docs/nodes.md is Godot's own documentation of the addon's classes. After a change `UPDATE_REFERENCE=1
 * npx vitest run --project e2e test/e2e/godot/godot-reference.test.ts` writes it again.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { namesOf, readClass, renderClass, wordless, type ClassPage } from '../../environments/godot-reference.ts'
import { cleanup, temporaryDirectory } from '../../harness/server-harness.ts'
import { runGodot } from './godot.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PAGE = join(ROOT, 'godot-bridge/docs/nodes.md')
/** Classes that a newcomer meets first come first; the others follow by name. */
const ORDER = [
  'Client',
  'View',
  'Avatar',
  'Prop',
  'Player',
  'XRPlayer',
  'XRHand',
  'Gizmo',
  'NetworkPanel',
  'Server',
  'RealmInfo',
  'PackageInfo',
  'Upload',
  'AvatarState',
  'PropState',
  'Pose',
  'Access',
  'Outcome',
  'Response',
  'RequestError',
  'Stats',
].map((name) => `Otherworld${name}`)

const clean = cleanup()
afterEach(() => clean.all())

/** Source by class: the scripts of the addon that have a class name. */
function sources(): ReadonlyMap<string, string> {
  const files = execFileSync('git', ['ls-files', 'godot-bridge/addons/**/*.gd'], { cwd: ROOT, encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)
  const texts = files.map((file) => readFileSync(join(ROOT, file), 'utf8'))
  return new Map(
    texts.flatMap((text) => [...text.matchAll(/^class_name (\w+)/gm)].map((match) => [match[1] ?? '', text] as const)),
  )
}

const exportsOf = (source: string): ReadonlySet<string> =>
  new Set([...source.matchAll(/^@export\w*(?:\([^)]*\))?\s+var (\w+)/gm)].map((match) => match[1] ?? ''))
const place = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length)

async function classes(): Promise<readonly ClassPage[]> {
  const folder = join(temporaryDirectory(clean), 'classes')
  mkdirSync(folder)
  const { output } = await runGodot(['--doctool', folder, '--gdscript-docs', 'res://addons/otherworld'])
  expect(output).not.toContain('SCRIPT ERROR')
  const files = readdirSync(folder).filter((name) => /^Otherworld\w+\.xml$/.test(name))
  return files
    .map((name) => readClass(readFileSync(join(folder, name), 'utf8')))
    .toSorted((a, b) => place(a.name) - place(b.name) || (a.name < b.name ? -1 : 1))
}

test("the reference is Godot's own documentation, and each public member has a description", async () => {
  const [pages, source] = [await classes(), sources()]
  expect(pages.map(({ name }) => name).toSorted()).toEqual([...source.keys()].toSorted())
  expect(pages.flatMap(wordless)).toEqual([])
  const names = namesOf(pages)
  const text = [
    "# Reference\n\nEvery public class of the addon, as Godot's own help (F1) shows it. A test generates this page from the scripts.",
    '[concepts.md](concepts.md) explains how the classes work together. Units are metres, seconds and radians. Y is up, forward is −Z.\n',
    `${pages.map(({ name }) => `[${name}](#${name.toLowerCase()})`).join(' · ')}\n`,
    pages.map((page) => renderClass(page, names, exportsOf(source.get(page.name) ?? ''))).join('\n'),
  ].join('\n')
  if (process.env.UPDATE_REFERENCE !== undefined) writeFileSync(PAGE, text)
  expect(readFileSync(PAGE, 'utf8'), 'stale: UPDATE_REFERENCE=1 writes it again').toBe(text)
}, 120_000)
