import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { login } from '../../../netcode/index.ts'
import { PACKETS_BURST_MAX } from '../../../netcode/session/index.ts'
import {
  cleanup,
  enter,
  joined,
  lives,
  serveHere,
  serveProcess,
  sleep,
  temporaryDirectory,
  until,
  verifiedRecordings,
} from '../../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

/** A client that does not speak our protocol. */
async function rawSocket(url: string, token: string): Promise<{ socket: WebSocket; closed: Promise<string> }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}v1/ws`, ['otherworld', `token.${token}`])
  clean.add(() => socket.terminate())
  const closed = new Promise<string>((resolve) => {
    socket.once('close', (code, reason) => resolve(reason.toString() || String(code)))
    socket.on('error', () => undefined)
  })
  await new Promise((resolve) => socket.once('open', resolve))
  return { socket, closed }
}

test('SES-8: a second connection takes the session over with its avatar, and the first gets the reason', async () => {
  const server = await serveHere(clean)
  const { token } = await login(server.url, 'Ada')
  const ada = await joined(clean, server.url, 'Ada', { token })
  const first = ada.state
  const again = await joined(clean, server.url, 'Ada', { token })
  expect(again.state).toMatchObject({
    resumed: true,
    ...(first.type === 'joined' ? { avatar: first.avatar, player: first.player } : {}),
  })
  await until('the older one is told', () => ada.state.type === 'closed')
  expect(ada.state).toMatchObject({ reason: 'This session continues on another connection.' })
  expect(server.status().players).toBe(1)
})

test('clients that send garbage, floods or nothing end; the others play on', async () => {
  const server = await serveHere(clean)
  const ada = await joined(clean, server.url, 'Ada')
  const garbage = await rawSocket(server.url, (await login(server.url, 'Garbage')).token)
  const flood = await rawSocket(server.url, (await login(server.url, 'Flood')).token)
  const mute = await rawSocket(server.url, (await login(server.url, 'Mute')).token)
  garbage.socket.send(Uint8Array.of(0xde, 0xad, 0xbe, 0xef))
  for (let i = 0; i < PACKETS_BURST_MAX + 50; i++) flood.socket.send(Uint8Array.of(8, i & 0x7f))
  expect(await garbage.closed).toContain('not valid')
  expect(await flood.closed).toMatch(/packets|not valid/)
  expect(await mute.closed).toContain('no packet came')
  const before = ada.stats().snapshotsReceived
  await until('snapshots go on', () => ada.stats().snapshotsReceived - before > 4)
  expect(ada.state.type).toBe('joined')
  expect(server.status()).toMatchObject({ players: 1, restarts: 0 })
})

test('SES-7: SIGTERM says goodbye, seals the recording and frees the directory; a restart continues at the next tick', async () => {
  const data = temporaryDirectory(clean)
  const first = await serveProcess(clean, ['--port', '0', '--data', data])
  const ada = await joined(clean, first.url, 'Ada')
  await sleep(300)
  first.child.kill('SIGTERM')
  expect(await first.exit).toBe(0)
  await until('Ada was told, and waits', () => lives(ada).type === 'reconnecting')
  const { port } = new URL(first.url)
  expect(first.lines).toHaveLength(1)
  const [sealed] = await verifiedRecordings(data)
  expect(sealed?.truncated).toBe(false)

  const second = await serveProcess(clean, ['--port', port, '--data', data])
  await until('Ada is back, as who she was', () => ada.state.type === 'joined' && ada.state.resumed)
  const bob = await enter(clean, second.url, 'Bob')
  await until("Bob sees the world with Ada's avatar", () => bob.sample().avatars.some(({ name }) => name === 'Ada'))
  expect(second.errors()).toContain(`continues at tick ${sealed?.lastTick}`)
  second.child.kill('SIGINT')
  expect(await second.exit).toBe(0)
  expect((await verifiedRecordings(data)).map(({ startTick }) => startTick)).toEqual([0, sealed?.lastTick])
})
