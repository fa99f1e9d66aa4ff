import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PROTOCOL_VERSION } from '../protocol/index.ts'
import { DEFAULT_BODY, DEFAULT_DEFINITION, loadEngine, type Engine } from '../sim/index.ts'
import { SmallServer, type SmallServerOptions } from '../test/harness/small-server.ts'
import { RenderClient } from './client/render-client.ts'
import { LockstepPeer } from './lockstep.ts'
import { LockstepReplica } from './lockstep-replica.ts'
import type { Connect } from './transport.ts'

let engine: Engine
const servers: SmallServer[] = []
beforeAll(async () => {
  engine = await loadEngine()
})
afterEach(() => {
  for (const server of servers.splice(0)) server.free()
})

function serve(options: Partial<SmallServerOptions> = {}): SmallServer {
  const server = new SmallServer({ engine, definition: DEFAULT_DEFINITION, ordered: true, ...options })
  servers.push(server)
  return server
}

function peerOf(server: SmallServer, connect: Connect = server.transport.connect): LockstepPeer {
  const peer = new LockstepPeer({
    url: 'http://test',
    token: 'observer',
    connects: [connect],
    engine,
    clock: () => server.nowMs,
  })
  peer.start()
  return peer
}

async function pass(
  server: SmallServer,
  driven: readonly { update(nowMs: number): void }[],
  ticks: number,
): Promise<void> {
  for (let i = 0; i < ticks; i += 1) {
    for (const one of driven) one.update(server.nowMs)
    server.tick()
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('a lockstep peer', () => {
  test('joins late and agrees with the server on every tick', async () => {
    const server = serve({ conditions: { delayMs: 30, jitterMs: 30, lossShare: 0.05 } })
    const player = new RenderClient({
      url: 'http://test',
      token: 'ada',
      connects: [server.transport.connect],
      clock: () => server.nowMs,
    })
    player.start()
    await pass(server, [player], 60)
    player.move({ z: -1, yaw: 0.5, run: true })
    const peer = peerOf(server)
    await pass(server, [player, peer], 240)
    peer.update(server.nowMs)
    const report = peer.report()
    expect(report).toMatchObject({ mismatches: 0, firstMismatch: null })
    expect(report.ticksChecked).toBeGreaterThan(200)
    expect(report.tick).toBeGreaterThan(280)
    peer.close()
    expect(peer.realm).toBeNull()
  })

  test('LCK-2, INP-14: joins a realm with packages and agrees', async () => {
    const server = serve()
    const player = new RenderClient({
      url: 'http://test',
      token: 'ada',
      connects: [server.transport.connect],
      clock: () => server.nowMs,
    })
    player.start()
    await pass(server, [player], 30)
    const [body, cup] = ['b0'.repeat(32), 'c0'.repeat(32)] as const
    const [crate] = DEFAULT_DEFINITION.props
    if (crate === undefined) throw new Error('the default realm has no props')
    server.order({
      type: 'package',
      hash: body,
      physics: { kind: 'avatar', body: { ...DEFAULT_BODY, capsules: DEFAULT_BODY.capsules.slice(0, 6) } },
    })
    server.order({ type: 'package', hash: cup, physics: { kind: 'object', prop: crate.prop } })
    const worn = player.wear(body)
    const made = player.spawn(cup, { position: { x: 0, y: 1, z: 3 }, access: 2 })
    await pass(server, [player], 30)
    expect((await worn).ok).toBe(true)
    const { ok, ...outcome } = await made
    const element = ok && 'element' in outcome ? outcome.element : 0
    const peer = peerOf(server)
    void player.grab(element, 0)
    player.move({ z: -1, yaw: 0.5 })
    await pass(server, [player, peer], 60)
    player.drag(0, { x: 1, y: 1.5, z: 2 }, { x: 0, y: 0, z: 0, w: 1 })
    void player.setAccess(element, 3)
    void player.wear(0)
    await pass(server, [player, peer], 60)
    expect(peer.report()).toMatchObject({ mismatches: 0 })
    expect(peer.report().ticksChecked).toBeGreaterThan(90)
    expect(peer.realm?.packages.size).toBe(2)
    const sample = player.sample()
    expect(sample.props.find((prop) => prop.element === element)).toMatchObject({
      package: cup,
      owner: player.user,
      access: 3,
    })
    expect(sample.avatars.find(({ own }) => own)).toMatchObject({ body: 0, package: null, user: player.user })
    peer.close()
  })

  test('LCK-2: restarts from a new checkpoint after a lost connection, and keeps its statistics', async () => {
    const server = serve()
    const peer = peerOf(server)
    await pass(server, [peer], 60)
    const before = peer.report().ticksChecked
    server.breakConnections()
    await pass(server, [peer], 90)
    expect(peer.state.type).toBe('running')
    expect(peer.report().ticksChecked).toBeGreaterThan(before + 30)
    expect(peer.report().mismatches).toBe(0)
    peer.close()
  })

  test.each([
    ['another physics engine', { engine: '0'.repeat(64) }, /another physics engine/],
    ['another version of the simulation', { simVersion: 999 }, /version 999/],
  ])('refuses %s with a message', async (_, forged, words) => {
    const server = serve({ forge: (says) => ({ ...says, ...forged }) })
    const peer = peerOf(server)
    await pass(server, [peer], 10)
    expect(peer.state).toMatchObject({ type: 'closed', reason: expect.stringMatching(words) as string })
  })

  test('refuses a transport that loses or reorders', async () => {
    const server = serve({ ordered: false })
    const peer = peerOf(server)
    await pass(server, [peer], 3)
    expect(peer.state).toMatchObject({ type: 'closed', reason: expect.stringMatching(/ordered/) as string })
  })
})

describe('a replica', () => {
  test('counts every tick whose hash differs, and names the first', async () => {
    const server = serve()
    const { checkpoint, hash, SIM_VERSION } = await import('../sim/index.ts')
    const replica = new LockstepReplica(engine)
    const start = {
      type: 'start',
      protocol: PROTOCOL_VERSION,
      engine: engine.sha256,
      simVersion: SIM_VERSION,
      definition: JSON.stringify(DEFAULT_DEFINITION),
      tick: 0,
      checkpoint: checkpoint(server.realm),
      epoch: 1,
    } as const
    expect(replica.start(start)).toBeNull()
    for (let tick = 1; tick <= 10; tick += 1) {
      server.tick()
      // From tick 6 on the server has applied an input that the peer did not get.
      const frame = {
        tick,
        inputs:
          tick === 6
            ? [
                {
                  player: 0,
                  sequence: 1,
                  command: { type: 'join', player: 9, user: 9, name: 'Eve', body: 0, permissions: 0 },
                } as const,
              ]
            : [],
      }
      expect(replica.push({ type: 'frame', frame, hash: hash(server.realm) })).toBeNull()
      expect(replica.step()).toBeNull()
    }
    expect(replica).toMatchObject({ ticksChecked: 10, mismatches: 5, firstMismatch: { tick: 6 } })
    replica.end()
  })

  test('names the missing tick, and refuses a broken checkpoint', async () => {
    const server = serve()
    const { checkpoint, SIM_VERSION } = await import('../sim/index.ts')
    const replica = new LockstepReplica(engine)
    expect(replica.push({ type: 'frame', frame: { tick: 5, inputs: [] }, hash: '0'.repeat(16) })).toMatch(
      /before a checkpoint/,
    )
    const start = {
      type: 'start',
      protocol: PROTOCOL_VERSION,
      engine: engine.sha256,
      simVersion: SIM_VERSION,
      definition: JSON.stringify(DEFAULT_DEFINITION),
      tick: 0,
      checkpoint: checkpoint(server.realm),
      epoch: 1,
    } as const
    expect(replica.start({ ...start, definition: '{' })).toMatch(/broken JSON/)
    expect(
      replica.start({ ...start, checkpoint: start.checkpoint.map((byte, i) => (i === 200 ? byte ^ 1 : byte)) }),
    ).toMatch(/cannot be restored/)
    expect(replica.start(start)).toBeNull()
    expect(replica.push({ type: 'frame', frame: { tick: 5, inputs: [] }, hash: '0'.repeat(16) })).toBe(
      'The frame of tick 5 came instead of tick 1.',
    )
    replica.end()
  })
})
