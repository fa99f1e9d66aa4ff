/** Machines that lack something: a full disk, a user without a name. Needs `npm run build` and root. */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { runCli } from '../harness/run-cli.ts'
import { cleanup, serveHere, serveProcess, temporaryDirectory } from '../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

/** A disk of that many MiB, which is removed with the test. */
function disk(mebibytes: number): string {
  const folder = join(temporaryDirectory(clean), 'disk')
  mkdirSync(folder)
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder])
  clean.add(() => execFileSync('umount', [folder]))
  return folder
}

test('a first start on a full disk names the folder, the needed space and what to do', async () => {
  const data = join(disk(20), 'data')
  const { code, errors } = await runCli(['serve', '--port', '0', '--udp-port', '0', '--data', data])
  expect(errors).toMatch(
    new RegExp(
      `the disk is full: the embedded database needs \\d\\d MiB, (?:19|20) MiB are free\\n {2}where: ${data}/archive\\n {2}what to do: make room on the disk of this folder, or give a folder on another one with --data DIR`,
    ),
  )
  expect(errors).not.toMatch(/start the database| {4}at /)
  expect(code).toBe(1)
})

test('the server starts with the space that it asked for', async () => {
  const { child, exit } = await serveProcess(clean, [
    '--port',
    '0',
    '--udp-port',
    '0',
    '--data',
    join(disk(64), 'data'),
  ])
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
})

/** Runs the command line as a user without an entry on the machine, as in a container with `--user 54321`. */
function asNobody(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ code: number | null; errors: string }> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../../cli/otherworld.js', import.meta.url)), ...args], {
    uid: 54_321,
    gid: 54_321,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, errors }))
  })
}

test('a user without a name or a home can upload, once it is given a place for its identity', async () => {
  const { url } = await serveHere(clean)
  const home = temporaryDirectory(clean)
  const file = join(home, 'cup.glb')
  cpSync(fileURLToPath(new URL('../../fixtures/assets/objects/teacup.glb', import.meta.url)), file)
  execFileSync('chown', ['-R', '54321:54321', home])
  expect(await asNobody(['upload', file, '--url', url], {})).toEqual({
    code: 2,
    errors: expect.stringMatching(
      /this user has no home folder to keep your identity in; name a file with --identity FILE/,
    ),
  })
  expect(await asNobody(['upload', file, '--url', url, '--identity', join(home, 'me.json')], {})).toEqual({
    code: 0,
    errors: '',
  })
})
