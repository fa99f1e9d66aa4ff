/**
 * The captured session of docs/protocol.md: what one client sent and received over a bad network, and the state at the
 * end.
 */
import { RenderClient } from '../../netcode/client/render-client.ts'
import type { Connect } from '../../netcode/transport.ts'
import { avatars, DEFAULT_DEFINITION, loadEngine, packPose, props, type PropSpec } from '../../sim/index.ts'
import type { ReplicationPlan } from '../../server/realm/replication/replication.ts'
import { SmallServer } from '../harness/small-server.ts'
import { hex } from './message-vector.ts'

export interface CapturedSession {
  readonly about: string
  readonly tickRate: number
  /** Packets that the client sent or received. */
  readonly packets: readonly { readonly from: 'client' | 'server'; readonly atMs: number; readonly hex: string }[]
  /** The server's state at the end, after two seconds of rest. */
  readonly end: {
    readonly avatars: readonly object[]
    readonly props: readonly object[]
    readonly commands: readonly { readonly sequence: number; readonly ok: boolean; readonly reason: string | null }[]
  }
}

const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const CRATE: PropSpec = {
  name: 'crate',
  motion: 'dynamic',
  density: 200,
  friction: 0.5,
  restitution: 0,
  color: 0xff8800,
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: 0.25, y: 0.25, z: 0.25 } },
      position: { x: 0, y: 0, z: 0 },
      rotation: IDENTITY,
    },
  ],
}
const DEFINITION = {
  ...DEFAULT_DEFINITION,
  props: DEFAULT_DEFINITION.props.slice(0, 2),
  bodies: DEFAULT_DEFINITION.bodies.map((body) => ({ ...body, capsules: body.capsules.slice(0, 2) })),
}
/** The committed vector has no samples of the hash, one phase for both clients, and the whole definition. */
const PLAN: ReplicationPlan = {
  hashSampleTicks: Infinity,
  readsUnseenStates: true,
  phaseOf: () => 0,
  definitionOf: (definition) => definition,
}
const CONDITIONS = { delayMs: 40, jitterMs: 20, lossShare: 0.1, duplicateShare: 0.05 }

export async function captureSession(): Promise<CapturedSession> {
  const server = new SmallServer({
    engine: await loadEngine(),
    definition: DEFINITION,
    conditions: CONDITIONS,
    seed: 5,
    plan: PLAN,
  })
  const packets: CapturedSession['packets'][number][] = []
  const note = (from: 'client' | 'server', bytes: Uint8Array): void =>
    void packets.push({ from, atMs: Math.round(server.nowMs), hex: hex(bytes) })
  const tapped: Connect = async (url, token, events) => {
    const connection = await server.transport.connect(url, token, {
      received: (bytes) => {
        note('server', bytes)
        events.received(bytes)
      },
      closed: (reason) => events.closed(reason),
    })
    return {
      kind: connection.kind,
      ordered: connection.ordered,
      close: (reason) => connection.close(reason),
      send: (bytes) => {
        note('client', bytes)
        connection.send(bytes)
      },
    }
  }
  const clientOf = (token: string, connect: Connect): RenderClient =>
    new RenderClient({ url: 'http://test', token, connects: [connect], clock: () => server.nowMs })
  const [ada, bob] = [clientOf('ada', tapped), clientOf('bob', server.transport.connect)]
  const pass = async (ticks: number): Promise<void> => {
    for (let i = 0; i < ticks; i += 1) {
      for (const client of [ada, bob]) client.update(server.nowMs)
      server.tick()
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  try {
    ada.start()
    bob.start()
    await pass(30)
    const commands = await play(server, ada, bob, pass)
    await pass(120)
    return {
      about: 'A captured session, docs/protocol.md section 16.',
      tickRate: 60,
      packets,
      end: { ...endOf(server), commands },
    }
  } finally {
    server.free()
  }
}

type Pass = (ticks: number) => Promise<void>

async function play(
  server: SmallServer,
  ada: RenderClient,
  bob: RenderClient,
  pass: Pass,
): Promise<CapturedSession['end']['commands']> {
  const commands: CapturedSession['end']['commands'][number][] = []
  const note = (outcome: ReturnType<RenderClient['grab']>): Promise<void> =>
    outcome.then(
      (ended) => void commands.push({ sequence: ended.sequence, ok: ended.ok, reason: ended.ok ? null : ended.reason }),
    )
  const { x = 0, z = 0 } = avatars(server.realm).find(({ player }) => player === 1)?.position ?? {}
  const spawned = ada.spawn(CRATE, { position: { x: Math.fround(x), y: 1, z: Math.fround(z - 1) } })
  const endings = [note(spawned), note(ada.despawn(9_999))]
  bob.move({ z: -1, yaw: 0.75, run: true })
  await pass(30)
  const outcome = await spawned
  const crate = outcome.ok ? outcome.element : 0
  endings.push(note(ada.grab(crate, 1)))
  await pass(15)
  ada.drag(1, { x: Math.fround(x + 0.5), y: 1.5, z: Math.fround(z - 1) }, IDENTITY)
  for (const client of [ada, bob]) client.pose(posed(client === ada ? 0.25 : -0.25))
  await pass(30)
  bob.move({ yaw: 2 })
  endings.push(note(ada.release(1)), note(ada.scale(crate, 1.5)))
  await pass(45)
  await Promise.all(endings)
  return commands
}

function posed(lean: number): ReturnType<typeof packPose> {
  const joint = (x: number, y: number) => ({ position: { x, y, z: -0.25 }, rotation: IDENTITY })
  const bent = { x: Math.sin(lean), y: 0, z: 0, w: Math.cos(lean) }
  return packPose({
    head: joint(0, 1.5),
    left: joint(-0.5, 1),
    right: joint(0.5, 1.25),
    bones: Array.from({ length: 18 }, (_, i) => (i % 2 === 0 ? bent : null)),
  })
}

/** The pose's head and bones; numbers as in the simulation. */
function endOf({ realm }: SmallServer): { readonly avatars: readonly object[]; readonly props: readonly object[] } {
  return {
    avatars: avatars(realm).map(({ id, player, name, position, yaw, pose }) => ({
      element: id,
      player,
      name,
      position,
      yaw,
      head: pose?.head.position ?? null,
      bones: pose?.bones ?? null,
    })),
    props: props(realm).map(({ id, spec, position, rotation, scale, holder }) => ({
      element: id,
      name: spec.name,
      position,
      rotation,
      scale,
      holder,
    })),
  }
}
