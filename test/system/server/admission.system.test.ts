import { afterEach, expect, test } from 'vitest'
import { drive, login } from '../../../netcode/index.ts'
import { LockstepPeer } from '../../../netcode/lockstep.ts'
import { connectWebSocket } from '../../../netcode/websocket/client-node.ts'
import { loadEngine } from '../../../sim/index.ts'
import { cleanup, enter, serveHere, until } from '../../harness/server-harness.ts'

const clean = cleanup()
afterEach(() => clean.all())

test('status and health are served, and connections need a valid token', async () => {
  const { url } = await serveHere(clean)
  const status = await (await fetch(`${url}v1/status`)).json()
  expect(status).toMatchObject({
    realms: [
      {
        id: 'yard',
        tick: expect.any(Number),
        stateHash: expect.stringMatching(/^[0-9a-f]{16}$|^$/),
        players: 0,
        elements: expect.any(Number),
        tickMsP50: expect.any(Number),
        tickMsP99: expect.any(Number),
        overruns: expect.any(Number),
      },
    ],
  })
  expect((await fetch(`${url}healthz`)).status).toBe(200)
  const stranger = await enter(clean, url, 'Eve', { token: 'forged' })
  await until('the stranger is refused', () => stranger.state.type === 'closed')
  expect(stranger.state).toMatchObject({ reason: expect.stringMatching(/token/i) })
})

test("an observer's token cannot play, and a player's cannot observe", async () => {
  const { url } = await serveHere(clean, { observers: 'anyone' })
  const walker = await enter(clean, url, 'Ada', { role: 'observer' })
  await until('it is refused', () => walker.state.type === 'closed')
  const engine = await loadEngine()
  const { token } = await login(url, 'Bob')
  const peer = new LockstepPeer({ url, token, connects: [connectWebSocket], engine })
  clean.add(drive([peer]))
  peer.start()
  await until('the peer is refused', () => peer.state.type === 'closed')
})
