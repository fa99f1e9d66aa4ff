/** Real traffic to mutate: what a small realm with a few players sends and records, and related texts. */
import { RenderClient } from '../../netcode/client/render-client.ts'
import { MESSAGE_BYTES_MAX, type ClientConnection, type Connect } from '../../netcode/transport.ts'
import { Batch } from '../../netcode/webrtc/ipc.ts'
import {
  decodeServerPacket,
  encodeFrame,
  encodeInput,
  encodeLockstep,
  encodeServerMessage,
  PROTOCOL_VERSION,
} from '../../protocol/index.ts'
import { RecordingWriter } from '../../replay/index.ts'
import { signToken } from '../../server/accounts/tokens.ts'
import {
  DEFAULT_BODY,
  DEFAULT_DEFINITION,
  loadEngine,
  packPose,
  SIM_VERSION,
  type Engine,
  type InputFrame,
  type PropSpec,
} from '../../sim/index.ts'
import { SmallServer } from '../harness/small-server.ts'
import { joinRecords } from './target.ts'
import { gltfSeeds } from './targets/gltf.ts'

const DEFINITION = { ...DEFAULT_DEFINITION, props: DEFAULT_DEFINITION.props.slice(0, 3) }
const TICKS = 240
/** Packets of one conversation that a session gets at once. */
const TALK_PACKETS = 24
/** Maximum seeds of one target. */
const SEEDS_MAX = 160

/** Traffic between the server and its clients. */
interface SeedTraffic {
  /** By client, in order. */
  readonly up: Uint8Array[][]
  readonly down: Uint8Array[][]
  readonly lockstep: Uint8Array[]
  readonly frames: readonly InputFrame[]
}

function tapped(connect: Connect, up: Uint8Array[], down: Uint8Array[]): Connect {
  return async (url, token, events) => {
    const connection = await connect(url, token, {
      closed: (reason) => events.closed(reason),
      received: (bytes) => {
        down.push(bytes.slice())
        events.received(bytes)
      },
    })
    const send = (bytes: Uint8Array): void => {
      up.push(bytes.slice())
      connection.send(bytes)
    }
    return {
      kind: connection.kind,
      ordered: connection.ordered,
      send,
      close: (reason) => connection.close(reason),
    } satisfies ClientConnection
  }
}

const still = { x: 0, y: 0, z: 0, w: 1 }
const CRATE: PropSpec = {
  name: 'crate',
  motion: 'dynamic',
  density: 200,
  friction: 0.5,
  restitution: 0.1,
  color: 0xff8800,
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: 0.25, y: 0.25, z: 0.25 } },
      position: { x: 0, y: 0, z: 0 },
      rotation: still,
    },
    {
      shape: { type: 'convex', points: [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1] },
      position: { x: 0, y: 0.5, z: 0 },
      rotation: still,
    },
  ],
}

const [CUP_HASH, BODY_HASH] = ['c0'.repeat(32), 'b0'.repeat(32)] as const

/** A little of everything that a player does. */
function act(client: RenderClient, tick: number, i: number): void {
  if (client.state.type !== 'joined') return
  const position = { x: Math.sin(tick / 9 + i), y: 1.2, z: -0.4 }
  const rotation = { x: 0, y: Math.sin(tick / 20), z: 0, w: Math.cos(tick / 20) }
  client.move({ x: Math.sin(tick / 30), z: -1, yaw: tick / 40, run: tick % 50 > 25, jump: tick % 60 === 0 })
  if (tick % 4 === 0)
    client.pose(
      packPose({
        head: { position: { x: 0, y: 1.6, z: 0 }, rotation },
        left: { position, rotation },
        right: { position, rotation },
        bones: Array.from({ length: 18 }, (_, bone) => (bone % 3 === i % 3 ? rotation : null)),
      }),
    )
  const prop = client.sample().props[tick % 3]
  if (tick % 40 === 5) void client.spawn(CRATE, { position: { x: i, y: 2, z: -2 }, rotation: still, scale: 1 })
  if (tick % 40 === 15 && prop) void client.grab(prop.element, 1)
  if (tick % 40 > 15 && tick % 40 < 30) client.drag(1, position, rotation)
  if (tick % 40 === 30) void client.release(1)
  if (tick % 40 === 33 && prop) void client.scale(prop.element, 1 + (tick % 3) / 2)
  if (tick % 80 === 79 && prop) void client.despawn(prop.element)
  if (tick % 60 === 22) void client.spawn(CUP_HASH, { position: { x: i, y: 2, z: -1 }, rotation: still, access: 2 })
  if (tick % 60 === 36) void client.wear(tick % 120 === 36 ? BODY_HASH : 0)
  if (tick % 60 === 50 && prop) void client.setAccess(prop.element, tick % 64)
}

async function traffic(engine: Engine): Promise<SeedTraffic> {
  const server = new SmallServer({
    engine,
    definition: DEFINITION,
    seed: 7,
    conditions: { lossShare: 0.05, delayMs: 30, jitterMs: 20 },
  })
  const [up, down]: Uint8Array[][][] = [
    [[], [], []],
    [[], [], []],
  ]
  const clients = [0, 1, 2].map(
    (i) =>
      new RenderClient({
        url: 'http://fuzz',
        token: `player ${i}`,
        connects: [tapped(server.transport.connect, up?.[i] ?? [], down?.[i] ?? [])],
        clock: () => server.nowMs,
      }),
  )
  for (const client of clients) client.start()
  server.order({ type: 'package', hash: CUP_HASH, physics: { kind: 'object', prop: CRATE } })
  server.order({ type: 'package', hash: BODY_HASH, physics: { kind: 'avatar', body: DEFAULT_BODY } })
  for (let tick = 0; tick < TICKS; tick += 1) {
    clients.forEach((client, i) => {
      act(client, tick + 13 * i, i)
      client.update(server.nowMs)
    })
    server.tick()
    await new Promise((resolve) => setImmediate(resolve))
  }
  const { frames } = server
  for (const client of clients) void client.close('enough')
  for (const client of clients) client.update(server.nowMs)
  server.free()
  const lockstep = frames.map((frame) => encodeLockstep({ type: 'frame', frame, hash: '0123456789abcdef' }))
  const start = {
    type: 'start',
    protocol: PROTOCOL_VERSION,
    engine: engine.sha256,
    simVersion: SIM_VERSION,
    definition: JSON.stringify(DEFINITION),
    tick: 9,
    checkpoint: new Uint8Array(64),
    epoch: 1,
  } as const
  return {
    up: up ?? [],
    down: down ?? [],
    frames,
    lockstep: [encodeLockstep(start), encodeLockstep({ type: 'goodbye', reason: 'the end' }), ...lockstep],
  }
}

function recordings(engine: Engine, frames: readonly InputFrame[]): Uint8Array[] {
  return [8, 40].map((ticks) => {
    const parts: Uint8Array[] = []
    const writer = new RecordingWriter(
      {
        engine: engine.sha256,
        simVersion: SIM_VERSION,
        definition: DEFINITION,
        epoch: 1,
        segment: 1,
        start: 'genesis',
        startTick: 0,
        startHash: '0123456789abcdef',
        players: 0,
        elements: 5,
        phases: ['inputs'],
        createdAt: '2026-01-01T00:00:00Z',
        recordedBy: 'fuzz',
      },
      (bytes) => parts.push(bytes.slice()),
    )
    for (const frame of frames.slice(0, ticks)) {
      writer.frame(frame)
      writer.hash(frame.tick, '0123456789abcdef')
    }
    writer.note({ tick: ticks, kind: 'drain', text: 'enough' })
    writer.quarantine({ tick: ticks, reason: 'trapped', frame: new Uint8Array(4) })
    writer.seal()
    return Uint8Array.from(parts.flatMap((part) => [...part]))
  })
}

const SDP = [
  'v=0',
  'o=rtc 3767197920 0 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0',
  'a=msid-semantic:WMS *',
  'a=ice-options:ice2,trickle',
  `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
  'm=application 63519 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 192.168.1.2',
  'a=mid:0',
  'a=sendrecv',
  'a=sctp-port:5000',
  'a=max-message-size:262144',
  'a=setup:active',
  'a=ice-ufrag:Ab3d',
  'a=ice-pwd:0123456789abcdef012345',
  'a=candidate:1 1 UDP 2122317823 192.168.1.2 63519 typ host',
  'a=candidate:2 1 UDP 2122317567 fe80::1 63519 typ host',
  'a=candidate:3 1 UDP 1686109695 3c1f.local 9 typ host',
  'a=end-of-candidates',
].join('\r\n')

async function texts(): Promise<Record<string, string[]>> {
  const token = await signToken(
    new Uint8Array(32).fill(7),
    {
      session: 'a-session',
      player: 1,
      name: 'Ada',
      role: 'player',
      uid: '0b6f1e5a-9c2d-4a77-8f10-2c5b7d9e0a11',
      user: 1,
    },
    1_699_999_000,
    43_200,
  )
  return {
    sdp: [SDP],
    'signalling-answer': [JSON.stringify({ type: 'answer', sdp: `${SDP}\r\n` })],
    token: [token],
    login: [JSON.stringify({ name: 'Ada', role: 'player' }), JSON.stringify({ name: '  Zoë 名前 🎈 ' })],
    name: ['Ada', 'Zoë 名前', '👩‍🚀 e\u0301', ' a  b '],
    definition: [JSON.stringify(DEFINITION), JSON.stringify({ ...DEFINITION, props: [] })],
    origin: [
      'https://example.org\nexample.org\n::ffff:192.0.2.1',
      'null\nlocalhost:7350\n2001:db8::1',
      'http://[::1]:80\n[::1]:80\nfe80::1%eth0',
    ],
  }
}

/** Conversations: the first packets of each client, and later stretches. */
function talks(packets: readonly Uint8Array[][]): Uint8Array[] {
  return packets.flatMap((all) => {
    const starts = Array.from({ length: Math.ceil(all.length / TALK_PACKETS) }, (_, i) => i * TALK_PACKETS)
    return [
      joinRecords(all.slice(0, 4)),
      ...starts.map((at) => joinRecords([...(at === 0 ? [] : all.slice(0, 3)), ...all.slice(at, at + TALK_PACKETS)])),
    ]
  })
}

/** At most SEEDS_MAX, spread evenly, each once. */
function spread(all: readonly Uint8Array[]): Uint8Array[] {
  const each = [...new Map(all.map((bytes) => [bytes.join(), bytes])).values()]
  const stride = Math.max(1, each.length / SEEDS_MAX)
  return Array.from(
    { length: Math.min(SEEDS_MAX, each.length) },
    (_, i) => each[Math.floor(i * stride)] ?? new Uint8Array(0),
  )
}

function batches(packets: readonly Uint8Array[]): Uint8Array[] {
  return [3, 9].map((count) => {
    const batch = new Batch()
    packets.slice(0, count).forEach((bytes, i) => {
      if (bytes.length <= MESSAGE_BYTES_MAX) batch.add(i + 1, bytes)
    })
    return batch.pack()
  })
}

/** Seeds by target. */
export async function makeSeeds(): Promise<ReadonlyMap<string, readonly Uint8Array[]>> {
  const engine = await loadEngine()
  const { up, down, lockstep, frames } = await traffic(engine)
  const messages = down.flat().flatMap((bytes) => {
    const packet = decodeServerPacket(bytes)
    return packet.ok ? packet.value.messages.map(encodeServerMessage) : []
  })
  const recorded = recordings(engine, frames)
  const encoded = frames.map(encodeFrame)
  const seeds: Record<string, Uint8Array[]> = {
    'client-packet': up.flat(),
    'server-packet': down.flat(),
    'server-message': messages,
    input: frames.flatMap(({ inputs }) => inputs.map(encodeInput)),
    frame: encoded,
    lockstep,
    'server-session': talks(up),
    'client-session': talks(down),
    snapshot: talks(down),
    'render-client': talks(down),
    recording: recorded,
    'recording-summary': recorded,
    'ipc-batch': batches(down.flat()),
    realm: talks([encoded.filter((_, i) => i % 3 === 0)]),
  }
  const encoder = new TextEncoder()
  for (const [name, list] of Object.entries(await texts())) seeds[name] = list.map((text) => encoder.encode(text))
  Object.assign(seeds, gltfSeeds())
  return new Map(Object.entries(seeds).map(([name, list]) => [name, spread(list)]))
}
