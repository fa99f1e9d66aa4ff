/** `otherworld packages` as a person runs it, against a server in this process. Needs `npm run build`. */
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test, vi } from 'vitest'
import { runCli, type CliEnd } from '../../test/harness/run-cli.ts'
import { cleanup, serveHere, temporaryDirectory } from '../../test/harness/server-harness.ts'

// Real files go through the ingest, at the lowest priority of a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 })

const clean = cleanup()
afterEach(() => clean.all())

const TEACUP = fileURLToPath(new URL('../../fixtures/assets/objects/teacup.glb', import.meta.url))
const UNKNOWN = '0'.repeat(64)

/** Runs a command with the configuration of this test's own in `home`. */
const runFrom = (home: string, ...args: readonly string[]): Promise<CliEnd> => runCli(args, { XDG_CONFIG_HOME: home })

test('packages that the command line uploaded are listed and deleted, and not those of another identity', async () => {
  const [{ url }, home] = [await serveHere(clean), temporaryDirectory(clean)]
  const at = ['--url', url] as const
  expect(await runFrom(home, 'packages', 'list', ...at)).toMatchObject({
    code: 0,
    out: 'you have no packages on this server\n',
  })
  const uploaded = await runFrom(home, 'upload', TEACUP, '--share', '--json', ...at)
  const hash = String(uploaded.json()['package'])
  const listed = await runFrom(home, 'packages', 'list', ...at)
  expect(listed).toMatchObject({ code: 0, errors: '' })
  expect(listed.out).toMatch(new RegExp(`^1 package, .*\\n.*${hash} +teacup: object, .*, shared with everyone\\n$`))

  const other = temporaryDirectory(clean)
  expect((await runFrom(other, 'packages', 'list', '--json', ...at)).json()).toEqual({
    schema: 'otherworld/packages-list/1',
    packages: [],
  })
  expect(await runFrom(other, 'packages', 'delete', hash, ...at)).toMatchObject({
    code: 1,
    errors: expect.stringMatching(/what to do: `otherworld packages list` shows your packages/),
  })

  expect(await runFrom(home, 'packages', 'delete', hash, ...at)).toMatchObject({ code: 0, out: `deleted ${hash}\n` })
  expect((await runFrom(home, 'packages', 'list', '--json', ...at)).json()).toMatchObject({ packages: [] })
})

test.each([
  ['no hash', [], /name at least one package: otherworld packages delete HASH/],
  ['a hash that is not one', ['teacup'], /HASH is "teacup"; it takes 64 lower-case hex digits/],
  ['an invalid address', [UNKNOWN, '--url', 'localhost:7350'], /--url is "localhost:7350"; it takes an address/],
])('%s is refused with a message and exit code 2', async (_, args, message) => {
  const { code, out, errors } = await runFrom(temporaryDirectory(clean), 'packages', 'delete', ...args)
  expect(errors).toMatch(message)
  expect([code, out]).toEqual([2, ''])
})
