/** `replay verify --follow` beside a real server: it compares what the server writes, until the server closes the file. */
import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { cleanup, joined, serveProcess, temporaryDirectory, until } from '../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

interface Follower {
  readonly output: () => string
  readonly errors: () => string
  readonly exit: Promise<number | null>
  interrupt(): void
}

function follow(data: string): Follower {
  const child = spawn(process.execPath, ['cli/otherworld.js', 'replay', 'verify', data, '--follow'])
  clean.add(() => void child.kill('SIGKILL'))
  let [output, errors] = ['', '']
  child.stdout.on('data', (bytes: Buffer) => (output += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (errors += bytes.toString()))
  return {
    output: () => output,
    errors: () => errors,
    exit: new Promise((resolve) => child.once('exit', resolve)),
    interrupt: () => void child.kill('SIGINT'),
  }
}

test('a recording is verified while the server writes it, until the server closes it', async () => {
  const data = temporaryDirectory(clean)
  const server = await serveProcess(clean, ['--port', '0', '--udp-port', '0', '--data', data])
  const ada = await joined(clean, server.url, 'Ada')
  ada.move({ z: -1, yaw: 0.3 })
  const first = follow(data)
  const second = follow(data)
  await until(
    'both follow it',
    () => first.errors().includes('equal up to tick') && second.errors().includes('equal up to tick'),
  )
  await sleep(1_000)
  second.interrupt()
  expect(await second.exit).toBe(0)
  expect(second.output()).toMatch(/all equal; .* it was not closed/)
  server.child.kill('SIGTERM')
  await server.exit
  expect(await first.exit).toBe(0)
  expect(first.output()).toMatch(/[1-9]\d* hashes of [\d,]+ ticks compared, all equal/)
  expect(first.output()).not.toContain('not closed')
})

test('a recording that gets shorter while it is followed is an error', async () => {
  const folder = temporaryDirectory(clean)
  const path = join(folder, 'killed.owr')
  copyFileSync('fixtures/replays/killed.owr', path)
  const follower = follow(path)
  await until('it follows', () => follower.errors().includes('equal up to tick'))
  truncateSync(path, 12_000)
  expect(await follower.exit).toBe(2)
  expect(follower.output()).toContain(`${path} became shorter while it was read`)
})

test('a pipe cannot be followed, and is refused at once', async () => {
  const pipe = join(temporaryDirectory(clean), 'pipe')
  execFileSync('mkfifo', [pipe])
  const follower = follow(pipe)
  expect(await follower.exit).toBe(2)
  expect(follower.errors()).toContain(`${pipe} is no regular file, so it cannot be followed`)
})
