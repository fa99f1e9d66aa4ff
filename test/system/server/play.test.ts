import { afterEach, expect, test } from 'vitest'
import { drive, login, type RenderClient } from '../../../netcode/index.ts'
import { LockstepPeer } from '../../../netcode/lockstep.ts'
import { connectWebRtc } from '../../../netcode/webrtc/client-node.ts'
import { connectWebSocket } from '../../../netcode/websocket/client-node.ts'
import { loadEngine, type PropSpec, type Vec3 } from '../../../sim/index.ts'
import { cleanup, joined, serveHere, sleep, until, verifiedRecordings } from '../../harness/server-harness.ts'
import { ownPosition } from '../../harness/upload-user.ts'

const clean = cleanup()
afterEach(() => clean.all())

const BALL: PropSpec = {
  name: 'ball',
  motion: 'dynamic',
  density: 100,
  friction: 0.5,
  restitution: 0.5,
  color: 0xff0000,
  colliders: [
    { shape: { type: 'sphere', radius: 0.25 }, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
  ],
}
const UPRIGHT = { x: 0, y: 0, z: 0, w: 1 }

const seenPosition = (client: RenderClient, element: number): Vec3 | undefined =>
  client.sample().props.find((prop) => prop.element === element)?.position

const THROWS_MAX = 5
const FLIGHT_MS_MAX = 8_000

/**
 * Ada throws a ball; Bob sees it in her hand and flying. Returns its element. If this process paused between the last
 * drag and the release, the hand was at rest and so is the ball: then she throws another.
 */
async function throws(ada: RenderClient, bob: RenderClient): Promise<number> {
  for (let i = 0; i < THROWS_MAX; i++) {
    const { x, z } = await ownPosition(ada)
    const spawned = await ada.spawn(BALL, { position: { x, y: 1.2, z: z - 1 } })
    expect(spawned).toMatchObject({ ok: true })
    const element = spawned.ok ? spawned.element : 0
    expect(await ada.grab(element, 2)).toMatchObject({ ok: true, element })
    await until(
      'Bob sees Ada hold it',
      () => (bob.sample().props.find((prop) => prop.element === element)?.holder ?? 0) !== 0,
    )
    expect(await bob.grab(element, 2)).toMatchObject({ ok: false, reason: 'held-by-another' })
    for (let step = 0; step <= 20; step++) {
      ada.drag(2, { x, y: 1.2, z: z - 1 - step * 0.1 }, UPRIGHT)
      await sleep(16)
    }
    expect(await ada.release(2)).toMatchObject({ ok: true })
    const hasFlown = await until(
      'Bob sees it fly',
      () => (seenPosition(bob, element)?.z ?? z) < z - 4,
      FLIGHT_MS_MAX,
    ).catch(() => false)
    if (hasFlown) return element
  }
  throw new Error(`none of ${THROWS_MAX} balls flew`)
}

test('people meet over WebRTC and WebSocket, throw a ball, a lockstep peer agrees, and the recording verifies', async () => {
  const server = await serveHere(clean, { webrtc: true })
  const { url } = server
  const ada = await joined(clean, url, 'Ada', { connects: [connectWebRtc] })
  const bob = await joined(clean, url, 'Bob')
  expect(ada.stats().transport).toBe('webrtc')
  expect(bob.stats().transport).toBe('websocket')

  const engine = await loadEngine()
  const { token } = await login(url, 'Watcher', { role: 'observer' })
  const peer = new LockstepPeer({ url, token, connects: [connectWebSocket], engine })
  clean.add(drive([peer]))
  peer.start()

  await until('both see each other by name', () =>
    [ada, bob].every(
      (client) =>
        client
          .sample()
          .avatars.map(({ name }) => name)
          .toSorted()
          .join() === 'Ada,Bob',
    ),
  )
  const start = await ownPosition(ada)
  ada.move({ z: -1, yaw: 0 })
  await until(
    'Bob sees Ada walk',
    () => (bob.sample().avatars.find(({ name }) => name === 'Ada')?.position.z ?? start.z) < start.z - 0.5,
  )
  ada.move({ yaw: 0 })

  const element = await throws(ada, bob)
  expect(await bob.despawn(element)).toMatchObject({ ok: false, reason: 'not-permitted' })

  await until('the lockstep peer has checked two seconds', () => peer.report().ticksChecked > 120)
  expect(peer.report()).toMatchObject({ mismatches: 0, firstMismatch: null })
  expect(server.status()).toMatchObject({ players: 2, observers: 1, connections: 3, id: 'yard' })

  await server.stop()
  await until('everyone was told, and waits for the server to come back', () =>
    [ada, bob, peer].every(({ state }) => state.type === 'reconnecting'),
  )
  const [recording] = await verifiedRecordings(server.data)
  expect(recording).toMatchObject({ truncated: false })
  expect(recording?.lastTick).toBeGreaterThan(120)
})
