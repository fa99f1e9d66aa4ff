/** Clients that connect while a real server's realm starts, over each transport. */
import { connect as connectTcp } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { freePort } from '../../environments/ports.ts'
import {
  drive,
  login,
  RenderClient,
  type AvatarSample,
  type ClientState,
  type Connect,
} from '../../../netcode/index.ts'
import { connectWebRtc } from '../../../netcode/webrtc/client-node.ts'
import { connectWebSocket } from '../../../netcode/websocket/client-node.ts'
import {
  cleanup,
  emptyRealmFile,
  joined,
  lives,
  serveProcess,
  sleep,
  temporaryDirectory,
  until,
  type Cleanup,
} from '../../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

const listens = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connectTcp(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })

interface Newcomer {
  readonly client: RenderClient
  readonly states: readonly ClientState[]
}

function newcomer(at: Cleanup, url: string, token: string, connect: Connect): Newcomer {
  const states: ClientState[] = []
  const client = new RenderClient({
    url,
    token,
    connects: [connect],
    events: { state: (state) => void states.push(state) },
  })
  at.add(drive([client]))
  client.start()
  return { client, states }
}

test('SIG-5: clients that connect while the realm restarts are asked to wait, and join over each transport', async () => {
  const data = temporaryDirectory(clean)
  const port = await freePort()
  const [args, url] = [['--port', String(port), '--data', data], `http://127.0.0.1:${port}/`]
  let server = await serveProcess(clean, args)
  const ada = await joined(clean, url, 'Ada')
  for (let round = 1; round <= 2; round++) {
    const tokens = await Promise.all(
      ['socket', 'rtc'].map(async (name) => (await login(url, `${name} ${round}`)).token),
    )
    server.child.kill('SIGKILL')
    await server.exit
    const starting = serveProcess(clean, args)
    while (!(await listens(port))) await sleep(5)
    // The port is open, but the realm is not ready and says so.
    const answer = await fetch(new URL('.wrtc/v2/connections', url), {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens[0] ?? ''}` },
    })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await answer.json()).toMatchObject({
      reason: 'starting',
      message: expect.stringMatching(/starting|starts/) as string,
    })
    const newcomers = [connectWebSocket, connectWebRtc].map((connect, i) =>
      newcomer(clean, url, tokens[i] ?? '', connect),
    )
    for (const { client, states } of newcomers) {
      await until('the newcomer has joined', () => lives(client).type === 'joined')
      expect(states.some((state) => state.type === 'connecting' && /starting/.test(state.waiting ?? ''))).toBe(true)
    }
    server = await starting
    await until('who was there is back', () => lives(ada).type === 'joined')
  }
  // Ada, and two new players of each round.
  await until('all are in the realm', () => ada.sample().avatars.length === 5)
}, 120_000)

test('a login during the start waits for the gateway', async () => {
  const data = temporaryDirectory(clean)
  const port = await freePort()
  const starting = serveProcess(clean, ['--port', String(port), '--data', data])
  while (!(await listens(port))) await sleep(5)
  const waited: string[] = []
  expect(
    (await login(`http://127.0.0.1:${port}/`, 'Ada', { waiting: (reason) => void waited.push(reason) })).token,
  ).not.toBe('')
  expect(waited[0]).toMatch(/the server is starting; try again in a moment/)
  await starting
}, 60_000)

test("during a silence of the server the player's own avatar stops after 1.5 s, and walks on when packets arrive again", async () => {
  const server = await serveProcess(clean, [
    '--port',
    '0',
    '--data',
    temporaryDirectory(clean),
    '--realm',
    emptyRealmFile(clean),
  ])
  const ada = await joined(clean, server.url, 'Ada')
  const own = (): AvatarSample | undefined => ada.sample().avatars.find((avatar) => avatar.own)
  const z = (): number => own()?.position.z ?? Number.NaN
  ada.move({ z: -1, yaw: 0 })
  await until('Ada walks', () => (own()?.velocity.z ?? 0) < -1.9)
  const start = z()
  await until('Ada has walked', () => z() < start - 0.5)
  server.child.kill('SIGSTOP')
  const from = z()
  // Sampled as a page does, because only sampled avatars are stepped.
  const drawn = async (seconds: number): Promise<void> => {
    for (const endMs = performance.now() + seconds * 1_000; performance.now() < endMs; z()) await sleep(16)
  }
  await drawn(2)
  const stood = z()
  await drawn(2.5)
  // At 2 m/s. An earlier version walked on during the whole silence.
  expect(from - stood).toBeGreaterThan(1)
  expect(from - stood).toBeLessThan(3.6)
  expect(z()).toBeCloseTo(stood, 3)
  server.child.kill('SIGCONT')
  await until('Ada walks on', () => z() < stood - 0.5)
}, 60_000)
