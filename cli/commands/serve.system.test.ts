import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startListening } from '../../test/harness/listen.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { readRecording } from '../../replay/index.ts'

let directory = ''
const undo: (() => void)[] = []
beforeEach(() => {
  directory = temporaryDirectory()
})
afterEach(() => {
  for (const each of undo.splice(0)) each()
})

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly errors: string
}

/** Runs `otherworld serve`; `ready` is called with each piece of its output and may end it. */
function serve(
  args: readonly string[],
  ready: (out: string, stop: (signal: NodeJS.Signals) => void, child: ChildProcess) => void = () => undefined,
  options: SpawnOptions = {},
): Promise<Ended> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('../otherworld.js', import.meta.url)), 'serve', ...args],
    {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  undo.push(() => child.kill('SIGKILL'))
  let out = ''
  let errors = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    ready(out, (signal) => child.kill(signal), child)
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, out, errors }))
  })
}

const data = (): readonly string[] => ['--data', join(directory, 'data')]

test('with --json only the ready object is on standard output', async () => {
  const { code, out } = await serve(['--port', '0', '--json', ...data()], (_, stop) => stop('SIGTERM'))
  expect(JSON.parse(out)).toEqual({
    schema: 'otherworld/serve/1',
    ready: true,
    url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
    pid: expect.any(Number),
    data: join(directory, 'data'),
  })
  expect(out.split('\n')).toHaveLength(2)
  expect(code).toBe(0)
})

test('without --json the ready text has the URL and the folder of recordings, and Ctrl+C stops the server in order', async () => {
  const { code, out, errors } = await serve(['--port', '0', ...data()], (_, stop) => stop('SIGINT'))
  expect(out).toMatch(
    /^Otherworld is open: http:\/\/127\.0\.0\.1:\d+\/\n {2}recordings {2}\/.*\/recordings\n {2}archive .*\n {2}files .*\n {2}process +\d+; Ctrl\+C stops it\n$/,
  )
  expect(errors).toContain('saying goodbye')
  expect(code).toBe(0)
})

test('a closing terminal stops the server in order and seals the recording', async () => {
  let hungUp = false
  const { code } = await serve(['--port', '0', ...data()], (_, stop, child) => {
    if (hungUp) return
    hungUp = true
    child.stdout?.destroy()
    child.stderr?.destroy()
    stop('SIGHUP')
    setTimeout(() => stop('SIGHUP'), 20)
  })
  expect(code).toBe(0)
  const [recording = ''] = readdirSync(join(directory, 'data', 'recordings'))
  const read = readRecording(readFileSync(join(directory, 'data', 'recordings', recording)))
  expect(read.ok && read.value.truncated).toBe(false)
})

test('a UDP port in use is a usage error with what to do', async () => {
  const other = createSocket('udp4')
  await new Promise<void>((resolve) => other.bind(0, '127.0.0.1', resolve))
  undo.push(() => other.close())
  const { port } = other.address()
  const { code, out, errors } = await serve(['--port', '0', '--udp-port', String(port), ...data()])
  expect(errors).toBe(
    `otherworld serve: UDP port ${port} is in use by another program\n  where: 127.0.0.1:${port} (UDP)\n  what to do: stop that program, or give another port with --udp-port N (0: any)\n`,
  )
  expect({ code, out }).toEqual({ code: 2, out: '' })
})

test('a second server on the same data directory is refused and harms nothing', async () => {
  let second: Promise<Ended> | undefined
  const first = await serve(['--port', '0', '--json', ...data()], (_, stop) => {
    second ??= serve(['--port', '0', '--json', ...data()]).then((ended) => {
      stop('SIGTERM')
      return ended
    })
  })
  expect(await second).toMatchObject({
    code: 2,
    out: expect.stringContaining('"error":{"reason":"already-running"'),
    errors: expect.stringMatching(/another server \(process \d+ on \S+\) uses this data directory[^]*--data DIR/),
  })
  expect(first.code).toBe(0)
})

test('a port in use is named, with what to do, and no recording is begun', async () => {
  const other = createServer()
  const { port } = new URL(await startListening(other))
  undo.push(() => other.close())
  const { code, errors } = await serve(['--port', port, ...data()])
  expect(errors).toBe(
    `otherworld serve: port ${port} is in use by another program\n  where: 127.0.0.1:${port}\n  what to do: stop that program, or give another port with --port N (0: any)\n`,
  )
  expect(code).toBe(2)
})

test.each([
  ['a port that is none', ['--port', '99999'], /--port is "99999"; it takes a whole number from 0 to 65535/],
  [
    'observers that are none',
    ['--observers', 'friends'],
    /--observers is "friends"; it takes loopback, anyone, nobody/,
  ],
  ['an origin with a path', ['--origins', 'https://a.example/page'], /an origin looks like https:\/\/example\.org/],
  [
    'a public address that is a name',
    ['--public-address', 'game.example'],
    /--public-address is "game\.example"; it takes an IP address/,
  ],
  ['an option that is none', ['--porte', '1'], /--porte/],
  ['another database', ['--database-url', 'mysql://u:p@h/d'], /begins with mysql:[^]*postgresql:\/\/USER/],
  [
    'half of an S3 server',
    ['--s3-endpoint', 'http://127.0.0.1:1'],
    /not --s3-bucket, --s3-access-key, --s3-secret-key/,
  ],
  [
    'a realm file that is not there',
    ['--realm', '/nowhere/realm.json'],
    /there is no such realm file\n {2}where: \/nowhere\/realm\.json/,
  ],
  [
    'an address of another machine',
    ['--port', '0', '--host', '203.0.113.77'],
    /this machine has no address "203\.0\.113\.77"/,
  ],
])('%s is refused with words and exit code 2', async (_, args, words) => {
  const { code, errors, out } = await serve([...args, ...data()])
  expect(errors).toMatch(words)
  expect(errors).not.toContain('    at ')
  expect(out).toBe('')
  expect(code).toBe(2)
})

test.each([
  ['a usage error', ['--observers', 'friends'], { reason: 'usage', message: expect.stringContaining('friends') }],
  ['an option that is none', ['--porte', '1'], { reason: 'usage', message: expect.stringContaining('porte') }],
  [
    "a server's error",
    ['--realm', '/nowhere/realm.json'],
    {
      reason: 'bad-realm',
      message: 'there is no such realm file',
      where: '/nowhere/realm.json',
      fix: expect.any(String),
    },
  ],
])(
  'with --json %s is one object on standard output, words on the other, and the exit code the same',
  async (_, args, error) => {
    const { code, out, errors } = await serve(['--json', ...args, ...data()])
    expect(JSON.parse(out)).toEqual({ schema: 'otherworld/serve/1', error })
    expect(errors).toContain('otherworld serve: ')
    expect(code).toBe(2)
  },
)

test('a realm file with faults names each place', async () => {
  const file = join(directory, 'realm.json')
  writeFileSync(file, JSON.stringify({ id: 'UPPER CASE', tickRate: 'fast' }))
  const { code, errors } = await serve(['--realm', file, ...data()])
  expect(errors).toMatch(/the realm file has \d+ faults/)
  expect(errors).toMatch(/\/?tickRate: /)
  expect(code).toBe(2)
  writeFileSync(file, '{"id": ')
  expect((await serve(['--realm', file, ...data()])).errors).toContain('the realm file is not JSON')
})

test('a data directory that cannot be written to is refused', async () => {
  const locked = join(directory, 'file')
  writeFileSync(locked, '')
  chmodSync(locked, 0o400)
  const { code, errors } = await serve(['--data', join(locked, 'data')])
  expect(errors).toMatch(/the data directory cannot be used[^]*--data DIR/)
  expect(code).toBe(2)
})
