import { afterEach, expect, test } from 'vitest'
import { encodeClientPacket, decodeLockstep, PROTOCOL_VERSION } from '../../../protocol/index.ts'
import { login, type RenderClient } from '../../../netcode/index.ts'
import { connectWebSocket } from '../../../netcode/websocket/client-node.ts'
import type { Vec3 } from '../../../sim/index.ts'
import {
  cleanup,
  joined,
  lives,
  serveProcess,
  sleep,
  START_MS_MAX,
  temporaryDirectory,
  until,
  verifiedRecordings,
} from '../../harness/server-harness.ts'

const KILLS = Number(process.env['CRASH_KILLS'] ?? 3)
const SEED = Number(process.env['CRASH_SEED'] ?? 20_261)

const clean = cleanup()
afterEach(() => clean.all())

/** Park and Miller's generator, 0 to 1. The seed determines which moments are random. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

/** Follows the server's frames and records every tick; ends with the server. */
async function watch(url: string, seen: Map<number, string>): Promise<void> {
  const { token } = await login(url, 'Watcher', { role: 'observer' })
  const connection = await connectWebSocket(url, token, {
    received: (bytes) => {
      const message = decodeLockstep(bytes)
      if (!message.ok) throw new Error(message.error.message)
      if (message.value.type === 'frame') {
        const {
          frame: { tick },
          hash,
        } = message.value
        // If servers before and after a crash send the same tick, it must be equal.
        if (seen.has(tick) && seen.get(tick) !== hash)
          throw new Error(`tick ${tick} had hash ${seen.get(tick)} and now has ${hash}`)
        seen.set(tick, hash)
      }
    },
    closed: () => undefined,
  })
  const control = { type: 'hello', protocol: PROTOCOL_VERSION, mode: 'lockstep', body: 0 } as const
  let packet = 0
  const say = (): void =>
    connection.send(
      encodeClientPacket(
        {
          packet: ++packet,
          ackPacket: 0,
          ackBits: 0,
          ackMessage: 0,
          clientTimeMs: 0,
          control: packet === 1 ? control : null,
        },
        [],
        [],
      ),
    )
  say()
  const timer = setInterval(say, 1_000)
  clean.add(() => {
    clearInterval(timer)
    connection.close('over')
  })
}

const own = (client: RenderClient): Vec3 | undefined => client.sample().avatars.find((avatar) => avatar.own)?.position
const distance = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.z - b.z)

test(
  `a server that is killed at random moments (kills: ${KILLS}) continues: sessions resume, and no tick that was sent is missing`,
  async () => {
    const random = randomFrom(SEED)
    const data = temporaryDirectory(clean)
    const seen = new Map<number, string>()
    let server = await serveProcess(clean, ['--port', '0', '--data', data])
    const port = new URL(server.url).port
    const ada = await joined(clean, server.url, 'Ada')
    const avatar = ada.state.type === 'joined' ? ada.state.avatar : 0
    let spawned = 0

    for (let kill = 1; kill <= KILLS; kill++) {
      await watch(server.url, seen)
      ada.move({ z: -1, yaw: random() * 6 })
      if ((await ada.spawn(BALL, { position: { x: random(), y: 3, z: random() } })).ok) spawned++
      await sleep(200 + random() * 1_500)
      const before = own(ada)
      server.child.kill('SIGKILL')
      await server.exit
      await until('the client notices', () => lives(ada).type === 'reconnecting')
      ada.move({ yaw: 0 })
      server = await serveProcess(clean, ['--port', port, '--data', data])
      await until('the session is resumed', () => lives(ada).type === 'joined')
      expect(ada.state).toMatchObject({ resumed: true, avatar })
      const after = await until('the avatar is seen again', () => own(ada))
      expect(distance(before ?? after, after)).toBeLessThan(3)
    }
    ada.move({ yaw: 0 })
    await until(
      'all that was spawned is there',
      () => ada.sample().props.filter(({ spec }) => spec.name === BALL.name).length === spawned,
    )
    await ada.close()
    server.child.kill('SIGTERM')
    expect(await server.exit).toBe(0)

    const recordings = await verifiedRecordings(data)
    expect(recordings).toHaveLength(KILLS + 1)
    expect(recordings.map(({ truncated }) => truncated)).toEqual([...Array.from({ length: KILLS }, () => true), false])
    for (const [i, recording] of recordings.entries())
      expect(recording.startTick).toBe(i === 0 ? 0 : recordings[i - 1]?.lastTick)
    const missing = [...seen].filter(([tick, hash]) => !recordings.some((recording) => recording.hash(tick) === hash))
    expect(missing).toEqual([])
    expect(seen.size).toBeGreaterThan(KILLS * 10)
  },
  // Each start may take its own limit on a busy machine
  (KILLS + 1) * START_MS_MAX,
)

const BALL = {
  name: 'kept ball',
  motion: 'dynamic',
  density: 100,
  friction: 0.5,
  restitution: 0.1,
  color: 0xff0000,
  colliders: [
    { shape: { type: 'sphere', radius: 0.25 }, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
  ],
} as const
