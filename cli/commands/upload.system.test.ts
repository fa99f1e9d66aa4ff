/** `otherworld upload` as a person runs it, against a server in this process. Needs `npm run build`. */
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { colours } from '../../ingest/glb.fixture.ts'
import type { PropSample, RenderClient } from '../../netcode/index.ts'
import { runCli, type CliEnd } from '../../test/harness/run-cli.ts'
import { cleanup, joined, serveHere, temporaryDirectory, until } from '../../test/harness/server-harness.ts'

// Real files go through the ingest, at the lowest priority of a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 })

const clean = cleanup()
afterEach(() => clean.all())

const asset = (path: string): string => fileURLToPath(new URL(`../../fixtures/assets/${path}`, import.meta.url))
const TEACUP = asset('objects/teacup.glb')
const HASH = /^[0-9a-f]{64}$/

/** Uploads with the configuration of this test's own in `home`. */
const uploadFrom = (home: string, ...args: readonly string[]): Promise<CliEnd> =>
  runCli(['upload', ...args], { XDG_CONFIG_HOME: home })
const propOf = (client: RenderClient, element: unknown): Promise<PropSample> =>
  until('the thing stands in the realm', () => client.sample().props.find((prop) => prop.element === element))

test('a file is uploaded and spawned, its hash is printed last, and the next upload belongs to the same user', async () => {
  const [{ url }, home] = [await serveHere(clean), temporaryDirectory(clean)]
  const watcher = await joined(clean, url, 'watcher')
  const result = await uploadFrom(home, TEACUP, '--url', url, '--spawn', '--as', 'Ada')
  expect(result).toMatchObject({ code: 0, errors: '' })
  expect(result.out).toMatch(/teacup\.glb: done, an object\n/)
  const [hash = '', element] = [result.out.trim().split(/\s/).at(-1), Number(/element +(\d+)/.exec(result.out)?.[1])]
  expect(hash).toMatch(HASH)
  const cup = await propOf(watcher, element)
  expect(cup.package).toBe(hash)

  const again = await uploadFrom(home, TEACUP, '--url', url, '--spawn', '--as', 'Ada', '--json')
  expect(again.code).toBe(0)
  expect(again.json()).toMatchObject({
    schema: 'otherworld/upload/1',
    file: TEACUP,
    stage: 'done',
    package: hash,
    kind: 'object',
    rejections: [],
    element: expect.any(Number),
  })
  expect((await propOf(watcher, again.json()['element'])).owner).toBe(cup.owner)

  const other = await uploadFrom(temporaryDirectory(clean), TEACUP, '--url', url, '--spawn', '--as', 'Ada', '--json')
  expect((await propOf(watcher, other.json()['element'])).owner).not.toBe(cup.owner)
})

test('identities are readable only by their user, in the file of --identity', async () => {
  const [{ url }, home] = [await serveHere(clean), temporaryDirectory(clean)]
  await uploadFrom(home, asset('hostile/node_cycle.glb'), '--url', url)
  const kept = join(home, 'otherworld', 'identities.json')
  expect(statSync(kept).mode & 0o777).toBe(0o600)
  expect(Object.keys(JSON.parse(readFileSync(kept, 'utf8')) as object)).toEqual([new URL(url).origin])
  const elsewhere = join(home, 'me.json')
  await uploadFrom(home, asset('hostile/node_cycle.glb'), '--url', url, '--identity', elsewhere)
  expect(statSync(elsewhere).mode & 0o777).toBe(0o600)
})

test('a rejected file exits with 1 and names the rule, the place and what to do', async () => {
  const [{ url }, home] = [await serveHere(clean), temporaryDirectory(clean)]
  const file = asset('hostile/node_cycle.glb')
  const result = await uploadFrom(home, file, '--url', url, '--spawn')
  expect(result).toMatchObject({ code: 1, errors: '' })
  expect(result.out).toMatch(/node_cycle\.glb: rejected\n[^]*NODE_LOOP[^]*\/nodes\/0/)
  const json = await uploadFrom(home, file, '--url', url, '--json')
  expect(json.code).toBe(1)
  expect(json.json()).toMatchObject({
    stage: 'rejected',
    package: null,
    element: null,
    rejections: [{ rule: 'NODE_LOOP', where: '/nodes/0', message: expect.any(String) }],
  })
})

test('a model above the limits is refused with the option --fit, which reduces it', async () => {
  const [{ url }, home] = [await serveHere(clean), temporaryDirectory(clean)]
  const file = join(home, 'blocks.glb')
  writeFileSync(file, colours())
  const refused = await uploadFrom(home, file, '--url', url)
  expect(refused.code).toBe(1)
  expect(refused.out).toContain('The option --fit can correct this.')
  const { code, out } = await uploadFrom(home, file, '--url', url, '--fit')
  expect(code).toBe(0)
  expect(out).toContain('was reduced: materials from 6 to 1')
})

test('an avatar is uploaded but not spawned, and its hash is printed', async () => {
  const [{ url }, home] = [await serveHere(clean), temporaryDirectory(clean)]
  const { code, errors } = await uploadFrom(home, asset('avatars/debug_robot.vrm'), '--url', url, '--spawn')
  expect(errors).toMatch(
    /^the package is done: [0-9a-f]{64}\n.*avatars are worn, not spawned\n {2}where: --spawn\n {2}what to do: leave out --spawn; with --share you can wear it on the page/,
  )
  expect(code).toBe(1)
})

const NOWHERE = 'http://127.0.0.1:1/'

test.each([
  ['no file', [], /name one file: otherworld upload FILE/],
  ['two files', [TEACUP, TEACUP], /name one file/],
  ['a file that is not there', ['/nowhere/cup.glb', '--url', NOWHERE], /there is no file "\/nowhere\/cup\.glb"/],
  ['a folder', [asset('objects'), '--url', NOWHERE], /objects" is a folder; name a file/],
  [
    'an address that is none',
    [TEACUP, '--url', 'localhost:7350'],
    /--url is "localhost:7350"; it takes an address like http:\/\/127\.0\.0\.1:7350/,
  ],
  [
    'a kind that is none',
    [TEACUP, '--url', NOWHERE, '--kind', 'teapot'],
    /--kind is "teapot"; it takes avatar, object/,
  ],
  ['a time that is none', [TEACUP, '--url', NOWHERE, '--timeout', 'soon'], /--timeout is "soon"/],
  [
    'a map that is not there',
    [TEACUP, '--url', NOWHERE, '--humanoid', '/nowhere/map.json'],
    /--humanoid: "\/nowhere\/map\.json" cannot be read as JSON/,
  ],
])('%s is refused with words and exit code 2', async (_, args, words) => {
  const { code, out, errors } = await uploadFrom(temporaryDirectory(clean), ...args)
  expect(errors).toMatch(words)
  expect(errors).not.toContain('    at ')
  expect(out).toBe('')
  expect(code).toBe(2)
})

test('an unreachable server exits with 1 and a message, with --json on standard output too', async () => {
  const home = temporaryDirectory(clean)
  expect(await uploadFrom(home, TEACUP, '--url', NOWHERE)).toMatchObject({
    code: 1,
    out: '',
    errors: expect.stringMatching(/does not answer. Is it running/),
  })
  const { code, json } = await uploadFrom(home, TEACUP, '--url', NOWHERE, '--json')
  expect(code).toBe(1)
  expect(json()).toMatchObject({
    schema: 'otherworld/upload/1',
    error: { reason: 'unreachable', message: expect.any(String) },
  })
})

test('an invalid identity file is not overwritten, and the message says what to do', async () => {
  const [{ url }, home] = [await serveHere(clean), temporaryDirectory(clean)]
  const file = join(home, 'me.json')
  writeFileSync(file, 'my diary')
  expect(await uploadFrom(home, TEACUP, '--url', url, '--identity', file)).toMatchObject({
    code: 2,
    errors: expect.stringMatching(/me\.json" does not contain identities; name another file with --identity/),
  })
  expect(readFileSync(file, 'utf8')).toBe('my diary')
  writeFileSync(file, JSON.stringify({ [new URL(url).origin]: 'of another server' }))
  expect(await uploadFrom(home, TEACUP, '--url', url, '--identity', file)).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/what to do: remove http:\/\/127\.0\.0\.1:\d+ from this file/),
  })
})
