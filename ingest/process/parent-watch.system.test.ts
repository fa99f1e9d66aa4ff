import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformSync } from 'esbuild'
import { expect, test } from 'vitest'
import { sleep, until } from '../../test/harness/wait.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { dyingWithParent } from './run-child.ts'

const directory = temporaryDirectory()

/** True if the process has ended, even as a zombie. */
function isGone(pid: number): boolean {
  try {
    return /^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}

const childOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0])

/** True once the commands before it, such as setpriv, have become the ingest itself. */
function isIngest(pid: number): boolean {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    return words.startsWith(`${process.execPath}\0`) && words.includes('ingest-child')
  } catch {
    return false
  }
}

test('a process with a busy main thread ends with its parent, and not before', async () => {
  const watch = join(directory, 'watch.mjs')
  const child = join(directory, 'child.mjs')
  writeFileSync(
    watch,
    transformSync(readFileSync(new URL('parent-watch.ts', import.meta.url), 'utf8'), { loader: 'ts', format: 'esm' })
      .code,
  )
  writeFileSync(child, `import { endWithParent } from './watch.mjs'\nendWithParent(process.ppid)\nfor (;;);\n`)
  const parent = spawn(
    process.execPath,
    [
      '-e',
      `const { spawn } = require('node:child_process'); console.log(spawn(process.execPath, [${JSON.stringify(child)}]).pid); setInterval(() => {}, 1000)`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const pid = Number(
    String(
      await new Promise<Buffer>((resolve) => {
        parent.stdout.once('data', resolve)
      }),
    ),
  )
  await sleep(1_000)
  expect(isGone(pid)).toBe(false)
  parent.kill('SIGKILL')
  await until('it has ended', () => isGone(pid), 10_000).finally(() => {
    if (!isGone(pid)) process.kill(pid, 'SIGKILL')
  })
})

test('an ingest whose server was killed ends before it is done', async () => {
  const cli = fileURLToPath(new URL('../../cli/otherworld.js', import.meta.url))
  const file = fileURLToPath(new URL('../../fixtures/assets/avatars/CesiumMan.glb', import.meta.url))
  const parent = spawn(process.execPath, [cli, 'ingest', file], {
    env: { ...process.env, TMPDIR: directory },
    stdio: 'ignore',
  })
  const ended = new Promise((resolve) => {
    parent.once('exit', resolve)
  })
  let pid = 0
  await until(
    'there is a child',
    () => {
      pid = childOf(parent.pid ?? 0)
      return pid > 0 && isIngest(pid)
    },
    20_000,
  )
  // It cannot be finished yet; from here on it has no parent.
  process.kill(pid, 'SIGSTOP')
  parent.kill('SIGKILL')
  await ended
  // A process that gets no processor time at all ends, too: the kernel kills it.
  if ((await dyingWithParent()).length === 0) process.kill(pid, 'SIGCONT')
  await until('it has ended', () => isGone(pid), 30_000)
  const [folder = ''] = readdirSync(directory).filter((name) => name.startsWith('otherworld-ingest-'))
  expect(folder).not.toBe('')
  expect(existsSync(join(directory, folder, 'package', 'outcome.json'))).toBe(false)
})
