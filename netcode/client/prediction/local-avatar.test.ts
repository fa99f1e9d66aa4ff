import { afterEach, describe, expect, test } from 'vitest'
import { DEFAULT_DEFINITION, loadEngine, type PropSpec, type RealmDefinition, type Vec3 } from '../../../sim/index.ts'
import { SmallServer, type SmallServerOptions } from '../../../test/harness/small-server.ts'
import { RenderClient } from '../render-client.ts'
import type { AvatarSample } from '../types.ts'

const engine = await loadEngine()
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const box = (motion: PropSpec['motion'], halfExtents: Vec3): PropSpec => ({
  name: 'box',
  motion,
  density: 100,
  friction: 0.5,
  restitution: 0,
  color: 0,
  colliders: [{ shape: { type: 'box', halfExtents }, position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY }],
})
const PLAIN: RealmDefinition = {
  ...DEFAULT_DEFINITION,
  props: [],
  spawn: { position: { x: 0, y: 0, z: 0 }, yaw: 0, radius: 0 },
}
const LINE = { conditions: { delayMs: 60, jitterMs: 20 }, seed: 3 }

let server: SmallServer | null = null
afterEach(() => {
  server?.free()
  server = null
})

class LocalAvatarStage {
  readonly server: SmallServer
  readonly ada: RenderClient
  readonly bob: RenderClient

  constructor(definition: RealmDefinition, options: Partial<SmallServerOptions> = {}) {
    this.server = new SmallServer({ engine, definition, ...LINE, ...options })
    server = this.server
    const clientOf = (token: string): RenderClient =>
      new RenderClient({
        url: 'http://test',
        token,
        connects: [this.server.transport.connect],
        clock: () => this.server.nowMs,
      })
    this.ada = clientOf('ada')
    this.bob = clientOf('bob')
    for (const client of [this.ada, this.bob]) client.start()
  }

  /** Draws one frame after another, and collects the results of `each`. */
  async pass<T>(ticks: number, each: () => T): Promise<T[]> {
    const seen: T[] = []
    for (let i = 0; i < ticks; i += 1) {
      for (const client of [this.ada, this.bob]) client.update(this.server.nowMs)
      this.server.tick()
      await new Promise((resolve) => setImmediate(resolve))
      seen.push(each())
    }
    return seen
  }

  of(client: RenderClient, player = 1): AvatarSample {
    const found = client.sample(this.server.nowMs).avatars.find((avatar) => avatar.player === player)
    if (found === undefined) throw new Error(`the avatar of player ${player} is not there`)
    return found
  }
}

const nothing = (): undefined => undefined

describe('the own avatar', () => {
  test('moves at once, and others see it later', async () => {
    const visit = new LocalAvatarStage(PLAIN)
    await visit.pass(120, nothing)
    const start = visit.of(visit.ada).position.z
    visit.ada.move({ z: -1, yaw: 0 })
    const [first] = await visit.pass(1, () => [visit.of(visit.ada).position.z, visit.of(visit.bob).position.z])
    expect(first?.[0]).toBeLessThan(start - 0.005)
    expect(first?.[1]).toBeCloseTo(start, 3)
    await visit.pass(60, nothing)
    expect(visit.of(visit.bob).position.z).toBeLessThan(start - 0.5)
    expect(visit.ada.stats().correctionRmsMetres).toBeLessThan(0.01)
  })

  test('stands still for others after it stopped', async () => {
    const visit = new LocalAvatarStage(PLAIN)
    await visit.pass(120, nothing)
    visit.ada.move({ z: -1, yaw: 0 })
    await visit.pass(60, nothing)
    visit.ada.move({ yaw: 0 })
    await visit.pass(120, nothing)
    const { velocity, position } = visit.of(visit.bob)
    expect(Math.hypot(velocity.x, velocity.y, velocity.z)).toBeLessThan(0.01)
    expect(position.z).toBeCloseTo(visit.of(visit.ada).position.z, 2)
  })

  test("shows the player's yaw and pose before they are sent", async () => {
    const visit = new LocalAvatarStage(PLAIN)
    await visit.pass(120, nothing)
    visit.ada.move({ yaw: 0.1 })
    visit.ada.move({ yaw: 0.2 })
    expect(visit.of(visit.ada).yaw).toBeCloseTo(0.2, 6)
    visit.ada.pose({ bytes: new Uint8Array(30).fill(1), boneMask: 0 })
    expect(visit.of(visit.ada).pose).not.toBeNull()
    expect(visit.of(visit.bob).pose).toBeNull()
  })

  test('jumps and lands as on the server', async () => {
    const visit = new LocalAvatarStage(PLAIN)
    await visit.pass(120, nothing)
    visit.ada.move({ yaw: 0, jump: true })
    visit.ada.update(visit.server.nowMs)
    const heights = await visit.pass(90, () => visit.of(visit.ada).position.y)
    expect(Math.max(...heights)).toBeGreaterThan(0.7)
    expect(heights.at(-1)).toBe(0)
    expect(visit.ada.stats().correctionRmsMetres).toBeLessThan(0.01)
  })

  test('CHN-4: continues after a lost connection, without a jump', async () => {
    const visit = new LocalAvatarStage(PLAIN)
    await visit.pass(120, nothing)
    visit.ada.move({ z: -1, yaw: 0 })
    await visit.pass(60, nothing)
    visit.server.breakConnections()
    await visit.pass(120, nothing)
    const path = await visit.pass(30, () => visit.of(visit.ada).position.z)
    expect(visit.ada.stats().reconnects).toBe(1)
    for (const [i, z] of path.entries()) if (i > 0) expect(Math.abs(z - (path[i - 1] ?? 0) + 2 / 60)).toBeLessThan(0.01)
    expect(Math.abs(path.at(-1) ?? 0) - Math.abs(visit.server.realm.players.get(1)?.position.z ?? 0)).toBeLessThan(1)
  })

  test('does not walk far into a wall that only the server knows', async () => {
    const wall = {
      prop: box('static', { x: 2, y: 1, z: 0.2 }),
      position: { x: 0, y: 1, z: -2 },
      rotation: IDENTITY,
      scale: 1,
    }
    const visit = new LocalAvatarStage({ ...PLAIN, props: [wall] })
    await visit.pass(120, nothing)
    visit.ada.move({ z: -1, yaw: 0 })
    const path = await visit.pass(180, () => visit.of(visit.ada).position.z)
    const stopped = visit.server.realm.players.get(1)?.position.z ?? 0
    expect(stopped).toBeGreaterThan(-1.6)
    expect(Math.min(...path)).toBeGreaterThan(stopped - 0.4)
    for (const z of path.slice(-60)) expect(Math.abs(z - stopped)).toBeLessThan(0.03)
  })

  test('carries a held prop at once', async () => {
    const crate = {
      prop: box('dynamic', { x: 0.2, y: 0.2, z: 0.2 }),
      position: { x: 0, y: 0.2, z: -1.5 },
      rotation: IDENTITY,
      scale: 1,
    }
    const visit = new LocalAvatarStage({ ...PLAIN, props: [crate] })
    await visit.pass(120, nothing)
    const { element, position } = visit.ada.sample(visit.server.nowMs).props[0] ?? expect.fail('there is no crate')
    void visit.ada.grab(element, 1)
    const where = (client: RenderClient): Vec3 => client.sample(visit.server.nowMs).props[0]?.position ?? position
    const drag = (): number => {
      visit.ada.drag(1, { x: 0, y: 1, z: -1.5 }, IDENTITY)
      return where(visit.ada).y
    }
    const heights = await visit.pass(10, drag)
    expect(heights.at(-1)).toBeGreaterThan(0.9)
    expect(where(visit.bob).y).toBeLessThan(0.5)
    await visit.pass(60, drag)
    expect(where(visit.bob).y).toBeGreaterThan(0.9)
    expect(visit.ada.sample(visit.server.nowMs).props[0]?.holder).toBe(1)
    void visit.ada.release(1)
    await visit.pass(120, nothing)
    expect(where(visit.ada).y).toBeLessThan(0.3)
  })
})
