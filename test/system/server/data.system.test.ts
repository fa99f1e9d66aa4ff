/** The data directory of a server as operators run it: who can read it, and what its loss costs. */
import { chmodSync, existsSync, lstatSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { RenderClient } from '../../../netcode/index.ts'
import { BALL } from '../../harness/ball.ts'
import {
  cleanup,
  joined,
  serveProcess,
  sleep,
  temporaryDirectory,
  until,
  type ServeProcess,
} from '../../harness/server-harness.ts'
import { UploadUser, spawnOf } from '../../harness/upload-user.ts'
import { runCli } from '../../harness/run-cli.ts'

// One test starts servers three times, on a machine that may be busy.
vi.setConfig({ testTimeout: 300_000 })

const clean = cleanup()
afterEach(() => clean.all())

/** Modes of everything in a folder; the folder itself is ''. */
function modesOf(folder: string): Map<string, string> {
  const modes = new Map([['', mode(folder)]])
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    modes.set(path, mode(join(folder, path)))
  return modes
}

function mode(path: string): string {
  const stat = lstatSync(path)
  return `${stat.isDirectory() ? 'd' : stat.isFile() ? 'f' : '?'}${(stat.mode & 0o777).toString(8)}`
}

/** Paths with other modes than folders of 700 and files of 600. */
function open(data: string): string[] {
  return [...modesOf(data)]
    .filter(([, found]) => found !== 'd700' && found !== 'f600')
    .map(([path, found]) => `${found} ${path}`)
}

async function healthOf(server: ServeProcess): Promise<{ status: number; health: Record<string, unknown> }> {
  const answer = await fetch(`${server.url}healthz`)
  return { status: answer.status, health: (await answer.json()) as Record<string, unknown> }
}

async function tickOf(server: ServeProcess): Promise<number> {
  const {
    realms: [realm],
  } = (await (await fetch(`${server.url}v1/status`)).json()) as { realms: { tick: number }[] }
  return realm?.tick ?? Number.NaN
}

async function ball(client: RenderClient): Promise<number> {
  const outcome = await client.spawn(BALL, { position: { x: 1, y: 1, z: 1 } })
  expect(outcome).toMatchObject({ ok: true })
  return outcome.ok ? outcome.element : 0
}

const stop = async (server: ServeProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
  server.child.kill(signal)
  return server.exit
}

test('after a serve with uploads and archive every folder is 0700 and every file 0600, also in an old open directory', async () => {
  const data = temporaryDirectory(clean)
  const args = ['--port', '0', '--udp-port', '0', '--data', data]
  const first = await serveProcess(clean, args)
  const ada = await UploadUser.at(first.url, 'Ada')
  const hash = await ada.hashOf('objects/BoxTextured.glb')
  await spawnOf(await ada.join(clean), hash)
  expect(open(data)).toEqual([])
  expect(await stop(first, 'SIGTERM')).toBe(0)
  const modes = modesOf(data)
  expect(
    [...modes.keys()].filter((path) =>
      /^(?:assets\/sha256\/.+|recordings\/.+\.owr|archive\/database\/base\/.+|operator-token)$/.test(path),
    ).length,
  ).toBeGreaterThan(300)
  expect(open(data)).toEqual([])
  for (const [path, found] of modes) chmodSync(join(data, path), found.startsWith('d') ? 0o755 : 0o666)
  const second = await serveProcess(clean, args)
  expect(open(data)).toEqual([])
  expect(await stop(second, 'SIGTERM')).toBe(0)
  expect(open(data)).toEqual([])
})

test('a second server is refused while the first one runs, and starts at once after that one was killed', async () => {
  const data = temporaryDirectory(clean)
  const args = ['--port', '0', '--udp-port', '0', '--data', data]
  const first = await serveProcess(clean, args)
  const refused = await runCli(['serve', ...args])
  expect([refused.code, refused.errors]).toEqual([
    2,
    expect.stringMatching(
      new RegExp(`another server \\(process ${first.child.pid} on [^)]+\\) uses this data directory`),
    ) as string,
  ])
  await stop(first, 'SIGKILL')
  await serveProcess(clean, args)
})

const HARMS: Readonly<Record<string, (recordings: string) => void>> = {
  'its recording': (recordings) => {
    for (const file of readdirSync(recordings)) rmSync(join(recordings, file))
  },
  'the folder of its recordings': (recordings) => rmSync(recordings, { recursive: true }),
}

for (const [what, harm] of Object.entries(HARMS))
  test(`a realm that loses ${what} reports it in log, health and metrics, and survives a kill`, async () => {
    const data = temporaryDirectory(clean)
    const args = ['--port', '0', '--udp-port', '0', '--data', data]
    const recordings = join(data, 'recordings')
    const first = await serveProcess(clean, args)
    const ada = await joined(clean, first.url, 'Ada')
    const element = await ball(ada)
    harm(recordings)
    await until(
      'a new segment has begun',
      () => existsSync(recordings) && readdirSync(recordings).some((file) => file.endsWith('-s0002.owr')),
    )
    await until('the log says it', () => first.errors().includes('was deleted, moved or replaced'))
    await expect
      .poll(async () => (await healthOf(first)).health, { timeout: 20_000, interval: 20 })
      .toMatchObject({ ok: true, realms: [{ ok: true, recordingsLost: 1 }] })
    const metrics = await (await fetch(`${first.url}metrics`)).text()
    expect(metrics).toMatch(/otherworld_recordings_lost_total\{realm="yard"\} 1\n/)
    const tick = await tickOf(first)
    await stop(first, 'SIGKILL')
    const second = await serveProcess(clean, args)
    const bob = await joined(clean, second.url, 'Bob')
    await until('Bob sees the ball', () => bob.sample().props.some((prop) => prop.element === element))
    expect(await tickOf(second)).toBeGreaterThanOrEqual(tick)
    expect((await healthOf(second)).health).toMatchObject({ ok: true, realms: [{ recordingsLost: 0 }] })
  })

test('a realm whose directory another machine took over, on a file system without real locks, stops with a report', async () => {
  const data = temporaryDirectory(clean)
  const server = await serveProcess(clean, ['--port', '0', '--udp-port', '0', '--data', data])
  writeFileSync(join(data, 'server.lock'), JSON.stringify({ pid: 7, host: 'elsewhere', token: 'another' }))
  await expect.poll(async () => (await healthOf(server)).status, { timeout: 20_000, interval: 20 }).toBe(503)
  await until('the log says it', () =>
    server.errors().includes('another server (process 7 on elsewhere) has taken the data directory'),
  )
  const recordings = readdirSync(join(data, 'recordings'))
  await sleep(1_000)
  expect((await healthOf(server)).health).toMatchObject({
    ok: false,
    realms: [{ problem: expect.stringContaining('the realm yard stops here, in epoch 1') as string }],
  })
  expect([recordings, readdirSync(join(data, 'recordings'))]).toEqual([
    ['yard-e000001-s0001.owr'],
    ['yard-e000001-s0001.owr'],
  ])
  expect(await stop(server, 'SIGTERM')).toBe(0)
})

test('a damaged embedded database is reported, the realm continues from its recordings, and moving it aside helps', async () => {
  const data = temporaryDirectory(clean)
  const args = ['--port', '0', '--udp-port', '0', '--data', data]
  const first = await serveProcess(clean, args)
  const ada = await joined(clean, first.url, 'Ada')
  const element = await ball(ada)
  await sleep(500)
  await stop(first, 'SIGKILL')
  const database = join(data, 'archive', 'database')
  truncateSync(join(database, 'global', 'pg_control'))

  const second = await serveProcess(clean, args)
  const bob = await joined(clean, second.url, 'Bob')
  await until('Bob sees the ball', () => bob.sample().props.some((prop) => prop.element === element))
  await expect
    .poll(async () => (await healthOf(second)).health, { timeout: 120_000 })
    .toMatchObject({ ok: true, archive: { kind: 'embedded', state: 'broken' } })
  expect(second.errors()).toMatch(
    /the embedded database is damaged.* where=.*archive\/database.* fix=.*move this folder aside/,
  )
  expect(await stop(second, 'SIGTERM')).toBe(0)

  renameSync(database, `${database}.broken`)
  const third = await serveProcess(clean, args)
  await expect
    .poll(async () => (await healthOf(third)).health, { timeout: 120_000 })
    .toMatchObject({ ok: true, archive: { state: 'up' } })
  const cleo = await joined(clean, third.url, 'Cleo')
  await until('Cleo sees the ball', () => cleo.sample().props.some((prop) => prop.element === element))
  expect(await stop(third, 'SIGTERM')).toBe(0)

  // Without recordings the archive may have all that is left of the realm, so nothing may overwrite it.
  rmSync(join(data, 'recordings'), { recursive: true })
  truncateSync(join(database, 'global', 'pg_control'))
  const refused = await runCli(['serve', ...args])
  expect([refused.code, refused.errors]).toEqual([
    1,
    expect.stringMatching(
      /has no recording, and the archive[^]*is damaged[^]*bring the recordings back; or stop the server, move this folder aside/,
    ) as string,
  ])
})
